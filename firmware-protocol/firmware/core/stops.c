#include "stops.h"

#include <stddef.h>

#include "array.h"
#include "hal.h"
#include "queue.h"
#include "reply.h"

/* More than these at once are dropped; a host says them again. */
enum { MOST = 4 };
static struct {
  uint16_t seq;
  uint8_t id;
} waiting[MOST];
static uint8_t count;

void stops_clear(void) { count = 0; }

void stops_take(uint8_t id, uint16_t seq) {
  bool idle = id == MESSAGE_IDLE;
  if (idle) array_idle();
  queue_stop(idle ? STOP_IDLE : STOP_ABORT, idle);
  if (count == MOST) return;
  waiting[count].seq = seq;
  waiting[count++].id = id;
  stops_answer();
}

void stops_answer(void) {
  struct job *next = queue_first();
  if (next != NULL && next->stopped != STOP_NOT) return;
  for (uint8_t i = 0; i < count; i++) {
    bool idle = waiting[i].id == MESSAGE_IDLE;
    if (idle) array_idle();
    struct idle_reply reply = {hal_ticks()};
    reply_with(waiting[i].id, waiting[i].seq, idle ? &reply : NULL);
  }
  count = 0;
}
