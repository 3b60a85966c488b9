#include "words.h"

#include <stddef.h>
#include <string.h>

#include "base64.h"
#include "codec.h"
#include "flash.h"

struct word_in_hand word_in_hand;

static struct {
  struct shape shape;
  uint32_t given;    /* a bit for each field */
  uint16_t length;   /* of the payload so far */
  uint16_t count_at; /* where the count of the list in hand stands */
  uint16_t count;
  uint8_t id, argument, code;
  uint8_t field; /* that the word in hand is for */
  bool streaming, named, open;
} args;

enum { NO_FIELD = 0xff };

static bool is_list(uint8_t kind) { return (kind & FIELD_LIST) || kind == FIELD_BYTES; }

static bool wrong(uint8_t code) {
  if (args.code == 0) args.code = code;
  return false;
}

void words_start(void) {
  memset(&args, 0, sizeof args);
  words_next();
}

void words_next(void) {
  memset(&word_in_hand, 0, sizeof word_in_hand);
  args.named = args.open = false;
  if (args.code == 0) args.field = args.argument < args.shape.count ? args.argument : NO_FIELD;
}

bool word_is(const char *name) {
  uint8_t i = 0;
  for (; i < word_in_hand.held; i++)
    if (flash_byte(name + i) != (uint8_t)word_in_hand.text[i]) return false;
  return !word_in_hand.cut && flash_byte(name + i) == 0;
}

void words_of(const struct message *message) {
  args.streaming = true;
  if (message == NULL) return;
  args.shape = message->request;
  args.id = message->word.id;
  for (uint8_t i = 0; i < args.shape.count; i++) {
    struct field field = field_of(&args.shape, i);
    if (!is_list(field.kind)) args.length = (uint16_t)(args.length + kind_size(field.kind));
  }
}

/* Numbers stand before lists, so each has its place. */
static uint16_t place_of(uint8_t index) {
  uint16_t at = 0;
  for (uint8_t i = 0; i < index; i++) at = (uint16_t)(at + kind_size(field_of(&args.shape, i).kind));
  return at;
}

static bool append(const void *bytes, uint8_t size) {
  if (args.length + size > PAYLOAD_SIZE) return wrong(REFUSAL_OVERFLOW);
  memcpy(link_inbox + args.length, bytes, size);
  args.length = (uint16_t)(args.length + size);
  return true;
}

/* Lists are given in their order, though numbers may be given in any. */
static bool in_order(void) {
  for (uint8_t i = 0; i < args.field; i++)
    if (is_list(field_of(&args.shape, i).kind) && !(args.given >> i & 1)) return false;
  return true;
}

static bool open_field(void) {
  if (args.open) return true;
  if (args.field == NO_FIELD || (args.given >> args.field & 1)) return wrong(REFUSAL_MALFORMED);
  args.open = true;
  args.given |= UINT32_C(1) << args.field;
  if (!is_list(field_of(&args.shape, args.field).kind)) return true;
  if (!in_order()) return wrong(REFUSAL_MALFORMED);
  args.count_at = args.length;
  args.count = 0;
  return append("\0", 2);
}

static bool fits(uint8_t kind, uint64_t value, bool negative) {
  if (kind == FIELD_I16) return value <= (negative ? 0x8000u : 0x7fffu);
  if (negative && value > 0) return false;
  return kind == FIELD_U64 || value >> (8 * kind_size(kind)) == 0;
}

/* The word as a number of this kind. */
static bool read_number(uint8_t kind, uint8_t *to) {
  if (kind == FIELD_F32) {
    float value;
    if (!read_single(word_in_hand.text, word_in_hand.held, &value)) return false;
    memcpy(to, &value, sizeof value);
    return true;
  }
  uint64_t value;
  bool negative;
  if (!read_whole(word_in_hand.text, word_in_hand.held, &value, &negative) || !fits(kind, value, negative)) return false;
  if (negative) value = ~value + 1;
  memcpy(to, &value, kind_size(kind));
  return true;
}

