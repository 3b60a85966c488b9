/* Who the board is, out of config.h and the HAL. */
#ifndef MHO_IDENTITY_H
#define MHO_IDENTITY_H

#include <stdint.h>

/* Asks the HAL for the boot id. */
void identity_start(void);
/* Answers `hello`. */
void identity_hello(uint16_t re);
/* A line for people, without CRC: uid, firmware, boot id. */
void identity_banner(void);

#endif
