#include "line.h"

#include <stddef.h>
#include <string.h>

#include "codec.h"
#include "crc.h"
#include "flash.h"
#include "words.h"

enum { LONGEST = 4 * MAX_FRAME > UINT16_MAX ? UINT16_MAX : 4 * MAX_FRAME };
enum part { PART_NAME, PART_ARGUMENTS };

static struct {
  uint32_t crc, crc_before;   /* of all characters; of those before the last but one */
  uint32_t crc_marked;        /* of those before the last " *" */
  uint16_t length;
  uint16_t seq;
  uint8_t previous;
  uint8_t part;
  uint8_t number; /* characters of `#12` */
  uint8_t command; /* its number and 1; 0 for a request */
  bool numbered, checked, unprintable, overlong, returned;
  struct line_refusal refusal;
} line;

static const char bad_number[] FLASH = "request number";
static const char bad_crc[] FLASH = "crc";
static const char try_help[] FLASH = "try help";
static const char too_long[] FLASH = "a longer line than 4 frames";

static void wrong(uint8_t code, const char *why) {
  if (line.refusal.code != 0) return;
  line.refusal.code = code;
  line.refusal.why = why;
}

void line_start(void) {
  memset(&line, 0, sizeof line);
  line.seq = NO_REQUEST;
  words_start();
}

/* `#12 ` at the very beginning is the number of the request; five digits at most. */
static bool is_number(void) {
  if (line.numbered || word_in_hand.held > 6 || word_in_hand.held < 2 || word_in_hand.text[0] != '#') return false;
  uint32_t seq = 0;
  for (uint8_t i = 1; i < word_in_hand.held; i++) {
    if (word_in_hand.text[i] < '0' || word_in_hand.text[i] > '9') return false;
    seq = seq * 10 + (uint8_t)(word_in_hand.text[i] - '0');
  }
  if (word_in_hand.held + 1u != line.length) return false; /* a space has come */
  line.numbered = true;
  line.number = word_in_hand.held;
  line.seq = seq < NO_REQUEST ? (uint16_t)seq : NO_REQUEST;
  if (seq >= NO_REQUEST) wrong(REFUSAL_MALFORMED, bad_number);
  return true;
}

static bool is_word(const struct word *table, uint8_t count, uint8_t *id) {
  for (uint8_t i = 0; i < count; i++) {
    struct word known;
    flash_copy(&known, &table[i], sizeof known);
    if (!word_is(known.name)) continue;
    *id = known.id;
    return true;
  }
  return false;
}

/* The first word names a command, a request or a short word for one. */
static void take_name(void) {
  uint8_t id = 0;
  line.part = PART_ARGUMENTS;
  if (is_word(command_table, COMMAND_COUNT, &id)) {
    line.command = (uint8_t)(id + 1);
    words_of(NULL);
    return;
  }
  struct message message;
  bool known = is_word(alias_table, ALIAS_COUNT, &id) && find_message(id, &message);
  for (uint8_t i = 0; i < MESSAGE_COUNT && !known; i++) {
    flash_copy(&message, &message_table[i], sizeof message);
    known = word_is(message.word.name) && (message.traits & REPEAT_BITS) != REPEAT_EVENT;
  }
  if (known) words_of(&message);
  else wrong(REFUSAL_UNKNOWN_MESSAGE, try_help);
}

static void end_word(void) {
  if (word_in_hand.begun && line.refusal.code == 0) {
    if (line.part == PART_ARGUMENTS) words_take();
    else if (!is_number()) take_name();
  }
  words_next();
}

/* A \r is passed over before the newline, and damage elsewhere. */
static bool is_damage(uint8_t byte) {
  bool printable = byte >= 0x20 && byte <= 0x7e;
  if (line.returned || (!printable && byte != '\r')) line.unprintable = true;
  line.returned = byte == '\r';
  return !printable || line.unprintable;
}

void line_byte(uint8_t byte) {
  if (line.length >= LONGEST) {
    link_figures.discarded += line.overlong ? 1u : line.length + 1u;
    line.overlong = true;
    return;
  }
  line.length++;
  if (is_damage(byte)) return;
  if (byte == '*' && line.previous == ' ') line.crc_marked = line.crc_before;
  line.crc_before = line.crc;
  line.crc = crc32c(&byte, 1, line.crc);
  line.previous = byte;
  if (byte == ' ') end_word();
  else words_push((char)byte);
}

/* Whether the last word is ` *` and eight hexadecimal digits; then it is taken off the line. */
static bool take_crc(uint32_t *said) {
  if (word_in_hand.held != 9 || word_in_hand.cut > 0 || word_in_hand.text[0] != '*' || line.length < 10) return false;
  *said = 0;
  for (uint8_t i = 1; i < 9; i++) {
    char c = word_in_hand.text[i];
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
    *said = *said << 4 | (uint8_t)(c >= 'a' ? c - 'a' + 10 : c - '0');
  }
  words_next();
  return true;
}

static bool damaged(void) {
  uint32_t said;
  line.checked = take_crc(&said);
  if (line.checked && said == line.crc_marked) return false;
  /* Nothing of a damaged line can be believed, its number least of all. */
  return line.checked || line.numbered;
}

static enum line_end refused(struct line_refusal *refusal) {
  line.refusal.seq = line.seq;
  *refusal = line.refusal;
  return LINE_REFUSED;
}

/* A line that says nothing that could be believed, not even its number. */
static enum line_end refused_unbelieved(uint8_t code, const char *why, struct line_refusal *refusal) {
  line.seq = NO_REQUEST;
  line.refusal.code = 0;
  wrong(code, why);
  return refused(refusal);
}

static enum line_end unbelieved(struct line_refusal *refusal) {
  if (line.overlong) return refused_unbelieved(REFUSAL_OVERFLOW, too_long, refusal);
  link_figures.discarded += line.length;
  if (line.unprintable) return LINE_NOTHING;
  link_figures.crcErrors++;
  return refused_unbelieved(REFUSAL_MALFORMED, bad_crc, refusal);
}

enum line_end line_end(struct request *request, struct line_refusal *refusal) {
  if (line.overlong || line.unprintable || damaged()) return unbelieved(refusal);
  end_word();
  if (line.part == PART_NAME && !line.checked && line.refusal.code == 0) return LINE_NOTHING;
  /* With nothing behind it but a CRC a number is no number, but a word that nobody knows. */
  bool alone = line.number > 0 && line.number + 10u == line.length;
  if (alone) return refused_unbelieved(REFUSAL_UNKNOWN_MESSAGE, try_help, refusal);
  if (line.part == PART_NAME) wrong(REFUSAL_UNKNOWN_MESSAGE, try_help);
  const char *name = NULL;
  uint8_t code = line.refusal.code == 0 ? words_close(&name) : 0;
  if (code != 0) wrong(code, name);
  if (line.refusal.code != 0) return refused(refusal);
  request->seq = line.seq;
  request->oldest = NO_REQUEST;
  if (line.command == 0) {
    link_figures.framesIn++;
    words_payload(request);
    return LINE_REQUEST;
  }
  request->id = (uint8_t)(line.command - 1);
  return LINE_COMMAND;
}
