#include "link.h"

#include <string.h>

#include "hal.h"

struct link_figures_reply link_figures;
uint8_t link_inbox[MAX_FRAME];

/* The interrupt moves `head`, the main loop `tail`; one byte stays free, so that full and empty differ. */
static volatile uint8_t ring[RX_SIZE];
static volatile uint16_t head, tail;
/* Bytes dropped by the interrupt and not yet counted; `lost` until a delimiter has shown where the next frame begins. */
static volatile uint16_t dropped;
static volatile bool lost, overran;
static volatile uint8_t mode;

void link_start(void) {
  hal_lock();
  head = tail = dropped = 0;
  lost = overran = false;
  mode = MODE_TEXT;
  hal_unlock();
  memset(&link_figures, 0, sizeof link_figures);
}

enum link_mode link_mode(void) { return (enum link_mode)mode; }
void link_set_mode(enum link_mode next) { mode = (uint8_t)next; }

static uint16_t after(uint16_t at) { return at + 1u == RX_SIZE ? 0 : (uint16_t)(at + 1); }

void link_received(uint8_t byte) {
  uint16_t next = after(head);
  if (next == tail) lost = true;
  if (lost && (next == tail || byte != (mode == MODE_BINARY ? 0 : '\n'))) {
    if (dropped < UINT16_MAX) dropped++;
    overran = true;
    return;
  }
  lost = false;
  ring[head] = byte;
  head = next;
}

bool link_waiting(void) { return head != tail; }

uint16_t link_room(void) {
  hal_lock();
  uint16_t used = (uint16_t)(head >= tail ? head - tail : head + RX_SIZE - tail);
  hal_unlock();
  return (uint16_t)(RX_SIZE - 1 - used);
}

bool link_take(uint8_t *byte) {
  hal_lock();
  bool waiting = head != tail;
  if (waiting) {
    *byte = ring[tail];
    tail = after(tail);
  }
  hal_unlock();
  if (waiting) link_figures.bytesIn++;
  return waiting;
}

bool link_overran(void) {
  if (!overran) return false;
  hal_lock();
  overran = false;
  uint16_t count = dropped;
  dropped = 0;
  hal_unlock();
  link_figures.bytesIn += count;
  link_figures.discarded += count;
  return true;
}

void link_put(uint8_t byte) {
  link_figures.bytesOut++;
  hal_send(byte);
}
