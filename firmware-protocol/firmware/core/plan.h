/* The network plan that the board holds (PROTOCOL.md 9). */
#ifndef MHO_PLAN_H
#define MHO_PLAN_H

#include "queue.h"

void plan_clear(void);
bool store_plan(const struct job *job, const struct message *message, uint16_t *length);
bool describe_plan(const struct message *message, uint16_t *length);

#endif
