/* Mini-Firmata for ATmega328P and ATmega2560 at 16 MHz: docs/bench-peripherals.md. */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>

#include "mini.h"

static volatile uint16_t milliseconds;

ISR(TIMER0_COMPA_vect) { milliseconds++; }

uint16_t now_ms(void) {
  cli();
  const uint16_t now = milliseconds;
  sei();
  return now;
}

/* Until the next byte or millisecond; a byte between the look and the sleep is not slept over (DS40002061B 7.7). */
static void doze(void) {
  cli();
  if (uart_empty()) {
    sleep_enable();
    sei();
    sleep_cpu();
    sleep_disable();
  }
  sei();
}

int main(void) {
  TCCR0A = _BV(WGM01); /* a compare match each 250 counts of F_CPU / 64: 1 kHz */
  OCR0A = F_CPU / 64 / 1000 - 1;
  TIMSK0 = _BV(OCIE0A);
  TCCR0B = _BV(CS01) | _BV(CS00);
  pins_start();
  twi_start();
  uart_start();
  sei();
  firmata_start();
  for (;;) {
    for (int16_t byte = uart_take(); byte >= 0; byte = uart_take()) firmata_take((uint8_t)byte);
    watch_look();
    firmata_report();
    doze();
  }
}
