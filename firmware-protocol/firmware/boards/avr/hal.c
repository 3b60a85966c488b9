/* ATmega2560 and ATmega328P: start, time, rest and condition. The lines are in ../front-end, their bus in bus.c, the link in
 * uart.c. */
#include "hal.h"

#include <avr/eeprom.h>
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>

#include "avr.h"
#include "config.h"
#include "link.h"

/* EEPROM: how often the board has started, then its name, written once when the board is made. */
static uint32_t *const boots_at = (uint32_t *)0;
static const uint8_t *const name_at = (const uint8_t *)4;

#define REST_TICKS (TICK_HZ / 100) /* 10 ms */
#define TEMPERATURE_CHANNEL 0      /* LM335: 10 mV a kelvin */
#define SUPPLY_CHANNEL 1           /* half of the front end's supply */
#define REFERENCE 5.0f             /* volts */

static char uid[33];
static volatile uint32_t overflows;

void hal_start(void) {
  bus_start();
  hal_safe();
  TCCR1B = _BV(CS11) | _BV(CS10); /* 16 MHz / 64 */
  OCR1A = REST_TICKS;
  TIMSK1 = _BV(TOIE1) | _BV(OCIE1A);
  ADCSRA = _BV(ADEN) | _BV(ADPS2) | _BV(ADPS1) | _BV(ADPS0); /* 125 kHz */
  uart_start();
  sleep_enable();
  sei();
}

uint32_t hal_boot_id(void) {
  const uint32_t boots = eeprom_read_dword(boots_at) + 1u;
  eeprom_update_dword(boots_at, boots);
  return boots;
}

const char *hal_uid(void) {
  eeprom_read_block(uid, name_at, sizeof uid - 1);
  for (uint8_t i = 0; i < sizeof uid - 1; i++)
    if (uid[i] <= ' ' || uid[i] > '~') uid[i] = 0;
  if (uid[0] == 0) uid[0] = '?';
  return uid;
}

void hal_poll(void) {}

/* A byte, or the timer, ends the sleep. SEI lets SLEEP begin before it lets an interrupt in. */
void hal_rest(void) {
  cli();
  if (!link_waiting()) {
    sei();
    sleep_cpu();
  }
  sei();
}

void hal_lock(void) { cli(); }
void hal_unlock(void) { sei(); }

ISR(TIMER1_OVF_vect) { overflows++; }
ISR(TIMER1_COMPA_vect) { OCR1A = (uint16_t)(OCR1A + REST_TICKS); }

uint16_t timer_now(void) {
  const uint8_t enabled = SREG;
  cli(); /* TCNT1's two bytes share a register with those of OCR1A */
  const uint16_t now = TCNT1;
  SREG = enabled;
  return now;
}

uint64_t hal_ticks(void) {
  const uint8_t enabled = SREG;
  cli();
  const uint16_t low = TCNT1;
  uint32_t high = overflows;
  if ((TIFR1 & _BV(TOV1)) && low < 0x8000u) high++; /* ran over since interrupts are off */
  SREG = enabled;
  return (uint64_t)high << 16 | low;
}

static float volts_at(uint8_t channel) {
  ADMUX = (uint8_t)(_BV(REFS0) | channel);
  ADCSRA |= _BV(ADSC);
  while (ADCSRA & _BV(ADSC)) {
  }
  return (float)ADC * (REFERENCE / 1024.0f);
}

float hal_temperature(void) { return volts_at(TEMPERATURE_CHANNEL) * 100.0f; }
float hal_supply(void) { return 2.0f * volts_at(SUPPLY_CHANNEL); }
