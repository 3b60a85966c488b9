#include "crc.h"

#include "config.h"
#include "flash.h"

/* Remainder of a byte by 0x82f63b78, the polynomial 0x1edc6f41 reflected: the sum of the remainders of its bits. */
#define OF_BIT(byte, bit, remainder) ((byte) >> (bit) & 1u ? UINT32_C(remainder) : 0u)
#define OF(byte)                                                                                                     \
  (OF_BIT(byte, 7, 0x82f63b78) ^ OF_BIT(byte, 6, 0x417b1dbc) ^ OF_BIT(byte, 5, 0x20bd8ede) ^                         \
   OF_BIT(byte, 4, 0x105ec76f) ^ OF_BIT(byte, 3, 0x8ad958cf) ^ OF_BIT(byte, 2, 0xc79a971f) ^                         \
   OF_BIT(byte, 1, 0xe13b70f7) ^ OF_BIT(byte, 0, 0xf26b8303))
#define FOUR(byte, step) OF(byte), OF((byte) + (step)), OF((byte) + 2 * (step)), OF((byte) + 3 * (step))
#define SIXTEEN(byte, step) \
  FOUR(byte, step), FOUR((byte) + 4 * (step), step), FOUR((byte) + 8 * (step), step), FOUR((byte) + 12 * (step), step)
#define SIXTY_FOUR(byte) SIXTEEN(byte, 1), SIXTEEN((byte) + 16, 1), SIXTEEN((byte) + 32, 1), SIXTEEN((byte) + 48, 1)

#if CRC_TABLE == 16
static const uint32_t remainders[16] FLASH = {SIXTEEN(0, 16)};

static uint32_t remainder_of(uint32_t crc) { return flash_word(&remainders[crc & 15u]) ^ (crc >> 4); }
static uint32_t with_byte(uint32_t crc, uint8_t byte) { return remainder_of(remainder_of(crc ^ byte)); }
#else
static const uint32_t remainders[256] FLASH = {SIXTY_FOUR(0), SIXTY_FOUR(64), SIXTY_FOUR(128), SIXTY_FOUR(192)};

static uint32_t with_byte(uint32_t crc, uint8_t byte) {
  return flash_word(&remainders[(uint8_t)((uint8_t)crc ^ byte)]) ^ (crc >> 8);
}
#endif

uint32_t crc32c(const void *bytes, uint16_t length, uint32_t crc) {
  const uint8_t *at = bytes;
  crc = ~crc;
  while (length-- > 0) crc = with_byte(crc, *at++);
  return ~crc;
}
