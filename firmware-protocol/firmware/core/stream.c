#include "stream.h"

#include <string.h>

#include "crc.h"
#include "flash.h"
#include "hal.h"
#include "limits.h"
#include "reply.h"
#include "watch.h"

/* Payload bytes of a chunk that are not items: chunk u16, ticks u64, count u16. */
enum { CHUNK_HEAD = 12, ROOM = PAYLOAD_SIZE - CHUNK_HEAD };

static uint16_t per_chunk(const struct stream *stream) { return (uint16_t)(ROOM / stream->size); }

static uint32_t all_chunks(const struct stream *stream) {
  return (stream->items + per_chunk(stream) - 1) / per_chunk(stream);
}

static uint16_t wanted_chunk(const struct stream *stream, uint16_t index) {
  uint16_t chunk = index;
  if (stream->chunks.count > 0) memcpy(&chunk, stream->chunks.at + 2u * index, sizeof chunk);
  return chunk;
}

bool check_stream(const struct stream *stream) {
  static const char item[] FLASH = "bytes of an item ", chunks[] FLASH = "chunks ";
  if (!check_most(item, stream->size, ROOM) || !check_most(chunks, all_chunks(stream), 0xffff)) return false;
  for (uint16_t i = 0; i < stream->chunks.count; i++) {
    if (wanted_chunk(stream, i) < all_chunks(stream)) continue;
    refuse(REFUSAL_MALFORMED);
    FACT("chunk ");
    fact_number(wanted_chunk(stream, i));
    return false;
  }
  return true;
}

static bool send_chunk(struct stream *stream, uint16_t chunk) {
  uint32_t first = (uint32_t)chunk * per_chunk(stream), left = stream->items - first;
  uint16_t count = left < per_chunk(stream) ? (uint16_t)left : per_chunk(stream);
  uint8_t *items = reply_work + CHUNK_HEAD;
  for (uint16_t i = 0; i < count; i++)
    if (!stream->take(first + i, items + i * stream->size)) return false;
  struct chunk_reply values = {chunk, hal_ticks(), {items, (uint16_t)(count * stream->size)}};
  stream->crc = crc32c(items, values.items.count, stream->crc);
  stream->sent++;
  reply_work_with(MESSAGE_CHUNK, stream->seq, &values);
  watch_told();
  return true;
}

bool send_stream(struct stream *stream) {
  uint16_t count = stream->chunks.count > 0 ? stream->chunks.count : (uint16_t)all_chunks(stream);
  for (uint16_t i = 0; i < count; i++)
    if (!send_chunk(stream, wanted_chunk(stream, i))) return false;
  return true;
}
