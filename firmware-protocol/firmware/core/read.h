/* Reads: single cells, samples of all columns, and the sums of many. */
#ifndef MHO_READ_H
#define MHO_READ_H

#include "queue.h"

bool read_cells(const struct job *job, const struct message *message, uint16_t *length);
bool read_out(const struct job *job, const struct message *message, uint16_t *length);
bool read_moments(const struct job *job, const struct message *message, uint16_t *length);

#endif
