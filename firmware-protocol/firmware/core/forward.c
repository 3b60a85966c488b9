#include "forward.h"

#include <math.h>
#include <string.h>

#include "array.h"
#include "codec.h"
#include "codes.h"
#include "endpoint.h"
#include "hal.h"
#include "normals.h"
#include "plan.h"
#include "refusal.h"
#include "reply.h"
#include "flash.h"
#include "stream.h"

#if BOARD_CAPABILITIES & CAPABILITY_FORWARD
static struct forward_request request;
static struct stream stream;
static uint32_t clipped, shorts;

/* The input vector in hand, its number and 1 (0: none), where the next one begins, and the deviations of the first layer at it. */
static struct {
  uint32_t held;
  uint16_t next;
  int16_t values[FORWARD_WIDTH];
  float deviations[FORWARD_WIDTH];
} input;

/* Input codes of the layer in hand, and what becomes of them. */
static int16_t values[FORWARD_WIDTH];
static int64_t sums[FORWARD_WIDTH];
static float deviations[FORWARD_WIDTH];
static int16_t codes[BOARD_COLS];

/* Takes the next sparse vector; false where bytes of it are missing. */
static bool next_input(uint16_t width) {
  const uint8_t *bits = request.inputs.at + input.next;
  uint32_t head = input.next + (uint32_t)packed_size(width, 1);
  uint16_t present = 0;
  if (head > request.inputs.count) return false;
  for (uint16_t i = 0; i < width; i++) present = (uint16_t)(present + (bits[i / 8] >> i % 8 & 1));
  uint32_t end = head + packed_size(present, INPUT_BITS);
  if (end > request.inputs.count) return false;
  present = 0;
  for (uint16_t i = 0; i < width; i++) {
    bool set = bits[i / 8] >> i % 8 & 1;
    input.values[i] = set ? unpack_code(request.inputs.at + head, present++, INPUT_BITS) : 0;
  }
  input.next = (uint16_t)end;
  input.held++;
  return true;
}

static void first_input(void) {
  input.held = 0;
  input.next = 0;
}

static bool sparse_broken(void) {
  refuse(REFUSAL_MALFORMED);
  FACT("sparse inputs");
  return false;
}

static bool check_inputs(const struct plan_layer *layer) {
  bool two = layer->flags & PLAN_TWO_PHASES;
  first_input();
  for (uint16_t item = 0; item < request.items; item++) {
    if (!next_input(layer->inputs)) return sparse_broken();
    for (uint16_t i = 0; i < layer->inputs; i++) {
      int32_t code = input.values[i];
      if (!check_input(two && code < 0 ? -code : code)) return false;
    }
  }
  if (input.next != request.inputs.count) return sparse_broken();
  first_input();
  return true;
}

/* Standard deviation of the noise to add to each output; -1 where the devices are noisier than was asked for. */
static void find_deviations(const struct plan_layer *layer, float *to) {
  for (uint16_t j = 0; j < layer->outputs; j++) {
    float variance = 0;
    for (uint16_t i = 0; i < layer->inputs && layer->top_up != NULL; i++) {
      float x = values[i];
      if (values[i] != 0) variance += x * x * (float)layer->top_up[(uint32_t)i * layer->outputs + j];
    }
    variance = layer->floor[j] + (layer->top_up != NULL ? variance * layer->lsb[j] : 0);
    to[j] = variance < 0 ? -1 : sqrtf(variance);
  }
}

/* Finds input vector `number`: vectors are as long as what they hold, so they are found one after another. */
static void find_input(uint32_t number, const struct plan_layer *layer) {
  if (input.held != number + 1) {
    if (input.held > number) first_input();
    while (input.held <= number) next_input(layer->inputs);
    memcpy(values, input.values, sizeof values);
    find_deviations(layer, input.deviations);
  }
  memcpy(values, input.values, sizeof values);
}

/* Rows of a block at the values of one sign, `phase` 1 or -1, or at all of them, 0. */
static void drive_block(const struct plan_block *block, int8_t phase) {
  array_select(block->area.tile);
  for (uint16_t i = 0; i < block->area.rows; i++) {
    int16_t code = values[block->input + i];
    if (phase != 0) code = (code > 0) == (phase > 0) ? (int16_t)(phase * code) : 0;
    array_drive((uint16_t)(block->area.row + i), code);
  }
}

