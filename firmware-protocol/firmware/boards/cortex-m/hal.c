/* MPS2 with the AN386 image, in QEMU: start, link, time and condition. The lines are in ../front-end, their bus in bus.c. */
#include "hal.h"

#include "board.h"
#include "config.h"
#include "link.h"

static char uid[33];
static uint32_t last_count, wraps;

void hal_start(void) {
  REGISTER(FPGA_PRESCALE) = 24; /* microseconds */
  /* Also wakes QEMU's main loop, which looks for bytes from outside only when something else has woken it. */
  REGISTER(SYSTICK_RELOAD) = REST_US * 25u;
  REGISTER(SYSTICK_VALUE) = 0;
  REGISTER(SYSTICK_CTRL) = 7;
  bus_start();
  hal_safe();
  REGISTER(UART0 + UART_DIVISOR) = 16;
  REGISTER(UART0 + UART_CTRL) = CTRL_TX | CTRL_RX | CTRL_RX_INTERRUPT;
  REGISTER(NVIC_ENABLE) = (1u << IRQ_UART0_RX) | (1u << IRQ_UART0_TX);
}

/* A counter kept over resets, spread by Knuth's multiplier; the seed differs from one emulated board to the next. */
uint32_t hal_boot_id(void) {
  const uint32_t boot = MAILBOX->boots + 1u;
  MAILBOX->boots = boot;
  return MAILBOX->seed ^ (boot * 2654435761u);
}

const char *hal_uid(void) {
  for (unsigned i = 0; i < sizeof uid - 1; i++) uid[i] = MAILBOX->uid[i];
  return uid;
}

void hal_poll(void) {}

void link_interrupt(void) {
  REGISTER(UART0 + UART_INTERRUPTS) = INTERRUPT_RX | INTERRUPT_TX;
  while (REGISTER(UART0 + UART_STATE) & STATE_RX_FULL) link_received((uint8_t)REGISTER(UART0 + UART_DATA));
}

void hal_rest(void) {
  interrupts_off();
  if (!link_waiting()) sleep_until_interrupt();
  interrupts_on();
}

/* Sleeps where the line is full: a loop that looks at a register keeps QEMU from emptying it. */
void hal_send(uint8_t byte) {
  while (REGISTER(UART0 + UART_STATE) & STATE_TX_FULL) {
    interrupts_off();
    REGISTER(UART0 + UART_CTRL) |= CTRL_TX_INTERRUPT;
    sleep_until_interrupt();
    REGISTER(UART0 + UART_CTRL) &= ~CTRL_TX_INTERRUPT;
    interrupts_on();
  }
  REGISTER(UART0 + UART_DATA) = byte;
}

void hal_flush(void) {}
void hal_lock(void) { interrupts_off(); }
void hal_unlock(void) { interrupts_on(); }

static uint64_t ticks(void) {
  const uint32_t count = REGISTER(FPGA_COUNTER);
  if (count < last_count) wraps++;
  last_count = count;
  return (uint64_t)wraps << 32 | count;
}

/* Often enough that no wrap of the counter goes unseen. */
void tick_interrupt(void) { ticks(); }

uint64_t hal_ticks(void) {
  interrupts_off();
  const uint64_t now = ticks();
  interrupts_on();
  return now;
}

float hal_temperature(void) { return MAILBOX->temperature; }
float hal_supply(void) { return MAILBOX->supply; }
