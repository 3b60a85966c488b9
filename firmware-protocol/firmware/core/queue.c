#include "queue.h"

#include <stddef.h>
#include <string.h>

static struct job jobs[WINDOW];
static uint8_t first, count;
static bool running;

static struct job *job_at(uint8_t index) { return &jobs[(first + index) % WINDOW]; }

void queue_start(void) {
  first = count = 0;
  running = false;
}

struct job *queue_first(void) { return count > 0 ? job_at(0) : NULL; }
struct job *queue_running(void) { return running ? job_at(0) : NULL; }
void queue_begin(void) { running = true; }

void queue_next(void) {
  running = false;
  first = (uint8_t)((first + 1) % WINDOW);
  count--;
}

bool queue_full(void) { return count == WINDOW; }
bool queue_stopping(void) { return running && job_at(0)->stopped != STOP_NOT; }

bool queue_add(const struct request *request) {
  if (queue_full()) return false;
  struct job *job = job_at(count++);
  job->seq = request->seq;
  job->id = request->id;
  job->length = request->length;
  job->stopped = STOP_NOT;
  memcpy(job->payload, request->payload, request->length);
  return true;
}

bool queue_holds(uint16_t seq) {
  for (uint8_t i = 0; i < count && seq != NO_REQUEST; i++)
    if (job_at(i)->seq == seq && job_at(i)->stopped != STOP_SESSION) return true;
  return false;
}

/* The first reason stands, but for the end of a session, which nothing outdoes. */
static void stop(struct job *job, enum stop why) {
  if (job->stopped == STOP_NOT || why == STOP_SESSION) job->stopped = (uint8_t)why;
}

void queue_stop(enum stop why, bool all) {
  for (uint8_t i = 0; i < (all ? count : running ? 1 : 0); i++) stop(job_at(i), why);
}

/* The one under way is ended; those that wait leave their room to others at once. */
void queue_forget(bool (*given_up)(uint16_t seq)) {
  uint8_t kept = 0;
  for (uint8_t i = 0; i < count; i++) {
    struct job *job = job_at(i);
    bool gone = given_up(job->seq), under_way = i == 0 && running;
    if (gone && !under_way) continue;
    if (gone) stop(job, STOP_GIVEN_UP);
    if (kept < i) *job_at(kept) = *job;
    kept++;
  }
  count = kept;
}

void queue_clear(void) { queue_stop(STOP_SESSION, true); }
