/* The pins of an Uno (ATmega328P) and a Mega (ATmega2560), as Arduino numbers them. */
#include <avr/io.h>

#include "mini.h"

/* PINx; DDRx and PORTx follow it in memory. */
struct pin {
  volatile uint8_t *in;
  uint8_t bit;
};
#define UP(port) {&port, 1}, {&port, 2}, {&port, 4}, {&port, 8}, {&port, 16}, {&port, 32}, {&port, 64}, {&port, 128}
#define DOWN(port) {&port, 128}, {&port, 64}, {&port, 32}, {&port, 16}, {&port, 8}, {&port, 4}, {&port, 2}, {&port, 1}

#ifdef __AVR_ATmega2560__
static const struct pin pins[PINS] = {
    {&PINE, 1},  {&PINE, 2},  {&PINE, 16}, {&PINE, 32}, {&PING, 32},  {&PINE, 8},  {&PINH, 8}, {&PINH, 16},
    {&PINH, 32}, {&PINH, 64}, {&PINB, 16}, {&PINB, 32}, {&PINB, 64},  {&PINB, 128}, {&PINJ, 2}, {&PINJ, 1},
    {&PINH, 2},  {&PINH, 1},  {&PIND, 8},  {&PIND, 4},  {&PIND, 2},   {&PIND, 1},  UP(PINA),   DOWN(PINC),
    {&PIND, 128}, {&PING, 4}, {&PING, 2},  {&PING, 1},  DOWN(PINL),   {&PINB, 8},  {&PINB, 4}, {&PINB, 2},
    {&PINB, 1},  UP(PINF),    UP(PINK)};
enum { OC1A_PIN = 11, OC1B_PIN = 12, OC2A_PIN = 10, OC2B_PIN = 9, SDA_PIN = 20, SCL_PIN = 21 };
#else
static const struct pin pins[PINS] = {UP(PIND),    {&PINB, 1}, {&PINB, 2}, {&PINB, 4}, {&PINB, 8},  {&PINB, 16}, {&PINB, 32},
                                      {&PINC, 1}, {&PINC, 2}, {&PINC, 4}, {&PINC, 8}, {&PINC, 16}, {&PINC, 32}};
enum { OC1A_PIN = 9, OC1B_PIN = 10, OC2A_PIN = 11, OC2B_PIN = 3, SDA_PIN = 18, SCL_PIN = 19 };
#endif

static uint8_t modes[PINS];
static uint8_t written[PINS];

static volatile uint8_t *ddr(uint8_t pin) { return pins[pin].in + 1; }
static volatile uint8_t *out(uint8_t pin) { return pins[pin].in + 2; }
static void put(volatile uint8_t *at, uint8_t bit, bool high) { *at = high ? (uint8_t)(*at | bit) : (uint8_t)(*at & ~bit); }

/* Takes a pin from its timer, or gives it to it. */
static void connect(uint8_t pin, bool timer) {
  if (pin == OC1A_PIN) put(&TCCR1A, _BV(COM1A1), timer);
  if (pin == OC1B_PIN) put(&TCCR1A, _BV(COM1B1), timer);
  if (pin == OC2A_PIN) put(&TCCR2A, _BV(COM2A1), timer);
  if (pin == OC2B_PIN) put(&TCCR2A, _BV(COM2B1), timer);
}

void pins_start(void) {
  TCCR1A = _BV(WGM10); /* phase-correct, 8 bits, 490 Hz: a duty of 0 is low all the time */
  TCCR1B = _BV(CS11) | _BV(CS10);
  TCCR2A = _BV(WGM20);
  TCCR2B = _BV(CS22);
  ADMUX = _BV(REFS0);
  ADCSRA = _BV(ADEN) | _BV(ADPS2) | _BV(ADPS1) | _BV(ADPS0);
}

bool pin_can(uint8_t pin, uint8_t mode) {
  switch (mode) {
    case MODE_INPUT:
    case MODE_OUTPUT:
    case MODE_PULLUP:
      return pin > 1 && pin < PINS; /* 0 and 1 are the line */
    case MODE_ANALOG:
      return pin >= FIRST_ANALOG && pin < PINS;
    case MODE_PWM:
      return pin == OC1A_PIN || pin == OC1B_PIN || pin == OC2A_PIN || pin == OC2B_PIN;
    case MODE_I2C:
      return pin == SDA_PIN || pin == SCL_PIN;
    default:
      return false;
  }
}

uint8_t pin_mode(uint8_t pin) { return pin < PINS ? modes[pin] : MODE_INPUT; }

void pin_set_mode(uint8_t pin, uint8_t mode) {
  if (!pin_can(pin, mode)) return;
  const bool driven = mode == MODE_OUTPUT || mode == MODE_PWM;
  modes[pin] = mode;
  written[pin] = 0;
  connect(pin, false);
  put(out(pin), pins[pin].bit, mode == MODE_PULLUP);
  put(ddr(pin), pins[pin].bit, driven);
}

void pin_write(uint8_t pin, bool high) {
  if (pin >= PINS || modes[pin] != MODE_OUTPUT || watch_tripped()) return;
  written[pin] = high;
  put(out(pin), pins[pin].bit, high);
}

void pin_pwm(uint8_t pin, uint16_t duty) {
  if (pin >= PINS || modes[pin] != MODE_PWM || watch_tripped()) return;
  const uint8_t level = (uint8_t)(duty > 255 ? 255 : duty);
  written[pin] = level;
  if (pin == OC1A_PIN) OCR1A = level;
  if (pin == OC1B_PIN) OCR1B = level;
  if (pin == OC2A_PIN) OCR2A = level;
  if (pin == OC2B_PIN) OCR2B = level;
  connect(pin, true);
}

static bool level(uint8_t pin) { return (*pins[pin].in & pins[pin].bit) != 0; }

uint16_t pin_state(uint8_t pin) {
  if (pin >= PINS) return 0;
  return modes[pin] == MODE_OUTPUT || modes[pin] == MODE_PWM ? written[pin] : level(pin);
}

uint8_t port_levels(uint8_t port) {
  uint8_t levels = 0;
  for (uint8_t i = 0; i < 8 && port * 8 + i < PINS; i++)
    levels = (uint8_t)(levels | level((uint8_t)(port * 8 + i)) << i);
  return levels;
}

uint16_t analog_read(uint8_t channel) {
  ADMUX = (uint8_t)(_BV(REFS0) | (channel & 7));
#ifdef MUX5
  put(&ADCSRB, _BV(MUX5), channel > 7);
#endif
  ADCSRA |= _BV(ADSC);
  while (ADCSRA & _BV(ADSC)) {
  }
  return ADC;
}

void pins_safe(void) {
  for (uint8_t pin = 2; pin < PINS; pin++) {
    if (modes[pin] != MODE_OUTPUT && modes[pin] != MODE_PWM) continue;
    connect(pin, false);
    put(out(pin), pins[pin].bit, false);
    written[pin] = 0;
  }
}
