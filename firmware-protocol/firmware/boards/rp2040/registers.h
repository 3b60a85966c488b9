/* The registers used here, by the RP2040 datasheet (build 2023-06-14); section numbers behind each block. */
#ifndef MHO_RP2040_REGISTERS_H
#define MHO_RP2040_REGISTERS_H

#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))
/* The same register seen by the bus's atomic set and clear (2.1.2). */
#define SET(address) REGISTER((address) + 0x2000u)
#define CLEAR(address) REGISTER((address) + 0x3000u)

/* 2.14 subsystem resets */
#define RESETS_RESET 0x4000c000u
#define RESETS_DONE 0x4000c008u
#define RESET_ADC (1u << 0)
#define RESET_IO_BANK0 (1u << 5)
#define RESET_PADS_BANK0 (1u << 8)
#define RESET_PLL_SYS (1u << 12)
#define RESET_PLL_USB (1u << 13)
#define RESET_SPI0 (1u << 16)
#define RESET_TIMER (1u << 21)
#define RESET_UART0 (1u << 22)
#define RESET_USBCTRL (1u << 24)

/* 2.15 clocks, 2.16 crystal, 2.17 ring oscillator, 2.18 PLLs */
#define CLK_REF_CTRL 0x40008030u
#define CLK_REF_SELECTED 0x40008038u
#define CLK_SYS_CTRL 0x4000803cu
#define CLK_SYS_SELECTED 0x40008044u
#define CLK_PERI_CTRL 0x40008048u
#define CLK_USB_CTRL 0x40008054u
#define CLK_ADC_CTRL 0x40008060u
#define CLK_ENABLE (1u << 11)
#define XOSC_CTRL 0x40024000u
#define XOSC_STATUS 0x40024004u
#define XOSC_STARTUP 0x4002400cu
#define ROSC_RANDOM_BIT 0x4006001cu
#define PLL_SYS 0x40028000u
#define PLL_USB 0x4002c000u

/* 2.19 pins, 2.3.1 their levels */
#define PIN_CTRL(pin) (0x40014004u + 8u * (pin))
#define PIN_INTERRUPT(pin) (0x40014100u + 4u * ((pin) / 8u)) /* enables for core 0 */
#define PIN_LEVEL_LOW(pin) (1u << (4u * ((pin) % 8u)))
#define PAD(pin) (0x4001c004u + 4u * (pin))
#define FUNCTION_SPI 1u
#define FUNCTION_UART 2u
#define FUNCTION_SIO 5u
#define SIO_IN 0xd0000004u
#define SIO_OUT_SET 0xd0000014u
#define SIO_OUT_CLEAR 0xd0000018u
#define SIO_ENABLE_SET 0xd0000024u

/* 4.2 UART (PL011) */
#define UART0 0x40034000u
#define UART_DR (UART0 + 0x00u)
#define UART_FR (UART0 + 0x18u)
#define UART_IBRD (UART0 + 0x24u)
#define UART_FBRD (UART0 + 0x28u)
#define UART_LCR (UART0 + 0x2cu)
#define UART_CR (UART0 + 0x30u)
#define UART_IFLS (UART0 + 0x34u)
#define UART_IMSC (UART0 + 0x38u)
#define UART_ICR (UART0 + 0x44u)
#define UART_FR_RXFE (1u << 4)
#define UART_FR_TXFF (1u << 5)
#define UART_RX (1u << 4)
#define UART_TX (1u << 5)
#define UART_RT (1u << 6)

/* 4.4 SPI (PL022) */
#define SPI0 0x4003c000u
#define SPI_CR0 (SPI0 + 0x00u)
#define SPI_CR1 (SPI0 + 0x04u)
#define SPI_DR (SPI0 + 0x08u)
#define SPI_SR (SPI0 + 0x0cu)
#define SPI_CPSR (SPI0 + 0x10u)
#define SPI_SR_RNE (1u << 2)

/* 4.6 timer, 4.7 its microsecond tick */
#define TIMER_ALARM0 0x40054010u
#define TIMER_RAW_HIGH 0x40054024u
#define TIMER_RAW_LOW 0x40054028u
#define TIMER_INTR 0x40054034u
#define TIMER_INTE 0x40054038u
#define WATCHDOG_TICK 0x4005802cu

/* 4.9 ADC and temperature sensor */
#define ADC_CS 0x4004c000u
#define ADC_RESULT 0x4004c004u
#define ADC_READY (1u << 8)

/* 2.4.5 NVIC */
#define NVIC_ENABLE 0xe000e100u
#define IRQ_TIMER0 0
#define IRQ_USB 5
#define IRQ_PINS 13
#define IRQ_UART0 20

static inline void interrupts_off(void) { __asm__ volatile("cpsid i" ::: "memory"); }
static inline void interrupts_on(void) { __asm__ volatile("cpsie i" ::: "memory"); }
static inline void sleep_until_interrupt(void) { __asm__ volatile("wfi" ::: "memory"); }

#endif
