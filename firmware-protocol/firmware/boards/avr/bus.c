/* The bus to the front end: SPI in mode 0 at 8 MHz, chip select on SS, BUSY on PD2. */
#include "../front-end/bus.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>

#include "avr.h"
#include "config.h"
#include "hal.h"

#ifdef __AVR_ATmega2560__
#define SELECT_PIN PB0
#define CLOCK_PIN PB1
#define OUT_PIN PB2
#define SETTLED_VECTOR INT2_vect
#define SETTLED_ENABLE INT2
#define SETTLED_EDGE ISC21
#else
#define SELECT_PIN PB2
#define CLOCK_PIN PB5
#define OUT_PIN PB3
#define SETTLED_VECTOR INT0_vect
#define SETTLED_ENABLE INT0
#define SETTLED_EDGE ISC01
#endif
#define BUSY_PIN PD2

static const uint16_t busy_ticks_max = (uint16_t)((uint32_t)TICK_HZ * BUSY_MAX_MS / 1000);

void bus_start(void) {
  PORTB |= (uint8_t)_BV(SELECT_PIN);
  DDRB |= (uint8_t)(_BV(SELECT_PIN) | _BV(CLOCK_PIN) | _BV(OUT_PIN));
  SPCR = _BV(SPE) | _BV(MSTR);
  SPSR = _BV(SPI2X);
  EICRA = _BV(SETTLED_EDGE); /* falling */
  EIMSK = _BV(SETTLED_ENABLE);
}

EMPTY_INTERRUPT(SETTLED_VECTOR)

static uint8_t exchange(uint8_t byte) {
  SPDR = byte;
  while (!(SPSR & _BV(SPIF))) {
  }
  return SPDR;
}
static void select(void) { PORTB &= (uint8_t)~_BV(SELECT_PIN); }
static void release(void) { PORTB |= (uint8_t)_BV(SELECT_PIN); }

void bus_send(const uint8_t *bytes, uint16_t count) {
  select();
  while (count-- > 0) exchange(*bytes++);
  release();
}

void bus_send_now(const uint8_t *bytes, uint16_t count) { bus_send(bytes, count); }

static bool busy(void) { return PIND & _BV(BUSY_PIN); }

/* Sleeps until BUSY has fallen; the timer ends the sleep too. */
bool bus_settled(void) {
  const uint16_t start = timer_now();
  while (busy()) {
    if ((uint16_t)(timer_now() - start) > busy_ticks_max) return false;
    cli();
    if (busy()) {
      sei();
      sleep_cpu();
    }
    sei();
  }
  return true;
}

bool bus_ask(uint8_t command, uint8_t *answer, uint16_t count) {
  if (!bus_settled()) return false;
  select();
  exchange(command);
  while (count-- > 0) *answer++ = exchange(0);
  release();
  return true;
}
