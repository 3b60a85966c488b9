/* From reset to main: vectors and memory. */
#include "board.h"

extern uint32_t data_start[], data_end[], data_load[], bss_start[], bss_end[], stack_top[];
int main(void);
void reset(void);

static void stopped(void) {
  for (;;) sleep_until_interrupt();
}

typedef void (*vector)(void);
__attribute__((section(".vectors"), used)) static const vector vectors[16 + 32] = {
    (vector)(uintptr_t)stack_top,
    reset,
    [2] = stopped,
    [3] = stopped,
    [4] = stopped,
    [5] = stopped,
    [6] = stopped,
    [15] = tick_interrupt,
    [16 + IRQ_UART0_RX] = link_interrupt,
    [16 + IRQ_UART0_TX] = link_interrupt,
    [16 + IRQ_UART1_RX] = bell_interrupt,
};

void reset(void) {
  REGISTER(COPROCESSORS) |= 0xfu << 20; /* the floating-point unit */
  __asm__ volatile("dsb\n isb" ::: "memory");
  for (uint32_t *to = data_start, *from = data_load; to < data_end;) *to++ = *from++;
  for (uint32_t *to = bss_start; to < bss_end;) *to++ = 0;
  main();
  stopped();
}
