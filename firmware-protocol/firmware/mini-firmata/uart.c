/* USART0 in 8N1: bytes in by interrupt, bytes out one after another. */
#include <avr/interrupt.h>
#include <avr/io.h>

#include "mini.h"

/* Doubled speed: the divider nearest to the rate (DS40002061B 20.3.1). */
#define DIVIDER ((F_CPU + 4UL * BAUD) / (8UL * BAUD) - 1UL)

/* What comes in while the board is on the I2C bus for a millisecond or two. */
static volatile uint8_t ring[256];
static volatile uint8_t head, tail;

void uart_start(void) {
  UBRR0 = (uint16_t)DIVIDER;
  UCSR0A = _BV(U2X0);
  UCSR0C = _BV(UCSZ01) | _BV(UCSZ00);
  UCSR0B = _BV(RXEN0) | _BV(TXEN0) | _BV(RXCIE0);
}

#ifdef __AVR_ATmega2560__
ISR(USART0_RX_vect) {
#else
ISR(USART_RX_vect) {
#endif
  const uint8_t byte = UDR0;
  if ((uint8_t)(head + 1u) != tail) ring[head++] = byte;
}

bool uart_empty(void) { return head == tail; }

int16_t uart_take(void) {
  if (head == tail) return -1;
  figures.bytes_in++;
  return ring[tail++];
}

void uart_send(uint8_t byte) {
  while (!(UCSR0A & _BV(UDRE0))) {
  }
  UDR0 = byte;
  figures.bytes_out++;
}