/* Adds one sample of a block to the sums. */
static void add_sample(const struct plan_layer *layer, const struct plan_block *block, int8_t phase) {
  stream.saturated += array_sample(block->area.col, block->area.cols, layer->range, codes);
  for (uint16_t c = 0; c < block->area.cols; c++) {
    bool minus = (layer->signs >> c % layer->devices & 1) != (phase < 0);
    sums[block->output + c / layer->devices] += minus ? -codes[c] : codes[c];
  }
}

/* Reads all blocks of a layer; false where the request must end. */
static bool read_layer(const struct plan_layer *layer, uint32_t item) {
  static const int8_t all[] = {0}, signs[] = {1, -1};
  bool two = layer->flags & PLAN_TWO_PHASES;
  memset(sums, 0, layer->outputs * sizeof *sums);
  for (uint8_t p = 0; p < (two ? 2 : 1); p++) {
    int8_t phase = (two ? signs : all)[p];
    for (uint8_t b = 0; b < layer->blocks; b++) {
      struct plan_block block;
      plan_block(layer, b, &block);
      drive_block(&block, phase);
      for (uint16_t n = 0; n < layer->average; n++) {
        add_sample(layer, &block, phase);
        if (!attend(item, stream.items)) return false;
      }
    }
  }
  return true;
}

/* Sample `item` of the run, in a word and a half; the noise of each is its own. */
static void layer_noise(uint8_t index, uint16_t output, uint32_t item, float four[4]) {
  uint64_t number = ((uint64_t)request.firstItem + item / request.samples) * request.samples + item % request.samples;
  const uint32_t counter[4] = {output / 4u, index, (uint32_t)number, (uint32_t)(number >> 32)};
  const uint32_t key[2] = {request.seed, 0x6d686f};
  normals(counter, key, four);
}

/* From the sums to the layer's output codes, which take the place of its inputs. */
static void finish_layer(const struct plan_layer *layer, uint8_t index, uint32_t item, const float *deviation) {
  float noise[4] = {0}, total = 0;
  for (uint16_t i = 0; i < layer->inputs; i++) total += values[i];
  for (uint16_t j = 0; j < layer->outputs; j++) {
    if (j % 4 == 0) layer_noise(index, j, item, noise);
    float z = layer->scale[j] * (float)sums[j] + layer->bias[j] + layer->offset[j] * total;
    if (deviation[j] < 0) shorts++;
    else z += deviation[j] * noise[j % 4];
    if ((layer->flags & PLAN_RELU) && z < 0) z = 0;
    z = floorf(z + 0.5f);
    bool above = z > layer->high, below = !above && !(z >= layer->low); /* what is not a number is below */
    if (below || above) clipped++;
    values[j] = below ? layer->low : above ? layer->high : (int16_t)z;
  }
}

static bool take_item(uint32_t item, uint8_t *to) {
  struct plan_layer layer;
  for (uint8_t index = 0; index < plan_layers(); index++) {
    plan_layer(index, &layer);
    if (index == 0) find_input(item / request.samples, &layer);
    else find_deviations(&layer, deviations);
    if (!read_layer(&layer, item)) return false;
    finish_layer(&layer, index, item, index == 0 ? input.deviations : deviations);
  }
  pack_codes(values, layer.outputs, plan_output_bits(), to);
  return true;
}

bool forward(const struct job *job, const struct message *message, uint16_t *length) {
  struct plan_layer layer;
  if (!decode_message(&message->request, job->payload, job->length, &request) || !check_plan(request.plan)) return false;
  plan_layer(0, &layer);
  if (!check_inputs(&layer)) return false;
  plan_layer((uint8_t)(plan_layers() - 1), &layer);
  clipped = shorts = 0;
  struct stream all = {
      .seq = job->seq,
      .items = (uint32_t)request.items * request.samples,
      .size = packed_size(layer.outputs, plan_output_bits()),
      .chunks = request.chunks,
      .take = take_item,
  };
  stream = all;
  if (!check_stream(&stream) || !send_stream(&stream)) return false;
  struct forward_reply reply = {stream.sent, stream.crc, stream.saturated, hal_ticks(), clipped, shorts};
  *length = encode_message(&message->reply, &reply, reply_work);
  return true;
}
#endif
