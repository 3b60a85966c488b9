#include <string.h>

#include "array.h"
#include "codec.h"
#include "codes.h"
#include "endpoint.h"
#include "hal.h"
#include "limits.h"
#include "read.h"
#include "refusal.h"
#include "flash.h"
#include "reply.h"
#include "stream.h"

/* The read-out under way. `readMoments` has the same request. */
static struct read_out_request request;
static struct stream stream;
static uint32_t driven; /* the vector that stands on the rows, and 1; 0: none */
static int16_t codes[BOARD_COLS];
static int32_t zero[BOARD_COLS]; /* what is taken off each column's codes */

static uint16_t input_size(void) { return packed_size(request.rows, INPUT_BITS); }

static bool check_inputs(void) {
  if (request.inputs.count != (uint32_t)request.vectors * input_size()) {
    refuse(REFUSAL_MALFORMED);
    FACT("input bytes ");
    fact_number(request.inputs.count);
    return false;
  }
  for (uint16_t v = 0; v < request.vectors; v++)
    for (uint16_t row = 0; row < request.rows; row++)
      if (!check_input(unpack_code(request.inputs.at + (uint32_t)v * input_size(), row, INPUT_BITS))) return false;
  return true;
}

static void drive(uint32_t vector) {
  if (driven == vector + 1) return;
  driven = vector + 1;
  const uint8_t *inputs = request.inputs.at + vector * input_size();
  for (uint16_t row = 0; row < request.rows; row++) array_drive((uint16_t)(request.row + row), unpack_code(inputs, row, INPUT_BITS));
}

/* One sample of a vector in `codes`, less the zero; false where the request must end. */
static bool sample(uint32_t vector, uint32_t item) {
  const int16_t top = (1 << (ADC_BITS - 1)) - 1;
  drive(vector);
  stream.saturated += array_sample(request.col, request.cols, request.range, codes);
  for (uint16_t i = 0; i < request.cols && request.zeros > 0; i++) {
    int32_t code = codes[i] - zero[i];
    codes[i] = (int16_t)(code > top ? top : code < -top - 1 ? -top - 1 : code);
  }
  return attend(item, stream.items);
}

/* Auto-zero: the mean of samples with all rows at 0 V, rounded; false where the request must end. */
static bool find_zero(void) {
  memset(zero, 0, sizeof zero);
  for (uint8_t k = 0; k < request.zeros; k++) {
    array_sample(request.col, request.cols, request.range, codes);
    for (uint16_t i = 0; i < request.cols; i++) zero[i] += codes[i];
    if (!attend(0, stream.items)) return false;
  }
  for (uint16_t i = 0; i < request.cols && request.zeros > 0; i++) {
    int32_t twice = 2 * zero[i] + request.zeros, by = 2 * request.zeros;
    zero[i] = twice / by - (twice % by < 0);
  }
  return true;
}

static bool take_sample(uint32_t index, uint8_t *to) {
  bool on = sample(index / request.repeats, index);
  pack_codes(codes, request.cols, ADC_BITS, to);
  return on;
}

static bool begin(const struct job *job, const struct message *message) {
  if (!decode_message(&message->request, job->payload, job->length, &request)) return false;
  struct area area = {request.tile, request.row, request.col, request.rows, request.cols};
  memset(&stream, 0, sizeof stream);
  stream.seq = job->seq;
  stream.chunks = request.chunks;
  driven = 0;
  return check_area(&area) && check_range(request.range) && check_inputs();
}

static bool end(const struct message *message, uint16_t *length) {
  if (!check_stream(&stream)) return false;
  array_select(request.tile);
  if (!find_zero() || !send_stream(&stream)) return false;
  struct read_out_reply reply = {stream.sent, stream.crc, stream.saturated, hal_ticks()};
  *length = encode_message(&message->reply, &reply, reply_work);
  return true;
}

bool read_out(const struct job *job, const struct message *message, uint16_t *length) {
  if (!begin(job, message)) return false;
  stream.items = (uint32_t)request.vectors * request.repeats;
  stream.size = packed_size(request.cols, ADC_BITS);
  stream.take = take_sample;
  return end(message, length);
}

#if BOARD_CAPABILITIES & CAPABILITY_READ_MOMENTS
enum { MOMENT_SIZE = 12 };

/* Adds a sample to the sums of a vector: i32 the codes, u64 their squares, for each column. */
static void add_sample(uint8_t *to) {
  for (uint16_t i = 0; i < request.cols; i++, to += MOMENT_SIZE) {
    int32_t sum;
    uint64_t squares;
    memcpy(&sum, to, sizeof sum);
    memcpy(&squares, to + 4, sizeof squares);
    sum += codes[i];
    squares += (uint32_t)((int32_t)codes[i] * codes[i]);
    memcpy(to, &sum, sizeof sum);
    memcpy(to + 4, &squares, sizeof squares);
  }
}

static bool take_moments(uint32_t index, uint8_t *to) {
  memset(to, 0, stream.size);
  for (uint16_t k = 0; k < request.repeats; k++) {
    if (!sample(index, index)) return false;
    add_sample(to);
  }
  return true;
}

bool read_moments(const struct job *job, const struct message *message, uint16_t *length) {
  if (!begin(job, message)) return false;
  stream.items = request.vectors;
  stream.size = (uint16_t)(MOMENT_SIZE * request.cols);
  stream.take = take_moments;
  return end(message, length);
}
#endif
