/* What is watched while a request runs: the host, which must not fall silent, the hardware, and the board's own signs of life. */
#ifndef MHO_WATCH_H
#define MHO_WATCH_H

#include <stdint.h>

void watch_start(void);
/* Something whole arrived from the host. */
void watch_heard(void);
/* A request begins to be carried out. */
void watch_begin(void);
/* Something of the request under way was sent. */
void watch_told(void);
/* Looks at all of it. `done` of `total` cells or samples are told where nothing was sent for 0.1 s. */
void watch(uint32_t done, uint32_t total);
/* What the hardware said when it ended the request under way. */
const char *watch_fault(void);

#endif
