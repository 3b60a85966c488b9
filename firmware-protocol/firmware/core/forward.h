/* Runs the stored network: only inputs and sampled outputs are on the wire. */
#ifndef MHO_FORWARD_H
#define MHO_FORWARD_H

#include "queue.h"

bool forward(const struct job *job, const struct message *message, uint16_t *length);

#endif
