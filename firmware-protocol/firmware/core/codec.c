#include "codec.h"

#include <stddef.h>
#include <string.h>

#include "flash.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "numbers are copied as they stand: this needs a little-endian processor"
#endif

bool find_message(uint8_t id, struct message *found) {
  for (uint8_t i = 0; i < MESSAGE_COUNT; i++) {
    flash_copy(found, &message_table[i], sizeof *found);
    if (found->word.id == id) return true;
  }
  return false;
}

struct field field_of(const struct shape *shape, uint8_t index) {
  struct field found;
  flash_copy(&found, &shape->fields[index], sizeof found);
  return found;
}

uint8_t kind_size(uint8_t kind) {
  switch (kind) {
    case FIELD_U8:
    case FIELD_TEXT: return 1;
    case FIELD_U32:
    case FIELD_F32: return 4;
    case FIELD_U64: return 8;
    default: return 2;
  }
}

/* Bytes of one entry of a span. */
static uint8_t entry_size(uint8_t kind) { return kind & FIELD_LIST ? kind_size(kind & (FIELD_LIST - 1u)) : 1; }
static bool is_span(uint8_t kind) { return kind == FIELD_TEXT || kind == FIELD_BYTES || (kind & FIELD_LIST); }

/* Singles are never NaN or infinite; 64 bits stay below 2^53. */
static bool may_be(uint8_t kind, const uint8_t *at) {
  if (kind == FIELD_F32) return (at[3] & 0x7f) != 0x7f || (at[2] & 0x80) == 0;
  return kind != FIELD_U64 || (at[7] == 0 && at[6] < 0x20);
}

static bool printable(const uint8_t *at, uint16_t count) {
  for (; count > 0; count--, at++)
    if (*at < 0x20 || *at > 0x7e) return false;
  return true;
}

/* Takes a span that begins at `at`; gives the bytes that it takes, 0 where they are not there or not right. */
static uint16_t decode_span(uint8_t kind, const uint8_t *at, uint16_t left, struct span *into) {
  uint8_t head = kind_size(kind), size = entry_size(kind);
  if (left < head) return 0;
  into->at = at + head;
  into->count = at[0];
  if (head == 2) into->count = (uint16_t)(at[0] | at[1] << 8);
  if (into->count > (uint16_t)(left - head) / size) return 0;
  if (kind == FIELD_TEXT && !printable(into->at, into->count)) return 0;
  for (uint16_t i = 0; i < into->count && size > 2; i++)
    if (!may_be(kind & (FIELD_LIST - 1u), into->at + (uint16_t)(i * size))) return 0;
  return (uint16_t)(head + into->count * size);
}

bool decode_message(const struct shape *shape, const uint8_t *payload, uint16_t length, void *values) {
  uint16_t at = 0;
  for (uint8_t i = 0; i < shape->count; i++) {
    struct field field = field_of(shape, i);
    uint16_t taken = kind_size(field.kind);
    if (is_span(field.kind)) {
      struct span span;
      taken = decode_span(field.kind, payload + at, (uint16_t)(length - at), &span);
      if (taken == 0) return false;
      if (values != NULL) memcpy((uint8_t *)values + field.offset, &span, sizeof span);
    } else {
      if (length - at < taken || !may_be(field.kind, payload + at)) return false;
      if (values != NULL) memcpy((uint8_t *)values + field.offset, payload + at, taken);
    }
    at = (uint16_t)(at + taken);
  }
  return at == length;
}

uint16_t encode_message(const struct shape *shape, const void *values, uint8_t *to) {
  uint16_t at = 0;
  for (uint8_t i = 0; i < shape->count; i++) {
    struct field field = field_of(shape, i);
    const uint8_t *from = (const uint8_t *)values + field.offset;
    uint8_t size = kind_size(field.kind);
    if (!is_span(field.kind)) {
      memcpy(to + at, from, size);
      at = (uint16_t)(at + size);
      continue;
    }
    struct span span;
    memcpy(&span, from, sizeof span);
    uint16_t bytes = (uint16_t)(span.count * entry_size(field.kind));
    if (bytes > 0) memmove(to + at + size, span.at, bytes);
    memcpy(to + at, &span.count, size);
    at = (uint16_t)(at + size + bytes);
  }
  return at;
}
