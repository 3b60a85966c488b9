/* Text mode, outwards: lines of printable ASCII, with the request's number before and a CRC behind where it has one. */
#ifndef MHO_SAY_H
#define MHO_SAY_H

#include "link.h"

/* Begins a line that belongs to request `seq`; NO_REQUEST for none. */
void say_start(uint16_t seq);
void say_character(char c);
/* A text in flash. */
void say_words(const char *words);
void say_text(const char *text, uint16_t length);
void say_whole(uint64_t value, bool negative);
/* Eight hexadecimal digits. */
void say_hex(uint32_t value);
/* Ends the line. */
void say_end(void);

/* Shows a payload as `name=value` words; what it holds was written by this board. */
void say_fields(const struct shape *shape, const uint8_t *payload);
/* What `help` shows, a line a request. */
void say_help(void);

#endif
