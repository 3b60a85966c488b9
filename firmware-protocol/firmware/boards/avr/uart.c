/* The link: USART0 in 8N1, by interrupts both ways. */
#include <avr/interrupt.h>
#include <avr/io.h>

#include "avr.h"
#include "config.h"
#include "hal.h"
#include "link.h"

/* Doubled speed: the divider nearest to the rate (DS40002061B 20.3.1). */
#define DIVIDER ((F_CPU + 4UL * BAUD) / (8UL * BAUD) - 1UL)

#if TX_SIZE > 256
typedef uint16_t place;
#else
typedef uint8_t place;
#endif
static volatile uint8_t waiting[TX_SIZE];
static volatile place head, tail; /* next to be filled, next to be sent; written with interrupts off */

static place after(place at) { return (place)((at + 1u) & (TX_SIZE - 1u)); }

static place sent_so_far(void) {
  cli();
  const place at = tail;
  sei();
  return at;
}

void uart_start(void) {
  UBRR0 = (uint16_t)DIVIDER;
  UCSR0A = _BV(U2X0);
  UCSR0C = _BV(UCSZ01) | _BV(UCSZ00);
  UCSR0B = _BV(RXEN0) | _BV(TXEN0) | _BV(RXCIE0);
}

#ifdef __AVR_ATmega2560__
#define RX_VECTOR USART0_RX_vect
#define EMPTY_VECTOR USART0_UDRE_vect
#else
#define RX_VECTOR USART_RX_vect
#define EMPTY_VECTOR USART_UDRE_vect
#endif

ISR(RX_VECTOR) { link_received(UDR0); }

ISR(EMPTY_VECTOR) {
  const place at = tail;
  UDR0 = waiting[at];
  tail = after(at);
  if (tail == head) UCSR0B &= (uint8_t)~_BV(UDRIE0);
}

/* Where the line is idle the byte goes out at once: a board that is slower than its line takes no interrupt for it. */
void hal_send(uint8_t byte) {
  const place now = head, next = after(now);
  if (!(UCSR0B & _BV(UDRIE0)) && (UCSR0A & _BV(UDRE0))) {
    UDR0 = byte;
    return;
  }
  while (next == sent_so_far()) {
  }
  waiting[now] = byte;
  cli();
  head = next;
  UCSR0B |= _BV(UDRIE0);
  sei();
}

void hal_flush(void) {}
