/* Packed codes (PROTOCOL.md 9): two's complement numbers of 1 to 16 bits, least significant bit first. */
#ifndef MHO_CODES_H
#define MHO_CODES_H

#include <stdint.h>

/* Bytes that `count` codes take. */
uint16_t packed_size(uint16_t count, uint8_t bits);
/* Code number `index` of a packed vector. */
int16_t unpack_code(const uint8_t *packed, uint16_t index, uint8_t bits);
/* Packs `count` codes; the last byte is filled with zeros. */
void pack_codes(const int16_t *codes, uint16_t count, uint8_t bits, uint8_t *to);

#endif
