/* Binary mode: COBS frames with a CRC-32C (PROTOCOL.md 4). */
#ifndef MHO_FRAME_H
#define MHO_FRAME_H

#include "link.h"

enum frame_end { FRAME_NOTHING, FRAME_REQUEST, FRAME_TEXT_WORD, FRAME_OVERLONG };

/* Begins a frame. */
void frame_start(void);
/* Takes a byte that is not 0x00. */
void frame_byte(uint8_t byte);
/* A delimiter came: what stands before it. Counts what was damaged. */
enum frame_end frame_end(struct request *request);

/* The board's header before a payload. */
struct frame_header {
  uint8_t id, flags;
  uint16_t seq, re, credits;
};
/* Sends a frame and its delimiter; `fresh` puts one before it too. */
void frame_send(const struct frame_header *header, const uint8_t *payload, uint16_t length, bool fresh);

#endif
