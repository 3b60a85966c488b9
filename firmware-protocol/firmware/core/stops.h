/* `abort` and `idle`: answered once what they ended has its own answer. */
#ifndef MHO_STOPS_H
#define MHO_STOPS_H

#include <stdint.h>

/* Ends what runs, with `idle` also what waits. */
void stops_take(uint8_t id, uint16_t seq);
/* Answers those whose work is over. */
void stops_answer(void);
void stops_clear(void);

#endif
