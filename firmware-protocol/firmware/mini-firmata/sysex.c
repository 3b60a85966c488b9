/* Firmata's sysex messages, and one of our own: 0x0c, the watchdog. */
#include "mini.h"

enum {
  WATCH = 0x0c,
  ANALOG_MAPPING_QUERY = 0x69,
  ANALOG_MAPPING = 0x6a,
  CAPABILITY_QUERY = 0x6b,
  CAPABILITY = 0x6c,
  PIN_STATE_QUERY = 0x6d,
  PIN_STATE = 0x6e,
  EXTENDED_ANALOG = 0x6f,
  I2C_REQUEST = 0x76,
  I2C_REPLY = 0x77,
  REPORT_FIRMWARE = 0x79,
  SAMPLING_INTERVAL = 0x7a
};
enum { I2C_WRITE = 0, I2C_READ_ONCE = 1, I2C_MOST = 24 };

uint16_t sampling_interval = 19;

void say_begin(uint8_t first) {
  uart_send(0xf0);
  uart_send(first);
}
void say_14(uint16_t value) {
  uart_send(value & 0x7f);
  uart_send(value >> 7 & 0x7f);
}
void say_end(void) {
  uart_send(0xf7);
  figures.messages_out++;
}
static void say_35(uint32_t value) {
  for (uint8_t i = 0; i < 5; i++, value >>= 7) uart_send(value & 0x7f);
}

void say_version(void) {
  uart_send(0xf9);
  uart_send(2);
  uart_send(5);
  figures.messages_out++;
}

void say_firmware(void) {
  say_begin(REPORT_FIRMWARE);
  uart_send(2);
  uart_send(5);
  for (const char *letter = "mini-firmata"; *letter; letter++) say_14((uint8_t)*letter);
  say_end();
}

/* Bits of a value in each mode. */
static uint8_t resolution(uint8_t mode) { return mode == MODE_ANALOG ? 10 : mode == MODE_PWM ? 8 : 1; }

static void say_capabilities(void) {
  static const uint8_t known[] = {MODE_INPUT, MODE_OUTPUT, MODE_ANALOG, MODE_PWM, MODE_I2C, MODE_PULLUP};
  say_begin(CAPABILITY);
  for (uint8_t pin = 0; pin < PINS; pin++) {
    for (uint8_t i = 0; i < sizeof known; i++) {
      if (!pin_can(pin, known[i])) continue;
      uart_send(known[i]);
      uart_send(resolution(known[i]));
    }
    uart_send(0x7f);
  }
  say_end();
}

static void say_analog_mapping(void) {
  say_begin(ANALOG_MAPPING);
  for (uint8_t pin = 0; pin < PINS; pin++)
    uart_send(pin < FIRST_ANALOG ? 0x7f : (uint8_t)(pin - FIRST_ANALOG));
  say_end();
}

static void say_pin_state(uint8_t pin) {
  say_begin(PIN_STATE);
  uart_send(pin);
  uart_send(pin_mode(pin));
  say_14(pin_state(pin));
  say_end();
}

static void say_watch(void) {
  say_begin(WATCH);
  uart_send(watch_flags());
  say_35(figures.bytes_in);
  say_35(figures.bytes_out);
  say_35(figures.messages_in);
  say_35(figures.messages_out);
  say_end();
}

/* [register,] count: what was read goes out behind the register. */
static void i2c_read(uint8_t address, const uint16_t *values, uint8_t count) {
  uint8_t bytes[I2C_MOST];
  const uint8_t where = (uint8_t)(count > 1 ? values[0] : 0), wanted = (uint8_t)values[count - 1];
  if (wanted > I2C_MOST) return;
  const bool there = (count < 2 || twi_write(address, &where, 1)) && twi_read(address, bytes, wanted);
  say_begin(I2C_REPLY);
  say_14(address);
  say_14(where);
  for (uint8_t i = 0; there && i < wanted; i++) say_14(bytes[i]);
  say_end();
}

static void i2c_request(const uint8_t *bytes, uint8_t count) {
  uint16_t values[I2C_MOST];
  uint8_t raw[I2C_MOST], pairs = 0;
  if (count < 4 || bytes[1] & 0x20) return; /* 10-bit addresses are not served */
  for (uint8_t at = 2; at + 1 < count && pairs < I2C_MOST; at = (uint8_t)(at + 2), pairs++) {
    values[pairs] = (uint16_t)(bytes[at] | bytes[at + 1] << 7);
    raw[pairs] = (uint8_t)values[pairs];
  }
  const uint8_t mode = bytes[1] >> 3 & 3;
  if (mode == I2C_READ_ONCE) i2c_read(bytes[0], values, pairs);
  else if (mode == I2C_WRITE && !watch_tripped()) twi_write(bytes[0], raw, pairs);
}

void sysex(uint8_t *bytes, uint8_t count) {
  const uint8_t *rest = bytes + 1;
  const uint16_t value = count > 2 ? (uint16_t)(rest[0] | rest[1] << 7) : 0;
  switch (count == 0 ? 0 : bytes[0]) {
    case WATCH:
      if (count > 2) watch_set(value);
      say_watch();
      return;
    case REPORT_FIRMWARE:
      say_firmware();
      return;
    case CAPABILITY_QUERY:
      say_capabilities();
      return;
    case ANALOG_MAPPING_QUERY:
      say_analog_mapping();
      return;
    case PIN_STATE_QUERY:
      if (count > 1) say_pin_state(rest[0]);
      return;
    case EXTENDED_ANALOG:
      if (count > 3) pin_pwm(rest[0], (uint16_t)(rest[1] | rest[2] << 7));
      return;
    case SAMPLING_INTERVAL:
      sampling_interval = value == 0 ? 1 : value;
      return;
    case I2C_REQUEST:
      i2c_request(rest, (uint8_t)(count - 1));
  }
}
