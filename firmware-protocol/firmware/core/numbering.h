/* What a board remembers so that nothing happens twice (PROTOCOL.md 5): the number of its last change, whose answer stands in
 * `reply_work`, and the oldest number that the host still waits for. */
#ifndef MHO_NUMBERING_H
#define MHO_NUMBERING_H

#include <stdbool.h>
#include <stdint.h>

enum verdict { VERDICT_NEW, VERDICT_STALE, VERDICT_KEPT };
struct kept_answer {
  uint16_t seq, length;
  uint8_t id;
};

/* What to do with request `seq` of a host that still waits for `oldest`; NO_REQUEST: it does not say. */
enum verdict numbering_judge(uint16_t seq, uint16_t oldest, struct kept_answer *kept);
/* Whether the host has given up waiting for this request. */
bool numbering_closed(uint16_t seq);
void numbering_keep(const struct kept_answer *answer);
/* A further request of the queue shows that the host has the kept answer. */
void numbering_release(void);
/* Whether a host said hello since the session before ended. */
bool numbering_greeted(void);
void numbering_greet(void);
/* The session ends. */
void numbering_end(void);

#endif