static void take_entry(uint8_t kind) {
  uint8_t number[8];
  kind &= FIELD_LIST - 1u;
  word_in_hand.cut = true;
  if (!open_field()) return;
  if (!read_number(kind, number)) wrong(REFUSAL_MALFORMED);
  else if (append(number, kind_size(kind))) args.count++;
  word_in_hand.held = 0;
}

static void take_base64(bool last) {
  uint8_t bytes[NUMBER_SIZE / 4 * 3];
  word_in_hand.cut = true;
  if (!open_field()) return;
  if (last) word_in_hand.held = base64_bare(word_in_hand.text, word_in_hand.held);
  int8_t size = base64_bytes(word_in_hand.text, word_in_hand.held, bytes);
  if (size < 0) wrong(REFUSAL_MALFORMED);
  else if (append(bytes, (uint8_t)size)) args.count = (uint16_t)(args.count + (uint8_t)size);
  word_in_hand.held = 0;
}

/* `col=`: what follows is for that field. */
static bool take_field_name(void) {
  for (uint8_t i = 0; i < args.shape.count && !args.named && !word_in_hand.cut; i++) {
    if (!word_is(field_of(&args.shape, i).name)) continue;
    args.field = i;
    args.named = true;
    word_in_hand.held = 0;
    return true;
  }
  return false;
}

static void hold(char c) {
  if (word_in_hand.held < sizeof word_in_hand.text) word_in_hand.text[word_in_hand.held++] = c;
  else word_in_hand.cut = true;
}

void words_push(char c) {
  word_in_hand.begun = true;
  bool streaming = args.streaming && args.code == 0;
  if (streaming && c == '=' && take_field_name()) return;
  if (!streaming || args.field == NO_FIELD) {
    hold(c);
    return;
  }
  uint8_t kind = field_of(&args.shape, args.field).kind;
  if ((kind & FIELD_LIST) && c == ',') take_entry(kind);
  else if (kind == FIELD_BYTES && word_in_hand.held == NUMBER_SIZE) take_base64(false);
  else if (word_in_hand.held == NUMBER_SIZE) wrong(REFUSAL_MALFORMED);
  if (c != ',' || !(kind & FIELD_LIST)) hold(c);
}

static void close_list(uint8_t kind) {
  bool none = word_in_hand.held == 1 && word_in_hand.text[0] == '-' && !word_in_hand.cut;
  if (none) open_field();
  else if (kind == FIELD_BYTES && word_in_hand.held == 0) wrong(REFUSAL_MALFORMED);
  else if (kind == FIELD_BYTES) take_base64(true);
  else take_entry(kind);
  if (args.code == 0) memcpy(link_inbox + args.count_at, &args.count, 2);
}

void words_take(void) {
  args.argument++;
  if (args.code != 0) return;
  if (args.field == NO_FIELD) {
    wrong(REFUSAL_MALFORMED);
    return;
  }
  uint8_t kind = field_of(&args.shape, args.field).kind;
  if (is_list(kind)) close_list(kind);
  else if (open_field() && (word_in_hand.cut || !read_number(kind, link_inbox + place_of(args.field)))) wrong(REFUSAL_MALFORMED);
}

/* Fills in a field that was left out, where it may be. */
static bool fill_in(uint8_t index) {
  for (uint8_t i = 0; i < FALLBACK_COUNT; i++) {
    struct fallback fallback;
    flash_copy(&fallback, &fallback_table[i], sizeof fallback);
    if (fallback.message != args.id || fallback.field != index) continue;
    uint8_t kind = field_of(&args.shape, index).kind;
    if (is_list(kind)) return append("\0", 2);
    memcpy(link_inbox + place_of(index), &fallback.value, kind_size(kind));
    return true;
  }
  return wrong(REFUSAL_MALFORMED);
}

uint8_t words_close(const char **name) {
  for (uint8_t i = 0; i < args.shape.count && args.code == 0; i++) {
    if (args.given >> i & 1) continue;
    args.field = i;
    fill_in(i);
  }
  *name = args.field == NO_FIELD ? NULL : field_of(&args.shape, args.field).name;
  return args.code;
}

void words_payload(struct request *request) {
  request->id = args.id;
  request->payload = link_inbox;
  request->length = args.length;
}
