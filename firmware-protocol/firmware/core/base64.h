/* Base64 (RFC 4648 section 4) without padding. */
#ifndef MHO_BASE64_H
#define MHO_BASE64_H

#include <stdint.h>

/* Length of a word without the padding that it may have. */
uint8_t base64_bare(const char *word, uint8_t length);
/* Bytes of a word, which are written to `to`; -1 where it is no base64. */
int8_t base64_bytes(const char *word, uint8_t length, uint8_t *to);
/* One of the four characters of three bytes. */
char base64_character(const uint8_t three[3], uint8_t index);

#endif
