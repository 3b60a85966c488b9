#include "program.h"

#include <math.h>
#include <string.h>

#include "array.h"
#include "codec.h"
#include "endpoint.h"
#include "limits.h"
#include "reply.h"

/* After so many pulses, a cell that moved by less than this share of what they should have moved it is given up. */
enum { STUCK_AFTER = 5 };
static const float stuck_share = 0.2f;

/* The cells of one program; all conductances in counts. The reply grows where it will be sent from. */
static struct {
  struct program_request request;
  uint16_t cells, cell;
  uint16_t pulses; /* of the cell in hand */
  float seen;
} now;

static float verify(uint16_t row, uint16_t col) {
  float sum = 0;
  for (uint8_t i = 0; i < VERIFY_READS; i++) sum += array_read_cell(row, col);
  now.seen = (float)array_counts(sum / VERIFY_READS);
  return now.seen;
}

/* Amplitude whose mean change is `error` in size, rounded to the generator's step, at least one step above the threshold. */
static float amplitude_for(float error) {
  const float span = PULSE_AMPLITUDE - PULSE_THRESHOLD;
  float wanted = fabsf(error) / PULSE_STEP * span;
  float steps = floorf(wanted / PULSE_AMPLITUDE_STEP + 0.5f);
  float rounded = (steps < 1 ? 1 : steps) * PULSE_AMPLITUDE_STEP;
  return PULSE_THRESHOLD + (rounded < span ? rounded : span);
}

/* Pulses one cell until a verify lies within the tolerance, the pulses are used up, or the cell does not move. */
static uint8_t settle(uint16_t row, uint16_t col, float target) {
  const float tolerance = now.request.tolerance;
  /* Read noise alone can keep a cell outside a tight tolerance: only what exceeds it is evidence of a stuck one. */
  const float evidence = 5 * tolerance + 8 * READ_SIGMA;
  float first = verify(row, col), driven = 0;
  for (now.pulses = 0;; now.pulses++) {
    float error = target - now.seen, size = fabsf(error);
    if (size <= tolerance) return OUTCOME_SETTLED;
    bool driven_far = now.pulses >= STUCK_AFTER && fabsf(driven) > evidence;
    if (driven_far && fabsf(now.seen - first) < stuck_share * fabsf(driven)) return OUTCOME_STUCK;
    if (now.pulses >= now.request.maxPulses) return OUTCOME_NOT_SETTLED;
    if (!attend(now.cell, now.cells)) return OUTCOME_ABORTED;
    array_pulse(row, col, error > 0 ? 0 : 1, amplitude_for(error), PULSE_WIDTH);
    driven += copysignf(size < PULSE_STEP ? size : PULSE_STEP, error);
    verify(row, col);
  }
}

/* Where the three lists of the reply begin: each has a count of two bytes before it. */
static uint8_t *outcomes(void) { return reply_work + 2; }
static uint8_t *pulse_counts(void) { return outcomes() + now.cells + 2; }
static uint8_t *conductances(void) { return pulse_counts() + 2u * now.cells + 2; }

static void program_cell(void) {
  uint16_t row = (uint16_t)(now.request.row + now.cell / now.request.cols);
  uint16_t col = (uint16_t)(now.request.col + now.cell % now.request.cols);
  int16_t target, seen;
  memcpy(&target, now.request.targets.at + 2u * now.cell, sizeof target);
  outcomes()[now.cell] = settle(row, col, target);
  seen = (int16_t)now.seen;
  memcpy(pulse_counts() + 2u * now.cell, &now.pulses, sizeof now.pulses);
  memcpy(conductances() + 2u * now.cell, &seen, sizeof seen);
}

bool program(const struct job *job, const struct message *message, uint16_t *length) {
  if (!decode_message(&message->request, job->payload, job->length, &now.request) || !check_program(&now.request)) return false;
  now.cells = now.request.targets.count;
  array_select(now.request.tile);
  for (now.cell = 0; now.cell < now.cells; now.cell++) {
    program_cell();
    if (!attend(now.cell + 1u, now.cells) && now.cell + 1u < now.cells) return false;
  }
  if (job->stopped != STOP_NOT && outcomes()[now.cells - 1] == OUTCOME_ABORTED) return false;
  struct program_reply reply = {{outcomes(), now.cells}, {pulse_counts(), now.cells}, {conductances(), now.cells}};
  *length = encode_message(&message->reply, &reply, reply_work);
  return true;
}

bool pulse(const struct job *job, const struct message *message, uint16_t *length) {
  struct pulse_request request;
  if (!decode_message(&message->request, job->payload, job->length, &request) || !check_pulse(&request)) return false;
  array_select(request.tile);
  array_pulse(request.row, request.col, request.polarity, request.amplitude, request.width);
  struct pulse_reply reply = {array_pulses()};
  *length = encode_message(&message->reply, &reply, reply_work);
  return true;
}
