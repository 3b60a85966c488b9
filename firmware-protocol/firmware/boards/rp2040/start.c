/* From reset to main: vectors, memory, clocks. Without the SDK. A real chip also wants a second-stage boot loader in the first
 * 256 bytes of flash (datasheet 2.8.1.3.1), which is left free here: this image has run on an emulator only. */
#include "registers.h"

extern uint32_t data_start[], data_end[], data_load[], bss_start[], bss_end[], stack_top[];
int main(void);
void reset(void);
void pin_interrupt(void);
void timer_interrupt(void);
void serial_interrupt(void);

static void stopped(void) {
  for (;;) sleep_until_interrupt();
}

typedef void (*vector)(void);
__attribute__((section(".vectors"), used)) static const vector vectors[16 + 26] = {
    (vector)(uintptr_t)stack_top,
    reset,
    [2] = stopped,
    [3] = stopped,
    [16 + IRQ_TIMER0] = timer_interrupt,
    [16 + IRQ_USB] = serial_interrupt,
    [16 + IRQ_PINS] = pin_interrupt,
    [16 + IRQ_UART0] = serial_interrupt,
};

static void phase_locked(uint32_t pll, uint32_t feedback, uint32_t dividers) {
  REGISTER(pll + 0x0u) = 1; /* reference divider */
  REGISTER(pll + 0x8u) = feedback;
  CLEAR(pll + 0x4u) = (1u << 0) | (1u << 5); /* power to the loop and its oscillator */
  while (!(REGISTER(pll) & (1u << 31))) {
  }
  REGISTER(pll + 0xcu) = dividers;
  CLEAR(pll + 0x4u) = 1u << 3; /* and to the dividers behind it */
}

/* 125 MHz for core, UART and SPI, 48 MHz for USB and ADC, from a crystal of 12 MHz; a timer that counts microseconds. */
static void clocks(void) {
  const uint32_t used = RESET_ADC | RESET_IO_BANK0 | RESET_PADS_BANK0 | RESET_PLL_SYS | RESET_PLL_USB | RESET_SPI0 |
                        RESET_TIMER | RESET_UART0 | RESET_USBCTRL;
  REGISTER(XOSC_STARTUP) = 47; /* 1 ms */
  REGISTER(XOSC_CTRL) = 0xfabaa0u;
  while (!(REGISTER(XOSC_STATUS) & (1u << 31))) {
  }
  REGISTER(CLK_REF_CTRL) = 2;
  while (!(REGISTER(CLK_REF_SELECTED) & (1u << 2))) {
  }
  CLEAR(RESETS_RESET) = used;
  while ((REGISTER(RESETS_DONE) & used) != used) {
  }
  phase_locked(PLL_SYS, 125, (6u << 16) | (2u << 12));
  phase_locked(PLL_USB, 100, (5u << 16) | (5u << 12));
  REGISTER(CLK_SYS_CTRL) = 1;
  while (!(REGISTER(CLK_SYS_SELECTED) & (1u << 1))) {
  }
  REGISTER(CLK_PERI_CTRL) = CLK_ENABLE;
  REGISTER(CLK_USB_CTRL) = CLK_ENABLE;
  REGISTER(CLK_ADC_CTRL) = CLK_ENABLE;
  REGISTER(WATCHDOG_TICK) = (1u << 9) | 12u;
}

void reset(void) {
  for (uint32_t *to = data_start, *from = data_load; to < data_end;) *to++ = *from++;
  for (uint32_t *to = bss_start; to < bss_end;) *to++ = 0;
  clocks();
  main();
  stopped();
}
