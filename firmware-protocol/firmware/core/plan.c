#include "plan.h"

#include <string.h>

#include "codec.h"
#include "crc.h"
#include "flash.h"
#include "reply.h"

#if BOARD_CAPABILITIES & CAPABILITY_FORWARD
enum { VERSION = 1, HEAD = 8, LAYER_HEAD = 16, BLOCK = 14 };

/* Words, so that its numbers lie at multiples of their size. */
static uint32_t words[(PLAN_SIZE + 3) / 4];
static uint32_t size, stored;

static const uint8_t *bytes(void) { return (const uint8_t *)words; }

void plan_clear(void) { size = stored = 0; }

bool store_plan(const struct job *job, const struct message *message, uint16_t *length) {
  static const char plan_bytes[] FLASH = "bytes of a plan ";
  struct store_plan_request request;
  if (!decode_message(&message->request, job->payload, job->length, &request)) return false;
  if (!check_most(plan_bytes, request.size, PLAN_SIZE)) return false;
  if (request.at == 0) {
    size = request.size;
    stored = 0;
  }
  if (request.size != size || request.at != stored || request.piece.count > size - stored) {
    refuse(REFUSAL_MALFORMED);
    FACT("piece at ");
    fact_number((int32_t)request.at);
    FACT(", stored ");
    fact_number((int32_t)stored);
    return false;
  }
  memcpy((uint8_t *)words + stored, request.piece.at, request.piece.count);
  stored += request.piece.count;
  struct store_plan_reply reply = {stored};
  *length = encode_message(&message->reply, &reply, reply_work);
  return true;
}

static uint32_t crc_of_stored(void) {
  uint32_t crc = 0;
  for (uint32_t at = 0; at < stored; at += 0x8000) {
    uint32_t left = stored - at;
    crc = crc32c(bytes() + at, (uint16_t)(left < 0x8000 ? left : 0x8000), crc);
  }
  return crc;
}

bool describe_plan(const struct message *message, uint16_t *length) {
  struct plan_reply reply = {stored, crc_of_stored(), PLAN_SIZE};
  *length = encode_message(&message->reply, &reply, reply_work);
  return true;
}

uint8_t plan_layers(void) { return bytes()[1]; }
uint8_t plan_output_bits(void) { return bytes()[2]; }

static uint16_t word_at(const uint8_t *at) { return (uint16_t)(at[0] | at[1] << 8); }

/* The floats at `*at`, which goes past them. */
static const float *floats(uint32_t *at, uint16_t count) {
  const float *found = (const float *)(const void *)(bytes() + *at);
  *at += 4u * count;
  return found;
}

/* Takes the layer that begins at `at`, without looking behind the end of the plan; gives where it ends, 0 where it does not. */
static uint32_t take_layer(uint32_t at, struct plan_layer *layer) {
  if (at + LAYER_HEAD > size) return 0;
  const uint8_t *head = bytes() + at;
  layer->inputs = word_at(head);
  layer->outputs = word_at(head + 2);
  layer->average = word_at(head + 4);
  layer->signs = word_at(head + 6);
  layer->devices = head[8];
  layer->range = head[9];
  layer->flags = head[10];
  layer->blocks = head[11];
  layer->low = (int16_t)word_at(head + 12);
  layer->high = (int16_t)word_at(head + 14);
  layer->block_bytes = head + LAYER_HEAD;
  at = (at + LAYER_HEAD + (uint32_t)layer->blocks * BLOCK + 3) & ~UINT32_C(3);
  layer->scale = floats(&at, layer->outputs);
  layer->bias = floats(&at, layer->outputs);
  layer->offset = floats(&at, layer->outputs);
  layer->floor = floats(&at, layer->outputs);
  layer->top_up = NULL;
  if (layer->flags & PLAN_TOP_UP) {
    layer->lsb = floats(&at, layer->outputs);
    layer->top_up = (const int16_t *)(const void *)(bytes() + at);
    uint32_t codes = (uint32_t)layer->inputs * layer->outputs;
    if (codes > PLAN_SIZE / 2) return 0;
    at = (at + 2 * codes + 3) & ~UINT32_C(3);
  }
  return at <= size ? at : 0;
}

void plan_layer(uint8_t index, struct plan_layer *layer) {
  uint32_t at = HEAD;
  for (uint8_t i = 0; i <= index; i++) at = take_layer(at, layer);
}

void plan_block(const struct plan_layer *layer, uint8_t index, struct plan_block *block) {
  const uint8_t *at = layer->block_bytes + BLOCK * index;
  struct area area = {word_at(at), word_at(at + 2), word_at(at + 4), word_at(at + 6), word_at(at + 8)};
  block->area = area;
  block->input = word_at(at + 10);
  block->output = word_at(at + 12);
}

static bool broken(void) {
  refuse(REFUSAL_MALFORMED);
  FACT("the plan");
  return false;
}

static bool check_blocks(const struct plan_layer *layer) {
  for (uint8_t i = 0; i < layer->blocks; i++) {
    struct plan_block block;
    plan_block(layer, i, &block);
    if (!check_area(&block.area)) return false;
    bool within = (uint32_t)block.input + block.area.rows <= layer->inputs && block.area.cols % layer->devices == 0 &&
                  block.output + (uint32_t)(block.area.cols / layer->devices) <= layer->outputs;
    if (!within) return broken();
  }
  return true;
}

/* Whether the outputs of the layer before, `low` to `high`, can drive the rows of this one. */
static bool check_driven(const struct plan_layer *layer, int16_t low, int16_t high) {
  int32_t lowest = layer->flags & PLAN_TWO_PHASES ? (low < 0 ? -(int32_t)low : 0) : low;
  return check_input(lowest) && check_input(high);
}

static bool check_layer(const struct plan_layer *layer) {
  static const char width[] FLASH = "width of a layer ";
  uint16_t widest = layer->inputs > layer->outputs ? layer->inputs : layer->outputs;
  if (!check_most(width, widest, FORWARD_WIDTH)) return false;
  if (layer->inputs == 0 || layer->outputs == 0 || layer->low > layer->high) return broken();
  if (layer->average == 0 || layer->devices == 0 || layer->devices > 16) return broken();
  return check_range(layer->range) && check_blocks(layer);
}

static bool check_layers(void) {
  struct plan_layer layer;
  int16_t low = 0, high = 0;
  uint32_t at = HEAD;
  uint16_t width = size >= HEAD ? word_at(bytes() + 4) : 0;
  bool head = size >= HEAD && bytes()[0] == VERSION && plan_layers() > 0;
  if (!head || plan_output_bits() == 0 || plan_output_bits() > 16) return broken();
  for (uint8_t i = 0; i < plan_layers(); i++) {
    at = take_layer(at, &layer);
    if (at == 0 || layer.inputs != width) return broken();
    if (!check_layer(&layer) || !check_driven(&layer, low, high)) return false;
    width = layer.outputs;
    low = layer.low;
    high = layer.high;
  }
  int32_t top = INT32_C(1) << (plan_output_bits() - 1);
  if (low < -top || high >= top) return broken();
  return (at == size && width == word_at(bytes() + 6)) || broken();
}

bool check_plan(uint32_t crc) {
  if (stored > 0 && stored == size && crc_of_stored() == crc) return check_layers();
  refuse(REFUSAL_NO_PLAN);
  FACT("store it first");
  return false;
}
#endif
