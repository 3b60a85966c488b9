/* Firmata 2.5: messages of three bytes, and which of the board's inputs are told of. */
#include <string.h>

#include "mini.h"

enum {
  SET_PIN_MODE = 0xf4,
  SET_PIN_VALUE = 0xf5,
  REPORT_VERSION = 0xf9,
  SYSTEM_RESET = 0xff,
  SYSEX_START = 0xf0,
  SYSEX_END = 0xf7,
  REPORT_ANALOG = 0xc0,
  REPORT_DIGITAL = 0xd0,
  ANALOG_MESSAGE = 0xe0,
  DIGITAL_MESSAGE = 0x90
};

static uint8_t buffer[64]; /* of the message that is coming in, without its first byte */
static uint8_t command, count;
static bool too_long;
static uint16_t analog_reported;
static uint8_t port_reported[PORTS], port_told[PORTS];
static uint16_t sampled_at;

static void say_port(uint8_t port) {
  const uint8_t levels = port_levels(port);
  port_told[port] = levels;
  uart_send(DIGITAL_MESSAGE | port);
  say_14(levels);
  figures.messages_out++;
}

static void say_analog(uint8_t channel) {
  uart_send(ANALOG_MESSAGE | channel);
  say_14(analog_read(channel));
  figures.messages_out++;
}

void firmata_start(void) {
  analog_reported = 0;
  memset(port_reported, 0, sizeof port_reported);
  sampling_interval = 19;
  say_version();
  say_firmware();
}

static void write_port(uint8_t port, uint8_t levels) {
  for (uint8_t i = 0; i < 8; i++) pin_write((uint8_t)(port * 8 + i), (levels >> i & 1) != 0);
}

/* Whoever asks for reports is told at once where things stand: that is how a host polls. */
static void report_analog(uint8_t channel, bool on) {
  if (channel >= ANALOG_PINS) return;
  analog_reported = (uint16_t)(on ? analog_reported | 1u << channel : analog_reported & ~(1u << channel));
  if (on) say_analog(channel);
}

static void report_port(uint8_t port, bool on) {
  if (port >= PORTS) return;
  port_reported[port] = on;
  if (on) say_port(port);
}

static void act(void) {
  const uint16_t value = (uint16_t)(buffer[0] | buffer[1] << 7);
  const uint8_t place = command & 0x0f;
  switch (command) {
    case SET_PIN_MODE:
      pin_set_mode(buffer[0], buffer[1]);
      return;
    case SET_PIN_VALUE:
      pin_write(buffer[0], buffer[1] != 0);
      return;
    case SYSEX_START:
      sysex(buffer, count);
      return;
  }
  switch (command & 0xf0) {
    case ANALOG_MESSAGE:
      pin_pwm(place, value);
      return;
    case DIGITAL_MESSAGE:
      write_port(place, (uint8_t)value);
      return;
    case REPORT_ANALOG:
      report_analog(place, buffer[0] != 0);
      return;
    case REPORT_DIGITAL:
      report_port(place, buffer[0] != 0);
  }
}

static uint8_t length_of(uint8_t first) {
  const uint8_t kind = first < 0xf0 ? first & 0xf0 : first;
  return kind == REPORT_ANALOG || kind == REPORT_DIGITAL ? 1 : 2;
}

static void whole(void) {
  watch_heard();
  figures.messages_in++;
  act();
  command = 0;
}

static void start_again(void) {
  pins_safe();
  for (uint8_t pin = 0; pin < PINS; pin++) pin_set_mode(pin, MODE_INPUT);
  firmata_start();
}

static void begin(uint8_t byte) {
  command = 0;
  count = 0;
  too_long = false;
  if (byte == REPORT_VERSION || byte == SYSTEM_RESET) {
    watch_heard();
    figures.messages_in++;
    if (byte == REPORT_VERSION) say_version();
    else start_again();
  } else {
    command = byte;
  }
}

void firmata_take(uint8_t byte) {
  if (command == SYSEX_START && byte == SYSEX_END) {
    if (too_long) command = 0;
    else whole();
  } else if (byte & 0x80) {
    begin(byte);
  } else if (command != 0) {
    if (count < sizeof buffer) buffer[count++] = byte;
    else too_long = true;
    if (command != SYSEX_START && count == length_of(command)) whole();
  }
}

void firmata_report(void) {
  for (uint8_t port = 0; port < PORTS; port++)
    if (port_reported[port] && port_levels(port) != port_told[port]) say_port(port);
  if ((uint16_t)(now_ms() - sampled_at) < sampling_interval) return;
  sampled_at = now_ms();
  for (uint8_t channel = 0; channel < ANALOG_PINS; channel++)
    if (analog_reported >> channel & 1) say_analog(channel);
}
