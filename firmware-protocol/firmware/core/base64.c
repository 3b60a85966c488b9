#include "base64.h"

uint8_t base64_bare(const char *word, uint8_t length) {
  for (uint8_t padding = 0; padding < 2 && length > 0 && word[length - 1] == '='; padding++) length--;
  return length;
}

static int8_t digit_of(char c) {
  if (c >= 'A' && c <= 'Z') return (int8_t)(c - 'A');
  if (c >= 'a' && c <= 'z') return (int8_t)(c - 'a' + 26);
  if (c >= '0' && c <= '9') return (int8_t)(c - '0' + 52);
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

int8_t base64_bytes(const char *word, uint8_t length, uint8_t *to) {
  uint16_t held = 0;
  uint8_t bits = 0;
  int8_t count = 0;
  if (length % 4 == 1) return -1;
  for (uint8_t i = 0; i < length; i++) {
    int8_t digit = digit_of(word[i]);
    if (digit < 0) return -1;
    held = (uint16_t)(held << 6 | (uint8_t)digit);
    bits = (uint8_t)(bits + 6);
    if (bits < 8) continue;
    bits = (uint8_t)(bits - 8);
    to[count++] = (uint8_t)(held >> bits);
  }
  return count;
}

char base64_character(const uint8_t three[3], uint8_t index) {
  uint32_t all = (uint32_t)three[0] << 16 | (uint32_t)three[1] << 8 | three[2];
  uint8_t digit = (all >> (18 - 6 * index)) & 63;
  if (digit < 26) return (char)('A' + digit);
  if (digit < 52) return (char)('a' + (digit - 26));
  if (digit < 62) return (char)('0' + (digit - 52));
  return digit == 62 ? '+' : '/';
}
