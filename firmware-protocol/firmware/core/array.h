/* The array through the HAL: what is driven, what is read, and counts of both. */
#ifndef MHO_ARRAY_H
#define MHO_ARRAY_H

#include <stdbool.h>
#include <stdint.h>

/* Counts from 0, lines in the safe state. */
void array_start(void);
/* All lines to the safe state. */
void array_idle(void);
bool array_is_idle(void);
/* Pulses given and samples taken since the start. */
uint64_t array_pulses(void);
uint64_t array_read_outs(void);

/* Makes a tile the selected one, all rows at 0 V. */
void array_select(uint16_t tile);
void array_drive(uint16_t row, int16_t code);
/* One sample: converts columns of the selected tile. Gives how many codes stand at an end of the converter's range. */
uint16_t array_sample(uint16_t col, uint16_t cols, uint8_t range, int16_t *codes);
/* The conductance of one cell of the selected tile, read once: counts of CONDUCTANCE_LSB, not rounded. */
float array_read_cell(uint16_t row, uint16_t col);
/* One pulse, within the limits, on one cell of the selected tile. */
void array_pulse(uint16_t row, uint16_t col, uint8_t polarity, float amplitude, float width);
/* A conductance as it travels: rounded, and held at the ends of 16 bits. */
int16_t array_counts(float conductance);

#endif
