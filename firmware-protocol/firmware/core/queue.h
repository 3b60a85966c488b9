/* Requests in the order in which they came, carried out one after another. The first one may be under way. */
#ifndef MHO_QUEUE_H
#define MHO_QUEUE_H

#include "link.h"

/* Why a request is ended. */
enum stop { STOP_NOT, STOP_ABORT, STOP_IDLE, STOP_WATCHDOG, STOP_GIVEN_UP, STOP_FAULT, STOP_SESSION };

struct job {
  uint16_t seq, length;
  uint8_t id;
  uint8_t stopped; /* an enum stop */
  uint8_t payload[PAYLOAD_SIZE];
};

void queue_start(void);
/* The request that is under way or comes next; null where there is none. */
struct job *queue_first(void);
/* The request under way, null where nothing is. */
struct job *queue_running(void);
void queue_begin(void);
/* The first one is over. */
void queue_next(void);

/* False where the queue is full. */
bool queue_add(const struct request *request);
/* Whether there is room, or soon will be: the request under way is ending. */
bool queue_full(void);
bool queue_stopping(void);
bool queue_holds(uint16_t seq);
/* Ends what runs after the cell or sample in hand; with `all` also what waits. */
void queue_stop(enum stop why, bool all);
/* Lets go of requests that the host has given up. */
void queue_forget(bool (*given_up)(uint16_t seq));
/* Ends everything, and answers nothing. */
void queue_clear(void);

#endif
