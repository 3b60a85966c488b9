/* The bus to the front end of docs/board-sheet.md, as a board gives it to front-end.c. */
#ifndef MHO_BUS_H
#define MHO_BUS_H

#include <stdbool.h>
#include <stdint.h>

/* Sends `count` bytes in one fall and rise of chip select. They may go later, but in order, and before anything is asked. */
void bus_send(const uint8_t *bytes, uint16_t count);
/* As bus_send, at once and together with all that was put off. */
void bus_send_now(const uint8_t *bytes, uint16_t count);
/* Waits until BUSY has fallen, then sends `command` and takes `count` bytes behind it. False where BUSY stays high: nothing is
 * taken. */
bool bus_ask(uint8_t command, uint8_t *answer, uint16_t count);
/* Waits until BUSY has fallen; false where it stays high. */
bool bus_settled(void);

#endif
