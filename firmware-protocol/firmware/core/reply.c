#include "reply.h"

#include <string.h>

#include "codec.h"
#include "flash.h"
#include "frame.h"
#include "hal.h"
#include "say.h"

uint8_t reply_work[PAYLOAD_SIZE];

/* Room for a hello, a refusal, a line of the log: what is sent while `reply_work` is in use. */
enum {
  HELLO_SIZE = 75 + 4 * ADC_RANGE_COUNT + 32 + sizeof BOARD_FIRMWARE + sizeof BOARD_PROFILE,
  LINE_SIZE = 2 + (FACTS_SIZE > 40 ? FACTS_SIZE : 40),
  SMALL_SIZE = HELLO_SIZE > LINE_SIZE ? HELLO_SIZE : LINE_SIZE
};
static uint8_t small[SMALL_SIZE];
static uint16_t sent;
static bool afresh;

void reply_start(void) {
  sent = 0;
  afresh = true;
}

void reply_afresh(void) { afresh = true; }

static const char word_error[] FLASH = "error ", word_event[] FLASH = "event ", word_ok[] FLASH = "ok ";

static void say_refusal(const uint8_t *payload) {
  const char *name;
  flash_copy(&name, &refusal_names[payload[0]], sizeof name);
  say_words(word_error);
  say_words(name);
  if (payload[1] == 0) return;
  say_character(' ');
  say_text((const char *)payload + 2, payload[1]);
}

static void send_line(const struct message *message, uint16_t re, const uint8_t *payload) {
  say_start(re);
  if (message->word.id == MESSAGE_REFUSED) say_refusal(payload);
  else {
    say_words((message->traits & REPEAT_BITS) == REPEAT_EVENT ? word_event : word_ok);
    say_words(message->word.name);
    say_fields(&message->reply, payload);
  }
  say_end();
  link_figures.framesOut++;
}

static void send(const struct message *message, uint16_t re, const uint8_t *payload, uint16_t length) {
  if (link_mode() == MODE_TEXT) {
    send_line(message, re, payload);
    return;
  }
  uint8_t id = message->word.id;
  bool last = (message->traits & REPEAT_BITS) != REPEAT_EVENT || id == MESSAGE_REFUSED;
  struct frame_header header = {(uint8_t)(id | 0x80), last ? FLAG_LAST : 0, ++sent, re, link_room()};
  frame_send(&header, payload, length, afresh || id != MESSAGE_CHUNK);
  afresh = false;
  hal_flush();
}

void reply_with(uint8_t id, uint16_t re, const void *values) {
  struct message message;
  if (find_message(id, &message)) send(&message, re, small, encode_message(&message.reply, values, small));
}

void reply_from_work(uint8_t id, uint16_t re, uint16_t length) {
  struct message message;
  if (find_message(id, &message)) send(&message, re, reply_work, length);
}

void reply_work_with(uint8_t id, uint16_t re, const void *values) {
  struct message message;
  if (find_message(id, &message)) send(&message, re, reply_work, encode_message(&message.reply, values, reply_work));
}

static struct refused_reply in_hand(void) {
  struct refused_reply values = {refusal.code, {(const uint8_t *)refusal.facts, refusal.length}};
  errors_put(&refusal);
  return values;
}

void reply_refusal(uint16_t re) {
  struct refused_reply values = in_hand();
  reply_with(MESSAGE_REFUSED, re, &values);
}

uint16_t reply_refusal_work(void) {
  struct refused_reply values = in_hand();
  struct message message;
  return find_message(MESSAGE_REFUSED, &message) ? encode_message(&message.reply, &values, reply_work) : 0;
}

void reply_log(const char *text) {
  struct log_reply values = {{(const uint8_t *)text, (uint16_t)strlen(text)}};
  if (values.line.count > SMALL_SIZE - 1) values.line.count = SMALL_SIZE - 1;
  if (link_mode() == MODE_BINARY) {
    reply_with(MESSAGE_LOG, NO_REQUEST, &values);
    return;
  }
  say_start(NO_REQUEST);
  say_text(text, values.line.count);
  say_end();
}

void reply_command(uint8_t command) {
  struct word word;
  flash_copy(&word, &command_table[command], sizeof word);
  say_start(NO_REQUEST);
  say_words(word_ok);
  say_words(word.name);
  say_end();
}
