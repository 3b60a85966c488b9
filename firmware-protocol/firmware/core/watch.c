#include "watch.h"

#include <stddef.h>

#include "array.h"
#include "hal.h"
#include "queue.h"
#include "reply.h"

enum { LIFE = TICK_HZ / 10 };
#define SILENCE ((uint64_t)WATCHDOG_MS * TICK_HZ / 1000)

static uint64_t heard, begun, told;
static uint64_t pulses_before;
static const char *fault;

void watch_start(void) {
  heard = begun = told = hal_ticks();
  fault = NULL;
}

void watch_heard(void) { heard = hal_ticks(); }
void watch_told(void) { told = hal_ticks(); }
const char *watch_fault(void) { return fault; }

void watch_begin(void) {
  begun = told = hal_ticks();
  pulses_before = array_pulses();
}

/* A person at a terminal sends no signs of life; what they start by hand ends by itself. */
static void watch_host(const struct job *job) {
  if (WATCHDOG_MS == 0 || job->seq == NO_REQUEST || job->stopped != STOP_NOT) return;
  uint64_t now = hal_ticks(), last = heard > begun ? heard : begun;
  if (now - last < SILENCE) return;
  array_idle();
  queue_stop(STOP_WATCHDOG, true);
  reply_log("watchdog: the host fell silent");
}

static void watch_hardware(const struct job *job) {
  const char *said = hal_fault();
  if (said == NULL) return;
  array_idle();
  if (job != NULL) {
    fault = said;
    queue_stop(STOP_FAULT, false);
    return;
  }
  refuse(REFUSAL_HARDWARE);
  fact_text(said);
  errors_put(&refusal);
  reply_log(said);
}

static void sign_of_life(const struct job *job, uint32_t done, uint32_t total) {
  if (job->stopped == STOP_SESSION || hal_ticks() - told < LIFE) return;
  struct progress_reply progress = {done, total, array_pulses() - pulses_before};
  reply_with(MESSAGE_PROGRESS, job->seq, &progress);
  watch_told();
}

void watch(uint32_t done, uint32_t total) {
  struct job *job = queue_running();
  watch_hardware(job);
  if (job == NULL) return;
  watch_host(job);
  sign_of_life(job, done, total);
}
