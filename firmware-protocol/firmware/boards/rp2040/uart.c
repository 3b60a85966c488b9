/* The link over UART0 on pins 0 and 1, 8N1, with the receive and the transmit interrupt. */
#include "config.h"
#include "hal.h"
#include "link.h"
#include "registers.h"
#include "rp2040.h"

/* A ring between one writer, hal_send, and one reader, transmit. */
static uint8_t waiting[TX_SIZE];
static volatile uint16_t head, tail; /* next to be filled, next to be sent */
static volatile bool draining;       /* the transmit interrupt is on */

static uint16_t after(uint16_t at) { return (uint16_t)((at + 1u) & (TX_SIZE - 1u)); }

void serial_start(void) {
  const uint32_t divisor = (CLOCK_HZ * 4u + BAUD / 2u) / BAUD; /* in 64ths of a bit's 16 clocks */
  REGISTER(PIN_CTRL(0)) = FUNCTION_UART;
  REGISTER(PIN_CTRL(1)) = FUNCTION_UART;
  REGISTER(UART_IBRD) = divisor / 64u;
  REGISTER(UART_FBRD) = divisor % 64u;
  REGISTER(UART_LCR) = (3u << 5) | (1u << 4); /* 8 bits, FIFOs */
  REGISTER(UART_IFLS) = (2u << 3) | 0u;       /* receive at 1/8, transmit at half */
  REGISTER(UART_CR) = (1u << 9) | (1u << 8) | 1u;
  REGISTER(UART_IMSC) = UART_RX | UART_RT;
  REGISTER(NVIC_ENABLE) = 1u << IRQ_UART0;
}

/* Moves bytes into the FIFO while it has room; the transmit interrupt goes on for as long as some are left. */
static void transmit(void) {
  const uint16_t end = head;
  uint16_t at = tail;
  for (; at != end && !(REGISTER(UART_FR) & UART_FR_TXFF); at = after(at)) REGISTER(UART_DR) = waiting[at];
  tail = at;
  draining = at != end;
  REGISTER(UART_IMSC) = UART_RX | UART_RT | (at != end ? UART_TX : 0u);
}

/* Cleared first: a byte that comes while the FIFO is emptied calls again. */
void serial_interrupt(void) {
  REGISTER(UART_ICR) = UART_RX | UART_RT | UART_TX;
  while (!(REGISTER(UART_FR) & UART_FR_RXFE)) link_received((uint8_t)REGISTER(UART_DR));
  transmit();
}

void hal_send(uint8_t byte) {
  const uint16_t at = head, next = after(at);
  if (next == tail) {
    interrupts_off();
    while (next == tail) {
      sleep_until_interrupt();
      interrupts_on();
      interrupts_off();
    }
    interrupts_on();
  }
  waiting[at] = byte;
  head = next;
  if (draining) return;
  interrupts_off();
  transmit();
  interrupts_on();
}

void hal_flush(void) {}
