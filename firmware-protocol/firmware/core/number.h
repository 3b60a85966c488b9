/* Numbers as words of a text line. */
#ifndef MHO_NUMBER_H
#define MHO_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

enum { NUMBER_SIZE = 24 }; /* characters of the longest number */

/* Writes a whole number in decimal; gives its characters. */
uint8_t show_whole(uint64_t value, bool negative, char *to);
/* Writes the shortest decimal that reads back as the same single. */
uint8_t show_single(float value, char *to);
/* Reads [+-]digits or 0xhex; false for anything else, or above 2^53. */
bool read_whole(const char *word, uint8_t length, uint64_t *value, bool *negative);
/* Reads a decimal with or without point and exponent; false for anything else, or what no single holds. */
bool read_single(const char *word, uint8_t length, float *value);

#endif
