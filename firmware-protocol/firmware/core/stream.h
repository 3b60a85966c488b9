/* Streams: items that are taken one after another and sent in numbered chunks (PROTOCOL.md 8). */
#ifndef MHO_STREAM_H
#define MHO_STREAM_H

#include "queue.h"

struct stream {
  uint16_t seq;
  uint32_t items;
  uint16_t size;       /* bytes of an item */
  struct span chunks;  /* numbers of the chunks that are wanted; none: all */
  /* Takes item number `index` into `to`; false where the request must end. */
  bool (*take)(uint32_t index, uint8_t *to);
  /* What was sent, for the end record. */
  uint16_t sent;
  uint32_t crc, saturated;
};

/* Whether the items fit a frame and the chunks are there; else the refusal is in hand. */
bool check_stream(const struct stream *stream);
/* Sends all chunks; false where the request must end. */
bool send_stream(struct stream *stream);

#endif
