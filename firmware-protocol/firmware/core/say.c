#include "say.h"

#include <stddef.h>
#include <string.h>

#include "base64.h"
#include "codec.h"
#include "crc.h"
#include "flash.h"
#include "hal.h"
#include "number.h"

static uint32_t crc;
static bool numbered;

void say_character(char c) {
  crc = crc32c(&c, 1, crc);
  link_put((uint8_t)c);
}

void say_words(const char *words) {
  for (char c; (c = (char)flash_byte(words)) != 0; words++) say_character(c);
}

void say_text(const char *text, uint16_t length) {
  while (length-- > 0) say_character(*text++);
}

void say_whole(uint64_t value, bool negative) {
  char word[NUMBER_SIZE];
  say_text(word, show_whole(value, negative, word));
}

void say_start(uint16_t seq) {
  crc = 0;
  numbered = seq != NO_REQUEST;
  if (!numbered) return;
  say_character('#');
  say_whole(seq, false);
  say_character(' ');
}

void say_hex(uint32_t value) {
  for (int8_t shift = 28; shift >= 0; shift = (int8_t)(shift - 4)) {
    uint8_t digit = (value >> shift) & 15;
    say_character((char)(digit < 10 ? '0' + digit : 'a' + (digit - 10)));
  }
}

void say_end(void) {
  uint32_t sum = crc;
  if (numbered) {
    say_character(' ');
    say_character('*');
    say_hex(sum);
  }
  say_character('\n');
  hal_flush();
}

static void say_number(uint8_t kind, const uint8_t *at) {
  char word[NUMBER_SIZE];
  if (kind == FIELD_F32) {
    float value;
    memcpy(&value, at, sizeof value);
    say_text(word, show_single(value, word));
    return;
  }
  uint64_t value = 0;
  memcpy(&value, at, kind_size(kind));
  bool negative = kind == FIELD_I16 && (value & 0x8000);
  say_whole(negative ? 0x10000 - value : value, negative);
}

static bool is_plain(char c) {
  static const char others[] FLASH = "_./:+-";
  if ((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')) return true;
  for (const char *at = others; flash_byte(at) != 0; at++)
    if ((char)flash_byte(at) == c) return true;
  return false;
}

static void say_quoted(const uint8_t *text, uint8_t length) {
  bool plain = length > 0;
  for (uint8_t i = 0; i < length; i++) plain = plain && is_plain((char)text[i]);
  if (!plain) say_character('"');
  for (uint8_t i = 0; i < length; i++) {
    char c = (char)text[i];
    if (c == '"' || c == '\\') say_character('\\');
    say_character(c);
  }
  if (!plain) say_character('"');
}

static void say_base64(const uint8_t *bytes, uint16_t count) {
  if (count == 0) say_character('-');
  for (; count > 0; bytes += 3) {
    uint8_t here = (uint8_t)(count < 3 ? count : 3);
    uint8_t three[3] = {0, 0, 0};
    memcpy(three, bytes, here);
    for (uint8_t i = 0; i <= here; i++) say_character(base64_character(three, i));
    count = (uint16_t)(count - here);
  }
}

static void say_list(uint8_t kind, const uint8_t *at, uint16_t count) {
  if (count == 0) say_character('-');
  for (uint16_t i = 0; i < count; i++, at += kind_size(kind)) {
    if (i > 0) say_character(',');
    say_number(kind, at);
  }
}

/* Shows one field; gives the bytes that it takes. */
static uint16_t say_field(uint8_t kind, const uint8_t *at) {
  uint8_t size = kind_size(kind);
  if (kind == FIELD_TEXT) {
    say_quoted(at + 1, at[0]);
    return (uint16_t)(1u + at[0]);
  }
  uint16_t count = (uint16_t)(at[0] | (uint16_t)(at[1] << 8));
  if (kind == FIELD_BYTES) {
    say_base64(at + 2, count);
    return (uint16_t)(2 + count);
  }
  if (kind & FIELD_LIST) {
    uint8_t entry = kind & (FIELD_LIST - 1u);
    say_list(entry, at + 2, count);
    return (uint16_t)(2 + count * kind_size(entry));
  }
  say_number(kind, at);
  return size;
}

void say_fields(const struct shape *shape, const uint8_t *payload) {
  for (uint8_t i = 0; i < shape->count; i++) {
    struct field field = field_of(shape, i);
    say_character(' ');
    say_words(field.name);
    say_character('=');
    payload += say_field(field.kind, payload);
  }
}
