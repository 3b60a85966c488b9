/* Between the files of mini-Firmata. */
#ifndef MHO_MINI_FIRMATA_H
#define MHO_MINI_FIRMATA_H

#include <stdbool.h>
#include <stdint.h>

/* Pin modes, as Firmata numbers them. */
enum mode { MODE_INPUT = 0, MODE_OUTPUT = 1, MODE_ANALOG = 2, MODE_PWM = 3, MODE_I2C = 6, MODE_PULLUP = 11 };

#ifdef __AVR_ATmega2560__
enum { PINS = 70, FIRST_ANALOG = 54, ANALOG_PINS = 16 };
#else
enum { PINS = 20, FIRST_ANALOG = 14, ANALOG_PINS = 6 };
#endif
enum { PORTS = (PINS + 7) / 8 };

/* Pins (pins.c). A pin that the board has not, or cannot do what is asked, is left alone. */
bool pin_can(uint8_t pin, uint8_t mode);
uint8_t pin_mode(uint8_t pin);
void pin_set_mode(uint8_t pin, uint8_t mode);
void pin_write(uint8_t pin, bool high);
void pin_pwm(uint8_t pin, uint16_t duty); /* 0 ... 255 */
uint16_t pin_state(uint8_t pin);          /* what was written last; of an input, its level */
uint8_t port_levels(uint8_t port);        /* of eight pins */
uint16_t analog_read(uint8_t channel);    /* 0 ... 1023 */
void pins_start(void);
void pins_safe(void); /* every output low, PWM too */

/* I2C at 400 kHz, polled (twi.c). Each is false where nobody answers. */
void twi_start(void);
bool twi_write(uint8_t address, const uint8_t *bytes, uint8_t count);
bool twi_read(uint8_t address, uint8_t *bytes, uint8_t count);

/* The line (uart.c). */
void uart_start(void);
int16_t uart_take(void); /* a byte, or -1 */
bool uart_empty(void);
void uart_send(uint8_t byte);

/* Milliseconds since the start (main.c). */
uint16_t now_ms(void);

/* Watchdog over the host (watch.c). While `watch_tripped`, nothing is driven. */
struct figures {
  uint32_t bytes_in, bytes_out, messages_in, messages_out;
};
extern struct figures figures;
bool watch_tripped(void);
void watch_set(uint16_t milliseconds);
void watch_heard(void);
void watch_look(void);
uint8_t watch_flags(void); /* bit 0: it watches; bit 1: it has tripped */

/* Firmata (firmata.c). */
void firmata_start(void);
void firmata_take(uint8_t byte);
void firmata_report(void); /* inputs that changed; analog pins when they are due */

/* Sysex messages (sysex.c). */
extern uint16_t sampling_interval;
void sysex(uint8_t *bytes, uint8_t count);
void say_version(void);
void say_firmware(void);
void say_begin(uint8_t first);
void say_14(uint16_t value);
void say_end(void);

#endif
