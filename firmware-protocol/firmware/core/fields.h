/* Kinds of field and what the generated table (messages.h) is made of. */
#ifndef MHO_FIELDS_H
#define MHO_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

#include "config.h"

enum field_kind {
  FIELD_U8 = 1,
  FIELD_U16,
  FIELD_U32,
  FIELD_U64,
  FIELD_I16,
  FIELD_F32,
  FIELD_TEXT,
  FIELD_BYTES,
  FIELD_LIST = 0x10 /* of the number in the low bits */
};

/* A text, bytes or a list, as they stand on the wire behind their count: little-endian. */
struct span {
  const uint8_t *at;
  uint16_t count;
};

/* A field of a message, and where it stands in the message's struct. */
struct field {
  const char *name;
  uint8_t kind;
  uint8_t offset;
};
struct shape {
  const struct field *fields;
  uint8_t count;
};
/* A word of text mode; what it does is null where `help` is short. */
struct word {
  const char *name;
  const char *does;
  uint8_t id;
};
enum {
  REPEAT_QUERY = 0,
  REPEAT_CHANGE = 1,
  REPEAT_STREAM = 2,
  REPEAT_EVENT = 3,
  REPEAT_BITS = 3,
  MESSAGE_URGENT = 4 /* answered at once, between two cells or samples */
};
struct message {
  struct word word;
  struct shape request, reply;
  uint8_t traits;
};
/* The value of a field that was left out of a typed line; a list has no entries then. */
struct fallback {
  uint32_t value;
  uint8_t message, field;
};

#endif
