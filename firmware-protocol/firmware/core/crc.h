#ifndef MHO_CRC_H
#define MHO_CRC_H

#include <stdint.h>

/* CRC-32C (Castagnoli) of `length` bytes, continued from `crc`; 0 to begin. */
uint32_t crc32c(const void *bytes, uint16_t length, uint32_t crc);

#endif
