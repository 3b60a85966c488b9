#include "array.h"

#include <math.h>

#include "config.h"
#include "hal.h"

/* Codes at the ends of the converter's range. */
#define CODE_TOP ((1 << (ADC_BITS - 1)) - 1)

static const float ranges[ADC_RANGE_COUNT] = ADC_RANGES;
/* Counts of conductance for one code of READ_RANGE at READ_CODE, but for the range. */
static const float counts_per_amp = 1.0f / ((float)READ_CODE * DAC_LSB * CONDUCTANCE_LSB);

static uint64_t pulses, read_outs;
static bool idle;

void array_start(void) {
  pulses = read_outs = 0;
  array_idle();
}

void array_idle(void) {
  hal_safe();
  idle = true;
}

bool array_is_idle(void) { return idle; }
uint64_t array_pulses(void) { return pulses; }
uint64_t array_read_outs(void) { return read_outs; }

void array_select(uint16_t tile) { hal_select(tile); }

void array_drive(uint16_t row, int16_t code) {
  if (code != 0) idle = false;
  hal_drive(row, code);
}

uint16_t array_sample(uint16_t col, uint16_t cols, uint8_t range, int16_t *codes) {
  uint16_t saturated = 0;
  hal_convert(col, cols, range, codes);
  for (uint16_t i = 0; i < cols; i++)
    if (codes[i] >= CODE_TOP || codes[i] <= -CODE_TOP - 1) saturated++;
  read_outs++;
  return saturated;
}

float array_read_cell(uint16_t row, uint16_t col) {
  int16_t code;
  array_drive(row, READ_CODE);
  hal_convert(col, 1, READ_RANGE, &code);
  array_drive(row, 0);
  return (float)code * (ranges[READ_RANGE] / (float)(CODE_TOP + 1)) * counts_per_amp;
}

void array_pulse(uint16_t row, uint16_t col, uint8_t polarity, float amplitude, float width) {
  idle = false;
  pulses++;
  hal_pulse(row, col, polarity, amplitude, width);
}

int16_t array_counts(float conductance) {
  if (conductance >= 32767.0f) return 32767;
  if (conductance <= -32768.0f) return -32768;
  return (int16_t)floorf(conductance + 0.5f);
}
