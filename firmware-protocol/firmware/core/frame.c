#include "frame.h"

#include <string.h>

#include "crc.h"
#include "hal.h"

enum { HEADER = 8, CRC = 4 };

/* The frame in hand, its stuffing taken out as it arrives. */
static struct {
  uint16_t length;   /* decoded bytes in the inbox */
  uint16_t raw;      /* bytes that arrived */
  uint8_t left;      /* bytes that the block in hand still wants */
  uint8_t first;     /* the first byte that arrived */
  bool zero;         /* a zero stands between this block and the next */
  bool overlong;
} in;

void frame_start(void) { memset(&in, 0, sizeof in); }

static void keep(uint8_t byte) {
  if (in.length < MAX_FRAME) link_inbox[in.length++] = byte;
  else in.overlong = true;
}

void frame_byte(uint8_t byte) {
  if (in.raw == 0) in.first = byte;
  if (in.raw < UINT16_MAX) in.raw++;
  else link_figures.discarded++;
  if (in.overlong) return;
  if (in.left > 0) {
    in.left--;
    keep(byte);
    return;
  }
  if (in.zero) keep(0);
  in.left = (uint8_t)(byte - 1);
  in.zero = byte != 255;
}

/* Only hello does not carry the table in its CRC. */
static uint32_t seed_of(uint8_t id) { return (id & 0x7f) == MESSAGE_HELLO ? 0 : TABLE_HASH; }

static uint16_t word_at(const uint8_t *at) { return (uint16_t)(at[0] | (uint16_t)(at[1] << 8)); }

static bool is_text_word(void) {
  return in.raw == 6 && in.first == '\n' && memcmp(link_inbox, "text\n", 5) == 0;
}

static enum frame_end garbage(void) {
  link_figures.discarded += in.raw;
  return in.overlong ? FRAME_OVERLONG : FRAME_NOTHING;
}

static enum frame_end whole(struct request *request) {
  uint16_t size = (uint16_t)(in.length - CRC);
  uint32_t said;
  memcpy(&said, link_inbox + size, sizeof said);
  if (crc32c(link_inbox, size, seed_of(link_inbox[0])) != said) {
    link_figures.crcErrors++;
    return garbage();
  }
  link_figures.framesIn++;
  request->id = link_inbox[0];
  request->seq = word_at(link_inbox + 2);
  request->oldest = word_at(link_inbox + 4);
  request->payload = link_inbox + HEADER;
  request->length = (uint16_t)(size - HEADER);
  return FRAME_REQUEST;
}

enum frame_end frame_end(struct request *request) {
  enum frame_end end = FRAME_NOTHING;
  if (in.overlong) end = garbage();
  else if (in.left > 0 && is_text_word()) end = FRAME_TEXT_WORD;
  else if (in.left > 0 || (in.raw > 0 && in.length < FRAME_OVERHEAD)) garbage();
  else if (in.raw > 0) end = whole(request);
  frame_start();
  return end;
}

/* The frame to be sent, before the stuffing: header, payload, CRC. */
static struct {
  uint8_t head[HEADER];
  uint8_t crc[CRC];
  const uint8_t *payload;
  uint16_t length;
} out;

static uint8_t byte_at(uint16_t at) {
  if (at < HEADER) return out.head[at];
  at = (uint16_t)(at - HEADER);
  return at < out.length ? out.payload[at] : out.crc[at - out.length];
}

/* Counts what it sends all at once: a count of 64 bits for each byte would take an AVR as long as the byte. */
static void stuff(void) {
  uint16_t size = (uint16_t)(HEADER + out.length + CRC), at = 0, sent = 0;
  bool more = true;
  while (more) {
    uint16_t end = at;
    while (end < size && end - at < 254 && byte_at(end) != 0) end++;
    uint16_t run = (uint16_t)(end - at);
    hal_send((uint8_t)(run + 1));
    while (at < end) hal_send(byte_at(at++));
    sent = (uint16_t)(sent + run + 1);
    more = at < size;
    if (more && run < 254) at++; /* the zero; a last one is followed by an empty block */
  }
  link_figures.bytesOut += sent;
}

static void put_word(uint8_t *at, uint16_t word) {
  at[0] = (uint8_t)word;
  at[1] = (uint8_t)(word >> 8);
}

void frame_send(const struct frame_header *header, const uint8_t *payload, uint16_t length, bool fresh) {
  out.head[0] = header->id;
  out.head[1] = header->flags;
  put_word(out.head + 2, header->seq);
  put_word(out.head + 4, header->re);
  put_word(out.head + 6, header->credits);
  out.payload = payload;
  out.length = length;
  uint32_t crc = crc32c(payload, length, crc32c(out.head, HEADER, seed_of(header->id)));
  memcpy(out.crc, &crc, CRC);
  if (fresh) link_put(0);
  stuff();
  link_put(0);
  link_figures.framesOut++;
}
