/* Every input is a session: the first byte says in which mode it begins, and whether its frames are made whole first, so that the
 * fuzzer need not guess CRCs. What the core asks of the hardware must keep the promises of hal.h, whatever the host sends. */
#include "hal.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "endpoint.h"
#include "frame.h"
#include "link.h"

enum { CONVERSIONS = 20000 };
static const uint8_t *input;
static size_t left;
static uint64_t ticks;
static uint32_t conversions;
static uint16_t tile;
static bool live; /* a row is driven */

static void promise(bool kept) {
  if (!kept) abort();
}

/* What `hal_send` gets: thrown away, or kept where a frame is made for the input. */
static uint8_t made[MAX_FRAME + 8];
static size_t made_length;
static bool making;

void hal_send(uint8_t byte) {
  if (making && made_length < sizeof made) made[made_length++] = byte;
}

static uint8_t next(void) {
  if (left == 0) return 0;
  left--;
  return *input++;
}

/* A frame from the input: id, seq, oldest, then as many bytes as its length says. */
static void make_frame(void) {
  static uint8_t payload[PAYLOAD_SIZE];
  struct frame_header header = {0};
  header.id = next() & 0x3f;
  header.seq = next();
  header.re = next();
  uint16_t length = next() % PAYLOAD_SIZE;
  for (uint16_t i = 0; i < length; i++) payload[i] = next();
  making = true;
  made_length = 0;
  frame_send(&header, payload, length, true);
  making = false;
  for (size_t i = 0; i < made_length; i++) link_received(made[i]);
}

static bool whole;
void hal_poll(void) {
  if (left == 0) return;
  if (whole && link_room() > sizeof made) make_frame();
  for (uint8_t i = 0; i < 32 && left > 0 && !whole; i++) link_received(next());
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  static const char binary[] = "binary\n";
  left = 0;
  ticks = conversions = 0;
  live = whole = false;
  endpoint_start();
  input = bytes;
  left = size;
  uint8_t mode = next();
  whole = mode & 2;
  if (mode & 3)
    for (size_t i = 0; i < sizeof binary - 1; i++) link_received((uint8_t)binary[i]);
  while (left > 0 || link_waiting()) endpoint_step();
  while (endpoint_step()) {
  }
  promise(!live);
  return 0;
}

void hal_start(void) {}
void hal_rest(void) {}
void hal_flush(void) {}
void hal_lock(void) {}
void hal_unlock(void) {}
uint32_t hal_boot_id(void) { return 1; }
const char *hal_uid(void) { return "fuzz"; }
uint64_t hal_ticks(void) { return ticks += 7; }
void hal_safe(void) { live = false; }
void hal_select(uint16_t wanted) {
  promise(wanted < BOARD_TILES);
  tile = wanted;
  live = false;
}
void hal_drive(uint16_t row, int16_t code) {
  promise(row < BOARD_ROWS && code >= DAC_MIN && code <= DAC_MAX);
  live = live || code != 0;
}
void hal_convert(uint16_t col, uint16_t cols, uint8_t range, int16_t *codes) {
  promise(cols > 0 && (uint32_t)col + cols <= BOARD_COLS && range < ADC_RANGE_COUNT);
  for (uint16_t i = 0; i < cols; i++) codes[i] = (int16_t)((conversions * 37 + i * 501 + tile) % 4096 - 2048);
  conversions++;
}
void hal_pulse(uint16_t row, uint16_t col, uint8_t polarity, float amplitude, float width) {
  promise(row < BOARD_ROWS && col < BOARD_COLS && polarity < 2);
  promise(amplitude >= 0 && amplitude <= PULSE_VOLTAGE_MAX && width > 0 && width <= PULSE_WIDTH_MAX);
  ticks += 100;
}
float hal_temperature(void) { return 300; }
float hal_supply(void) { return 5; }
/* Ends what would take too long. */
const char *hal_fault(void) {
  if (conversions < CONVERSIONS) return NULL;
  conversions = 0;
  return "enough";
}
