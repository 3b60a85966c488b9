/* Between the files of this board. */
#ifndef MHO_RP2040_H
#define MHO_RP2040_H

/* The link, over UART (uart.c) or USB (usb.c). */
void serial_start(void);
void serial_interrupt(void);
/* Pins and clock of the bus to the front end (bus.c). */
void bus_start(void);
void pin_interrupt(void);
void timer_interrupt(void);

#endif
