/* Constants in flash. An AVR reads them by instructions of their own; elsewhere flash is memory like any other. */
#ifndef MHO_FLASH_H
#define MHO_FLASH_H

#include <stdint.h>
#include <string.h>

#ifdef __AVR__
#include <avr/pgmspace.h>
#define FLASH PROGMEM
static inline uint8_t flash_byte(const void *at) { return pgm_read_byte(at); }
static inline uint32_t flash_word(const uint32_t *at) { return pgm_read_dword(at); }
static inline void flash_copy(void *to, const void *from, size_t size) { memcpy_P(to, from, size); }
#else
#define FLASH
static inline uint8_t flash_byte(const void *at) { return *(const uint8_t *)at; }
static inline uint32_t flash_word(const uint32_t *at) { return *at; }
static inline void flash_copy(void *to, const void *from, size_t size) { memcpy(to, from, size); }
#endif

#endif
