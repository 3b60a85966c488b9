/* The board's side of the wire: takes requests from the link, answers the urgent ones at once, and carries out the others in their
 * turn. */
#ifndef MHO_ENDPOINT_H
#define MHO_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>

/* After hal_start: everything as after power-up, and the banner. */
void endpoint_start(void);
/* Takes what has arrived and carries out one request; false where there was nothing to do. */
bool endpoint_step(void);

/* For what carries out a request, between cells, pulses and samples: takes what has arrived, answers what is urgent, watches the
 * host and the hardware, and gives a sign of life. False where the request must end. */
bool attend(uint32_t done, uint32_t total);

#endif
