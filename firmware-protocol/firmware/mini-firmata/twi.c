/* I2C master at 400 kHz (DS40002061B 22). Nothing waits for ever: a bus that hangs is let go after a millisecond. */
#include <avr/io.h>

#include "mini.h"

enum { TW_SLAW_ACK = 0x18, TW_SENT_ACK = 0x28, TW_SLAR_ACK = 0x40, TW_BIT_RATE = (F_CPU / 400000UL - 16) / 2 };

void twi_start(void) {
  TWSR = 0;
  TWBR = TW_BIT_RATE;
  TWCR = _BV(TWEN);
}

/* One step of the bus; its status, 0 where it hangs. */
static uint8_t step(uint8_t flags) {
  TWCR = (uint8_t)(_BV(TWINT) | _BV(TWEN) | flags);
  for (uint16_t left = 2000; left > 0; left--)
    if (TWCR & _BV(TWINT)) return TWSR & 0xf8;
  TWCR = 0;
  TWCR = _BV(TWEN);
  return 0;
}

static void stop(void) {
  TWCR = _BV(TWINT) | _BV(TWEN) | _BV(TWSTO);
  for (uint16_t left = 2000; left > 0 && (TWCR & _BV(TWSTO)); left--) {
  }
}

static uint8_t put(uint8_t byte) {
  TWDR = byte;
  return step(0);
}

bool twi_write(uint8_t address, const uint8_t *bytes, uint8_t count) {
  step(_BV(TWSTA));
  bool answered = put((uint8_t)(address << 1)) == TW_SLAW_ACK;
  for (uint8_t i = 0; answered && i < count; i++) answered = put(bytes[i]) == TW_SENT_ACK;
  stop();
  return answered;
}

bool twi_read(uint8_t address, uint8_t *bytes, uint8_t count) {
  step(_BV(TWSTA));
  const bool answered = put((uint8_t)(address << 1 | 1)) == TW_SLAR_ACK;
  for (uint8_t i = 0; answered && i < count; i++) {
    step(i + 1 < count ? _BV(TWEA) : 0);
    bytes[i] = TWDR;
  }
  stop();
  return answered;
}
