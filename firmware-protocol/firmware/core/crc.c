#include "crc.h"

#include "config.h"
#include "flash.h"

/* Remainders of 0x82f63b78, the polynomial 0x1edc6f41 reflected: of a byte's low half, or of a whole byte. */
#if CRC_TABLE == 16
static const uint32_t remainders[16] FLASH = {
    0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
    0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

static uint32_t remainder_of(uint32_t crc) {
  uint32_t found;
  flash_copy(&found, &remainders[crc & 15u], sizeof found);
  return found ^ (crc >> 4);
}
static uint32_t with_byte(uint32_t crc, uint8_t byte) { return remainder_of(remainder_of(crc ^ byte)); }
#else
#define BIT(c) (((c) >> 1) ^ (((c) & 1u) ? UINT32_C(0x82f63b78) : 0u))
#define TWO(c) BIT(BIT(c))
static uint32_t remainders[256];

/* A macro for each entry would be a page long: the table is made at its first use, in RAM. */
static void fill(void) {
  for (uint32_t i = 0; i < 256; i++) remainders[i] = TWO(TWO(TWO(TWO(i))));
}
static uint32_t with_byte(uint32_t crc, uint8_t byte) {
  if (remainders[1] == 0) fill();
  return remainders[(crc ^ byte) & 0xffu] ^ (crc >> 8);
}
#endif

uint32_t crc32c(const void *bytes, uint16_t length, uint32_t crc) {
  const uint8_t *at = bytes;
  crc = ~crc;
  while (length-- > 0) crc = with_byte(crc, *at++);
  return ~crc;
}
