/* Programming with verify, which needs no host, and single pulses. */
#ifndef MHO_PROGRAM_H
#define MHO_PROGRAM_H

#include "queue.h"

bool program(const struct job *job, const struct message *message, uint16_t *length);
bool pulse(const struct job *job, const struct message *message, uint16_t *length);

#endif
