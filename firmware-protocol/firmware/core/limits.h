/* What the board will not do, whatever the host says (PROTOCOL.md 10). Each check gives false with the refusal in hand. */
#ifndef MHO_LIMITS_H
#define MHO_LIMITS_H

#include "messages.h"

struct area {
  uint16_t tile, row, col, rows, cols;
};

bool check_area(const struct area *area);
/* `value` against the most that there is. */
bool check_most(const char *what, uint32_t value, uint32_t most);
bool check_program(const struct program_request *request);
bool check_pulse(const struct pulse_request *request);
bool check_read_cells(const struct read_cells_request *request);
/* A code that a row is to be driven with, against the converter's range and the read voltage limit. */
bool check_input(int32_t code);
bool check_range(uint8_t range);
/* Bits of a packed input code: the fewest that hold DAC_MIN and DAC_MAX. */
#define HOLDS(bits, more) (DAC_MIN >= -(INT32_C(1) << ((bits) - 1)) && DAC_MAX < INT32_C(1) << ((bits) - 1) ? (bits) : (more))
#define HOLDS_FOUR(bits, more) HOLDS(bits, HOLDS((bits) + 1, HOLDS((bits) + 2, HOLDS((bits) + 3, more))))
enum { INPUT_BITS = HOLDS_FOUR(1, HOLDS_FOUR(5, HOLDS_FOUR(9, HOLDS(13, HOLDS(14, HOLDS(15, 16)))))) };

#endif
