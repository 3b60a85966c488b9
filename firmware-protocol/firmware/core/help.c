#include <stddef.h>

#include "codec.h"
#include "flash.h"
#include "say.h"

static const char colon[] FLASH = " : ";

/* ` name`, or ` [name=value]` where it may be left out. */
static void say_argument(const struct message *message, uint8_t index) {
  struct field field = field_of(&message->request, index);
  struct fallback fallback;
  bool may = false;
  for (uint8_t i = 0; i < FALLBACK_COUNT && !may; i++) {
    flash_copy(&fallback, &fallback_table[i], sizeof fallback);
    may = fallback.message == message->word.id && fallback.field == index;
  }
  say_character(' ');
  if (may) say_character('[');
  say_words(field.name);
  if (!may) return;
  say_character('=');
  if ((field.kind & FIELD_LIST) || field.kind == FIELD_BYTES) say_character('-');
  else say_whole(fallback.value, false);
  say_character(']');
}

static void say_does(const struct word *word) {
  if (word->does != NULL) {
    say_words(colon);
    say_words(word->does);
  }
  say_end();
}

static void say_table(const struct word *table, uint8_t count) {
  for (uint8_t i = 0; i < count; i++) {
    struct word word;
    flash_copy(&word, &table[i], sizeof word);
    say_start(NO_REQUEST);
    say_words(word.name);
    say_does(&word);
  }
}

void say_help(void) {
  for (uint8_t i = 0; i < MESSAGE_COUNT; i++) {
    struct message message;
    flash_copy(&message, &message_table[i], sizeof message);
    if ((message.traits & REPEAT_BITS) == REPEAT_EVENT) continue;
    say_start(NO_REQUEST);
    say_words(message.word.name);
    for (uint8_t k = 0; k < message.request.count; k++) say_argument(&message, k);
    say_does(&message.word);
  }
  say_table(alias_table, ALIAS_COUNT);
  say_table(command_table, COMMAND_COUNT);
}
