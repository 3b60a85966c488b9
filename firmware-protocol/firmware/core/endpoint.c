#include "endpoint.h"

#include <stddef.h>

#include "array.h"
#include "codec.h"
#include "flash.h"
#include "frame.h"
#include "hal.h"
#include "identity.h"
#include "line.h"
#include "numbering.h"
#include "queue.h"
#include "reply.h"
#include "say.h"
#include "stops.h"
#include "watch.h"
#include "work.h"

/* A request that waits in the inbox for the one under way to end; nothing more is taken until then. */
static struct request held;
static bool holding;

/* Nothing of the session before goes on, and nothing of it is answered any more. */
static void end_session(void) {
  queue_clear();
  stops_clear();
  numbering_end();
  link_set_mode(MODE_TEXT);
  array_idle();
  holding = false;
}

void endpoint_start(void) {
  link_start();
  frame_start();
  line_start();
  queue_start();
  reply_start();
  errors_clear();
  array_start();
  work_start();
  identity_start();
  watch_start();
  end_session();
  identity_banner();
}

static void obey(uint8_t command) {
  watch_heard();
  if (command == COMMAND_HELP) say_help();
  if (command == COMMAND_TEXT) end_session();
  reply_command(command);
  if (command == COMMAND_TEXT) identity_banner();
  if (command != COMMAND_BINARY) return;
  link_set_mode(MODE_BINARY);
  frame_start();
  reply_afresh();
}

static void answer_sense(uint16_t seq) {
  struct sense_reply sense = {hal_temperature(), hal_supply(), hal_ticks(), array_pulses(), array_read_outs(), array_is_idle()};
  reply_with(MESSAGE_SENSE, seq, &sense);
}

static void answer_ping(const struct request *request, const struct message *message) {
  struct ping_request ping = {0};
  decode_message(&message->request, request->payload, request->length, &ping);
  struct ping_reply reply = {ping.token, hal_ticks()};
  reply_with(MESSAGE_PING, request->seq, &reply);
}

/* Requests that are answered whatever else runs. */
static void answer_at_once(const struct request *request, const struct message *message) {
  switch (request->id) {
    case MESSAGE_HELLO:
      numbering_greet();
      identity_hello(request->seq);
      break;
    case MESSAGE_PING: answer_ping(request, message); break;
    case MESSAGE_SENSE: answer_sense(request->seq); break;
    case MESSAGE_LINK_FIGURES: reply_with(MESSAGE_LINK_FIGURES, request->seq, &link_figures); break;
    case MESSAGE_TEXT_MODE:
      reply_with(MESSAGE_TEXT_MODE, request->seq, NULL);
      link_set_mode(MODE_TEXT);
      line_start();
      break;
    default: stops_take(request->id, request->seq); break;
  }
}

static void refuse_words(uint16_t seq, uint8_t code, const char *why) {
  refuse(code);
  if (why != NULL) fact_words(why);
  reply_refusal(seq);
}

static void enqueue(const struct request *request, const struct message *message) {
  static const char no_hello[] FLASH = "say hello first", waiting[] FLASH = "the window is full";
  bool change = (message->traits & REPEAT_BITS) == REPEAT_CHANGE;
  if (change && request->seq != NO_REQUEST && !numbering_greeted()) refuse_words(request->seq, REFUSAL_NO_SESSION, no_hello);
  else if (queue_full() && queue_stopping()) {
    held = *request;
    holding = true;
  } else if (!queue_add(request)) refuse_words(request->seq, REFUSAL_BUSY, waiting);
}

/* Whether the request has been answered, or is not wanted any more. */
static bool is_old(const struct request *request, bool urgent) {
  struct kept_answer kept;
  /* Text mode has no field for the oldest open request; there the host has one of the queue open at a time. */
  uint16_t oldest = request->oldest == NO_REQUEST && !urgent ? request->seq : request->oldest;
  enum verdict verdict = numbering_judge(request->seq, oldest, &kept);
  queue_forget(numbering_closed);
  bool underway = queue_holds(request->seq);
  if (verdict == VERDICT_NEW && !underway) return false;
  link_figures.duplicates++;
  if (verdict == VERDICT_KEPT && !underway) reply_from_work(kept.id, kept.seq, kept.length);
  return true;
}

static void take(const struct request *request) {
  static const char table[] FLASH = "not in the table", payload[] FLASH = "payload";
  struct message message;
  watch_heard();
  if (!find_message(request->id, &message) || (message.traits & REPEAT_BITS) == REPEAT_EVENT) {
    refuse_words(request->seq, REFUSAL_UNKNOWN_MESSAGE, table);
    return;
  }
  bool urgent = message.traits & MESSAGE_URGENT;
  if (is_old(request, urgent)) return;
  if (!decode_message(&message.request, request->payload, request->length, NULL))
    refuse_words(request->seq, REFUSAL_MALFORMED, payload);
  else if (urgent) answer_at_once(request, &message);
  else enqueue(request, &message);
}

static void end_of_line(void) {
  struct request request;
  struct line_refusal refusal;
  enum line_end end = line_end(&request, &refusal);
  if (end == LINE_REQUEST) take(&request);
  if (end == LINE_COMMAND) obey(request.id);
  if (end == LINE_REFUSED) refuse_words(refusal.seq, refusal.code, refusal.why);
  line_start();
}

static void end_of_frame(void) {
  static const char frame[] FLASH = "a frame";
  struct request request;
  enum frame_end end = frame_end(&request);
  if (end == FRAME_REQUEST) take(&request);
  if (end == FRAME_TEXT_WORD) {
    line_start();
    obey(COMMAND_TEXT);
  }
  if (end != FRAME_OVERLONG) return;
  refuse(REFUSAL_OVERFLOW);
  fact_words(frame);
  errors_put(&refusal);
}

/* A request that can begin begins before anything more is taken: what follows may be the `abort` that is meant for it. */
static bool may_take(void) { return !holding && (queue_running() != NULL || queue_first() == NULL); }

/* Takes the bytes that have arrived; false where there were none. */
static bool take_bytes(void) {
  static const char ring[] FLASH = "receive buffer";
  uint8_t byte;
  bool any = false;
  hal_poll();
  while (may_take() && link_take(&byte)) {
    any = true;
    bool binary = link_mode() == MODE_BINARY;
    if (byte == (binary ? 0 : '\n')) (binary ? end_of_frame : end_of_line)();
    else if (binary) frame_byte(byte);
    else if (byte != 0) line_byte(byte);
  }
  if (link_overran()) {
    refuse(REFUSAL_OVERFLOW);
    fact_words(ring);
    errors_put(&refusal);
  }
  return any;
}

bool attend(uint32_t done, uint32_t total) {
  take_bytes();
  watch(done, total);
  return !queue_stopping();
}

static void release_held(void) {
  struct message message;
  if (!holding || !find_message(held.id, &message)) return;
  holding = false;
  enqueue(&held, &message);
}

bool endpoint_step(void) {
  bool any = take_bytes();
  watch(0, 0);
  struct job *job = queue_first();
  if (job == NULL) return any;
  work(job);
  release_held();
  stops_answer();
  return true;
}
