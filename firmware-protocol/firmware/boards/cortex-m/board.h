/* Registers of the MPS2 with the AN386 image (Cortex-M4, ARM DAI 0386) as QEMU has them, and the mailbox of its front end. */
#ifndef MHO_CORTEX_M_BOARD_H
#define MHO_CORTEX_M_BOARD_H

#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))

/* APB UARTs (CMSDK): without FIFOs. UART0 is the link, UART1 the front end's bell. */
#define UART0 0x40004000u
#define UART1 0x40005000u
#define UART_DATA 0x0u
#define UART_STATE 0x4u
#define UART_CTRL 0x8u
#define UART_INTERRUPTS 0xcu
#define UART_DIVISOR 0x10u
#define STATE_TX_FULL 1u
#define STATE_RX_FULL 2u
#define CTRL_TX 1u
#define CTRL_RX 2u
#define CTRL_TX_INTERRUPT 4u
#define CTRL_RX_INTERRUPT 8u
#define INTERRUPT_TX 1u
#define INTERRUPT_RX 2u
#define IRQ_UART0_RX 0
#define IRQ_UART0_TX 1
#define IRQ_UART1_RX 2

/* FPGA system control: a counter behind a prescaler, at 25 MHz as QEMU has it. */
#define FPGA_COUNTER 0x40028018u
#define FPGA_PRESCALE 0x4002801cu

#define SYSTICK_CTRL 0xe000e010u
#define SYSTICK_RELOAD 0xe000e014u
#define SYSTICK_VALUE 0xe000e018u
#define NVIC_ENABLE 0xe000e100u
#define COPROCESSORS 0xe000ed88u

/* Memory that board and front end share, as with one in the FPGA. The board fills `frames`, rings the bell and waits until it
 * rings back. A frame is two lengths, then the bytes sent; the front end answers the one that takes any in `answer`. */
struct mailbox {
  char uid[40];         /* zero-terminated */
  uint32_t seed;        /* of the boot id */
  uint32_t boots;       /* counted by the board; outlives a reset */
  float temperature;    /* kelvin */
  float supply;         /* volts */
  uint32_t frame_bytes; /* of `frames`, those that are new */
  uint32_t busy;        /* 1: the front end stays busy; nothing was answered */
  uint8_t frames[4096];
  uint8_t answer[4096];
};
#define MAILBOX ((volatile struct mailbox *)0x21100000u)

static inline void interrupts_off(void) { __asm__ volatile("cpsid i" ::: "memory"); }
static inline void interrupts_on(void) { __asm__ volatile("cpsie i" ::: "memory"); }
static inline void sleep_until_interrupt(void) { __asm__ volatile("wfi" ::: "memory"); }

void link_interrupt(void);
void bus_start(void);
void bell_interrupt(void);
void tick_interrupt(void);

#endif
