/* The network plan that the board holds (PROTOCOL.md 8). */
#ifndef MHO_PLAN_H
#define MHO_PLAN_H

#include "limits.h"
#include "queue.h"

struct plan_block {
  struct area area;
  uint16_t input, output;
};
enum { PLAN_RELU = 1, PLAN_TWO_PHASES = 2, PLAN_TOP_UP = 4 };
/* A layer where it lies in the plan. Lists have one number an output; `top_up` has inputs x outputs. */
struct plan_layer {
  uint16_t inputs, outputs, average, signs;
  uint8_t devices, range, flags, blocks;
  int16_t low, high;
  const uint8_t *block_bytes;
  const float *scale, *bias, *offset, *floor, *lsb;
  const int16_t *top_up;
};

void plan_clear(void);
bool store_plan(const struct job *job, const struct message *message, uint16_t *length);
bool describe_plan(const struct message *message, uint16_t *length);

/* Whether the plan with this CRC is stored, whole and right, and all of it on this board; else the refusal is in hand. */
bool check_plan(uint32_t crc);
uint8_t plan_layers(void);
uint8_t plan_output_bits(void);
/* Layer number `index`. */
void plan_layer(uint8_t index, struct plan_layer *layer);
void plan_block(const struct plan_layer *layer, uint8_t index, struct plan_block *block);

#endif
