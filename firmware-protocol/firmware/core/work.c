#include "work.h"

#include <stddef.h>

#include "array.h"
#include "codec.h"
#include "flash.h"
#include "forward.h"
#include "numbering.h"
#include "plan.h"
#include "program.h"
#include "read.h"
#include "reply.h"
#include "watch.h"

void work_start(void) {
#if BOARD_CAPABILITIES & CAPABILITY_FORWARD
  plan_clear();
#endif
}

static bool next_error(const struct shape *reply, uint16_t *length) {
  struct refusal error;
  uint8_t left = errors_take(&error);
  struct next_error_reply values = {error.code, {(const uint8_t *)error.facts, error.length}, left};
  *length = encode_message(reply, &values, reply_work);
  return true;
}

/* Makes the reply in `reply_work`; false where the request is refused. */
static bool carry_out(const struct job *job, const struct message *message, uint16_t *length) {
  switch (job->id) {
    case MESSAGE_NEXT_ERROR: return next_error(&message->reply, length);
#if BOARD_CAPABILITIES & CAPABILITY_PROGRAM
    case MESSAGE_PROGRAM: return program(job, message, length);
#endif
#if BOARD_CAPABILITIES & CAPABILITY_PULSE
    case MESSAGE_PULSE: return pulse(job, message, length);
#endif
#if BOARD_CAPABILITIES & CAPABILITY_READ_CELLS
    case MESSAGE_READ_CELLS: return read_cells(job, message, length);
#endif
#if BOARD_CAPABILITIES & CAPABILITY_READ_OUT
    case MESSAGE_READ_OUT: return read_out(job, message, length);
#endif
#if BOARD_CAPABILITIES & CAPABILITY_READ_MOMENTS
    case MESSAGE_READ_MOMENTS: return read_moments(job, message, length);
#endif
#if BOARD_CAPABILITIES & CAPABILITY_FORWARD
    case MESSAGE_STORE_PLAN: return store_plan(job, message, length);
    case MESSAGE_PLAN: return describe_plan(message, length);
    case MESSAGE_FORWARD: return forward(job, message, length);
#endif
    default: break;
  }
  refuse(REFUSAL_UNKNOWN_MESSAGE);
  FACT("not on this board");
  return false;
}

/* Why a request was ended, as its refusal. */
static bool refuse_stopped(uint8_t why) {
  refuse(why == STOP_FAULT ? REFUSAL_HARDWARE : REFUSAL_ABORTED);
  switch (why) {
    case STOP_ABORT: FACT("abort"); break;
    case STOP_IDLE: FACT("idle"); break;
    case STOP_WATCHDOG: FACT("watchdog"); break;
    case STOP_FAULT: fact_text(watch_fault()); break;
    default: FACT("given up"); break;
  }
  return false;
}

static bool done(const struct job *job, const struct message *message, uint16_t *length) {
  if (job->stopped != STOP_NOT) return refuse_stopped(job->stopped);
  /* What was over before it could be ended answers as always. */
  if (carry_out(job, message, length)) return true;
  return job->stopped == STOP_NOT ? false : refuse_stopped(job->stopped);
}

void work(struct job *job) {
  struct message message;
  struct kept_answer answer = {job->seq, 0, job->id};
  /* What the host gave up before it began needs no answer, and what ended with its session gets none. */
  bool silent = job->stopped == STOP_GIVEN_UP || job->stopped == STOP_SESSION || !find_message(job->id, &message);
  if (silent) {
    queue_next();
    return;
  }
  numbering_release();
  queue_begin();
  watch_begin();
  if (!done(job, &message, &answer.length)) {
    answer.id = MESSAGE_REFUSED;
    answer.length = reply_refusal_work();
  }
  array_idle();
  silent = job->stopped == STOP_SESSION;
  queue_next();
  if (silent) return;
  if ((message.traits & REPEAT_BITS) == REPEAT_CHANGE) numbering_keep(&answer);
  reply_from_work(answer.id, answer.seq, answer.length);
}
