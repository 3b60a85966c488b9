/* The bus to the front end: frames put off in shared memory until something is asked, or must not wait. */
#include "../front-end/bus.h"

#include <string.h>

#include "board.h"
#include "config.h"

static volatile bool rung;

void bus_start(void) {
  REGISTER(UART1 + UART_DIVISOR) = 16;
  REGISTER(UART1 + UART_CTRL) = CTRL_TX | CTRL_RX | CTRL_RX_INTERRUPT;
  REGISTER(NVIC_ENABLE) = 1u << IRQ_UART1_RX;
  MAILBOX->frame_bytes = 0;
}

void bell_interrupt(void) {
  REGISTER(UART1 + UART_INTERRUPTS) = INTERRUPT_RX;
  (void)REGISTER(UART1 + UART_DATA);
  rung = true;
}

/* Rings, and waits until the front end has carried out all frames. */
static void ring(void) {
  rung = false;
  REGISTER(UART1 + UART_DATA) = '!';
  interrupts_off();
  while (!rung) {
    sleep_until_interrupt();
    interrupts_on();
    interrupts_off();
  }
  interrupts_on();
  MAILBOX->frame_bytes = 0;
}

static void put(uint16_t sent, const uint8_t *bytes, uint16_t taken) {
  if (MAILBOX->frame_bytes + sent + 4u > sizeof MAILBOX->frames) ring();
  volatile uint8_t *to = MAILBOX->frames + MAILBOX->frame_bytes;
  *to++ = (uint8_t)sent;
  *to++ = (uint8_t)(sent >> 8);
  *to++ = (uint8_t)taken;
  *to++ = (uint8_t)(taken >> 8);
  for (uint16_t i = 0; i < sent; i++) *to++ = bytes[i];
  MAILBOX->frame_bytes += sent + 4u;
}

void bus_send(const uint8_t *bytes, uint16_t count) { put(count, bytes, 0); }

void bus_send_now(const uint8_t *bytes, uint16_t count) {
  put(count, bytes, 0);
  ring();
}

bool bus_ask(uint8_t command, uint8_t *answer, uint16_t count) {
  put(1, &command, count);
  ring();
  if (MAILBOX->busy) return false;
  for (uint16_t i = 0; i < count; i++) answer[i] = MAILBOX->answer[i];
  return true;
}

/* The front end itself carries out no frame before BUSY has fallen. */
bool bus_settled(void) { return true; }
