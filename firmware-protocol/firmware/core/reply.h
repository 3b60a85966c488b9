/* What the board sends, in either mode. */
#ifndef MHO_REPLY_H
#define MHO_REPLY_H

#include "link.h"
#include "refusal.h"

enum { FLAG_LAST = 1 };

/* The answer of the request of the queue that is under way, or its items; after a change it is kept here to be said again. */
extern uint8_t reply_work[PAYLOAD_SIZE];

void reply_start(void);
/* Sends the reply to request `re`, or an event of it, from a struct; the payload is made in a small buffer of its own, never in
 * `reply_work`. Null for a message without fields. */
void reply_with(uint8_t id, uint16_t re, const void *values);
/* Sends a payload that was made in `reply_work`. */
void reply_from_work(uint8_t id, uint16_t re, uint16_t length);
/* Sends a message from a struct by way of `reply_work`, where its spans may lie. */
void reply_work_with(uint8_t id, uint16_t re, const void *values);
/* Sends the refusal in hand, and queues it. */
void reply_refusal(uint16_t re);
/* A line for people, a text in RAM. */
void reply_log(const char *text);
/* The refusal in hand as a payload in `reply_work`; gives its length. Queues it. */
uint16_t reply_refusal_work(void);
/* Says `ok` and the word of text mode. */
void reply_command(uint8_t command);
/* The next frame begins with a delimiter, whatever it is. */
void reply_afresh(void);

#endif
