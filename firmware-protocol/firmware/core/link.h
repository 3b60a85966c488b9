/* Bytes in and out: the receive ring, what it counts, and the mode that says what ends something. */
#ifndef MHO_LINK_H
#define MHO_LINK_H

#include "messages.h"

enum link_mode { MODE_TEXT, MODE_BINARY };

/* A request as it arrived, in either mode. Its payload stands in the receive buffer until the next byte is taken. */
struct request {
  const uint8_t *payload;
  uint16_t length;
  uint16_t seq;
  /* The oldest request that the host still waits for; 0xffff where it does not say. */
  uint16_t oldest;
  uint8_t id;
};
#define NO_REQUEST 0xffffu /* an enumerator would not fit an int of 16 bits */
enum { FRAME_OVERHEAD = 12, PAYLOAD_SIZE = MAX_FRAME - FRAME_OVERHEAD };

extern struct link_figures_reply link_figures;
/* Where a request is put together: a decoded frame, or the payload that a line spells. */
extern uint8_t link_inbox[MAX_FRAME];

void link_start(void);
enum link_mode link_mode(void);
void link_set_mode(enum link_mode mode);

/* For the board: a byte has arrived. May be called from an interrupt. What does not fit is dropped up to the next delimiter. */
void link_received(uint8_t byte);
/* For the board: whether a byte waits to be taken. */
bool link_waiting(void);
/* Free bytes of the receive ring. */
uint16_t link_room(void);

/* The next byte that arrived; false where there is none. */
bool link_take(uint8_t *byte);
/* Whether bytes were lost since it was last asked. */
bool link_overran(void);

/* Sends one byte. */
void link_put(uint8_t byte);

#endif
