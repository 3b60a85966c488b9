#include "refusal.h"

#include <string.h>

#include "flash.h"
#include "number.h"

struct refusal refusal;

bool refuse(uint8_t code) {
  refusal.code = code;
  refusal.length = 0;
  return false;
}

static void fact_character(char c) {
#if FACTS_SIZE > 0
  if (refusal.length < FACTS_SIZE) refusal.facts[refusal.length++] = c;
#else
  (void)c;
#endif
}

void fact_words(const char *words) {
  for (char c; (c = (char)flash_byte(words)) != 0; words++) fact_character(c);
}

void fact_text(const char *text) {
  for (; *text != 0; text++) fact_character(*text >= 0x20 && *text <= 0x7e ? *text : '?');
}

static void fact_word(const char *word, uint8_t length) {
  for (uint8_t i = 0; i < length; i++) fact_character(word[i]);
}

void fact_number(int32_t value) {
  char word[NUMBER_SIZE];
  fact_word(word, show_whole((uint64_t)(value < 0 ? -(int64_t)value : value), value < 0, word));
}

void fact_single(float value) {
  char word[NUMBER_SIZE];
  fact_word(word, show_single(value, word));
}

static struct refusal queue[ERROR_QUEUE];
static uint8_t queued;

void errors_clear(void) { queued = 0; }

void errors_put(const struct refusal *error) {
  if (queued < ERROR_QUEUE) queue[queued++] = *error;
}

uint8_t errors_take(struct refusal *error) {
  memset(error, 0, sizeof *error);
  if (queued == 0) return 0;
  *error = queue[0];
  memmove(queue, queue + 1, --queued * sizeof *queue);
  return queued;
}
