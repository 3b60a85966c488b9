/* What a board gives the core: its lines, its time, its link. Every board writes these functions once (boards/NAME/hal.c);
 * nothing else of the firmware knows the hardware. The core calls them from its main loop only, never from an interrupt. */
#ifndef MHO_HAL_H
#define MHO_HAL_H

#include <stdbool.h>
#include <stdint.h>

/* ---- start ---- */

/* Clocks, pins, converters, the link; ends with all lines in the safe state. */
void hal_start(void);
/* Differs from start to start: random, or a counter in EEPROM. Asked once, after hal_start. */
uint32_t hal_boot_id(void);
/* The board's name for good: at most 32 printable ASCII, zero-terminated, in RAM. */
const char *hal_uid(void);

/* ---- link ---- */

/* The board hands every byte that arrives to `link_received` (core/link.h), from its receive interrupt or from here.
 * Called between cells and samples and while the firmware waits; a board with a receive interrupt leaves it empty. */
void hal_poll(void);
/* Nothing to do: may sleep, but comes back as soon as a byte has arrived, and at least every 10 ms. Must not sleep where a byte
 * arrived after the core last looked: look at `link_waiting()` with interrupts off, then sleep. */
void hal_rest(void);
/* Puts a byte on the line; waits for room where the transmit buffer is full. */
void hal_send(uint8_t byte);
/* A frame or line is over: whatever `hal_send` holds back goes now. */
void hal_flush(void);
/* The receive interrupt off and on again, around a few instructions. Empty where `link_received` is called from hal_poll. */
void hal_lock(void);
void hal_unlock(void);

/* ---- time ---- */

/* TICK_HZ since the start; never goes back, never wraps: a board whose timer has 16 or 32 bits carries over. */
uint64_t hal_ticks(void);

/* ---- lines ---- */

/* No voltage on any line, at once. Also ends a pulse. */
void hal_safe(void);
/* Connects the converters to a tile (0 ... BOARD_TILES - 1). All rows are at 0 V afterwards. */
void hal_select(uint16_t tile);
/* Puts a row of the selected tile at `code` times DAC_LSB volts; it stays there until it is driven again or hal_safe. */
void hal_drive(uint16_t row, int16_t code);
/* Converts `cols` columns of the selected tile from `col` on, after the time they need to settle. `codes` gets one code each,
 * held at the ends of ADC_BITS: one code is ADC_RANGES[range] / 2^(ADC_BITS - 1) amperes. */
void hal_convert(uint16_t col, uint16_t cols, uint8_t range, int16_t *codes);
/* One pulse of `amplitude` volts and `width` seconds (both within the limits of config.h) on one cell of the selected tile;
 * polarity 0 raises its conductance, 1 lowers it. All lines are at 0 V before and afterwards. */
void hal_pulse(uint16_t row, uint16_t col, uint8_t polarity, float amplitude, float width);

/* ---- condition ---- */

float hal_temperature(void); /* kelvin */
float hal_supply(void);      /* volts */
/* What went wrong since it was last asked (converter, supply, array): at most 96 printable ASCII, in RAM; null where nothing did.
 * Asked after each cell and sample; the core then ends what runs with the refusal `hardware` and calls hal_safe. */
const char *hal_fault(void);

#endif
