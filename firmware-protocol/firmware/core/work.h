/* Carries out the requests of the queue. */
#ifndef MHO_WORK_H
#define MHO_WORK_H

#include "queue.h"

void work_start(void);
/* Carries out the first request of the queue, answers it unless its session ended meanwhile, and takes it off the queue. */
void work(struct job *job);

#endif
