/* Between the files of this board. */
#ifndef MHO_AVR_H
#define MHO_AVR_H

#include <stdint.h>

/* Pins and clock of the bus to the front end (bus.c). */
void bus_start(void);
/* The UART (uart.c). */
void uart_start(void);
/* The low 16 bits of the board's ticks (hal.c). */
uint16_t timer_now(void);

#endif
