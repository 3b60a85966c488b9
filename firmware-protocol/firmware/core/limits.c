#include "limits.h"

#include "flash.h"
#include "link.h"
#include "refusal.h"

bool check_area(const struct area *area) {
  if (area->rows == 0 || area->cols == 0) {
    refuse(REFUSAL_MALFORMED);
    FACT("an area without cells");
    return false;
  }
  if (area->tile < BOARD_TILES && (uint32_t)area->row + area->rows <= BOARD_ROWS && (uint32_t)area->col + area->cols <= BOARD_COLS)
    return true;
  refuse(REFUSAL_OUT_OF_ARRAY);
  FACT("tile ");
  fact_number(area->tile);
  FACT(" ");
  fact_number(area->row);
  FACT("+");
  fact_number(area->rows);
  FACT(" x ");
  fact_number(area->col);
  FACT("+");
  fact_number(area->cols);
  return false;
}

bool check_most(const char *what, uint32_t value, uint32_t most) {
  if (value <= most) return true;
  refuse(REFUSAL_OVER_LIMIT);
  fact_words(what);
  fact_number((int32_t)value);
  FACT(" > ");
  fact_number((int32_t)most);
  return false;
}

static int16_t word_at(const struct span *list, uint16_t index) {
  int16_t value;
  memcpy(&value, list->at + 2u * index, sizeof value);
  return value;
}

static bool check_targets(const struct span *targets) {
  for (uint16_t i = 0; i < targets->count; i++) {
    int16_t target = word_at(targets, i);
    if (target >= CONDUCTANCE_MIN && target <= CONDUCTANCE_MAX) continue;
    refuse(REFUSAL_OVER_LIMIT);
    FACT("target ");
    fact_number(target);
    return false;
  }
  return true;
}

bool check_program(const struct program_request *request) {
  static const char reply[] FLASH = "reply bytes ";
  struct area area = {request->tile, request->row, request->col, request->rows, request->cols};
  if (!check_area(&area)) return false;
  uint32_t cells = (uint32_t)request->rows * request->cols;
  if (request->targets.count != cells) {
    refuse(REFUSAL_MALFORMED);
    FACT("targets ");
    fact_number(request->targets.count);
    return false;
  }
  if (!check_targets(&request->targets)) return false;
  if (request->tolerance < 0) {
    refuse(REFUSAL_MALFORMED);
    FACT("tolerance");
    return false;
  }
  return check_most(reply, 6 + 5 * cells, PAYLOAD_SIZE);
}

static bool check_below(const char *what, float value, float most) {
  if (value <= most) return true;
  refuse(REFUSAL_OVER_LIMIT);
  fact_words(what);
  fact_single(value);
  FACT(" > ");
  fact_single(most);
  return false;
}

bool check_pulse(const struct pulse_request *request) {
  static const char volts[] FLASH = "pulse volts ", seconds[] FLASH = "pulse seconds ";
  struct area area = {request->tile, request->row, request->col, 1, 1};
  if (!check_area(&area)) return false;
  if (request->polarity > 1 || !(request->amplitude >= 0 && request->width > 0)) {
    refuse(REFUSAL_MALFORMED);
    FACT("polarity, amplitude or width");
    return false;
  }
  return check_below(volts, request->amplitude, PULSE_VOLTAGE_MAX) && check_below(seconds, request->width, PULSE_WIDTH_MAX);
}

bool check_read_cells(const struct read_cells_request *request) {
  static const char reply[] FLASH = "reply bytes ";
  struct area area = {request->tile, request->row, request->col, request->rows, request->cols};
  if (!check_area(&area)) return false;
  uint32_t most = (PAYLOAD_SIZE - 2) / 2, cells = (uint32_t)request->rows * request->cols;
  /* No product of three 16 bit numbers: it may not fit. */
  if (cells <= most && request->repeats <= most / cells) return true;
  return check_most(reply, PAYLOAD_SIZE + 1u, PAYLOAD_SIZE);
}

bool check_input(int32_t code) {
  /* Scales are single precision, so a full-scale code may lie a rounding above the limit. */
  const int32_t most = (int32_t)(READ_VOLTAGE_MAX / DAC_LSB * 1.000001f);
  if (code >= DAC_MIN && code <= DAC_MAX && code <= most && code >= -most) return true;
  refuse(REFUSAL_OVER_LIMIT);
  FACT("input code ");
  fact_number(code);
  return false;
}

bool check_range(uint8_t range) {
  if (range < ADC_RANGE_COUNT) return true;
  refuse(REFUSAL_OVER_LIMIT);
  FACT("range ");
  fact_number(range);
  return false;
}
