#include "codes.h"

uint16_t packed_size(uint16_t count, uint8_t bits) { return (uint16_t)(((uint32_t)count * bits + 7) / 8); }

int16_t unpack_code(const uint8_t *packed, uint16_t index, uint8_t bits) {
  uint32_t bit = (uint32_t)index * bits;
  const uint8_t *at = packed + bit / 8;
  uint8_t skip = bit % 8, held = (uint8_t)(8 - skip);
  uint32_t code = (uint32_t)(*at >> skip);
  for (; held < bits; held = (uint8_t)(held + 8)) code |= (uint32_t)*++at << held;
  code &= (UINT32_C(1) << bits) - 1;
  uint32_t sign = UINT32_C(1) << (bits - 1);
  return (int16_t)((int32_t)(code ^ sign) - (int32_t)sign);
}

void pack_codes(const int16_t *codes, uint16_t count, uint8_t bits, uint8_t *to) {
  uint32_t held = 0;
  uint8_t filled = 0;
  for (; count > 0; count--) {
    held |= ((uint16_t)*codes++ & ((UINT32_C(1) << bits) - 1)) << filled;
    for (filled = (uint8_t)(filled + bits); filled >= 8; filled = (uint8_t)(filled - 8), held >>= 8) *to++ = (uint8_t)held;
  }
  if (filled > 0) *to = (uint8_t)held;
}
