/* The lines of a board whose converters, multiplexers and pulse generator stand behind one bus: docs/board-sheet.md. */
#include "bus.h"
#include "config.h"
#include "hal.h"

enum { GROUND = 1, SELECT = 2, DRIVE = 3, CONVERT = 4, PULSE = 5, READ_CODES = 6 };

static const char *fault;

static uint8_t high(uint16_t value) { return (uint8_t)(value >> 8); }
static uint8_t low(uint16_t value) { return (uint8_t)value; }

void hal_safe(void) {
  const uint8_t frame[] = {GROUND};
  bus_send_now(frame, sizeof frame);
}

void hal_select(uint16_t tile) {
  const uint8_t frame[] = {SELECT, high(tile), low(tile)};
  bus_send(frame, sizeof frame);
}

void hal_drive(uint16_t row, int16_t code) {
  const uint16_t counts = (uint16_t)code;
  const uint8_t frame[] = {DRIVE, high(row), low(row), high(counts), low(counts)};
  bus_send(frame, sizeof frame);
}

void hal_convert(uint16_t col, uint16_t cols, uint8_t range, int16_t *codes) {
  const uint8_t frame[] = {CONVERT, high(col), low(col), high(cols), low(cols), range};
  bus_send(frame, sizeof frame);
  /* As they come, most significant byte first, where they are to stand. */
  uint8_t *bytes = (uint8_t *)codes;
  if (!bus_ask(READ_CODES, bytes, (uint16_t)(2 * cols))) fault = "converter stays busy";
  for (uint16_t i = 0; i < cols; i++) codes[i] = (int16_t)((uint16_t)(bytes[2 * i] << 8) | bytes[2 * i + 1]);
}

void hal_pulse(uint16_t row, uint16_t col, uint8_t polarity, float amplitude, float width) {
  const uint16_t millivolts = (uint16_t)(amplitude * 1e3f + 0.5f);
  const uint32_t nanoseconds = (uint32_t)(width * 1e9f + 0.5f);
  const uint8_t frame[] = {
      PULSE,
      high(row),
      low(row),
      high(col),
      low(col),
      polarity,
      high(millivolts),
      low(millivolts),
      high((uint16_t)(nanoseconds >> 16)),
      low((uint16_t)(nanoseconds >> 16)),
      high((uint16_t)nanoseconds),
      low((uint16_t)nanoseconds),
  };
  bus_send(frame, sizeof frame);
  if (!bus_settled()) fault = "pulse generator stays busy";
}

const char *hal_fault(void) {
  const char *said = fault;
  fault = 0;
  return said;
}
