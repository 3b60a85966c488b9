/* The host board's insides. */
#ifndef MHO_HOST_BOARD_H
#define MHO_HOST_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "config.h"

/* What the array file holds first, for tests to read; the array follows: float siemens[], then uint32_t pulses[], of all tiles. */
struct array_head {
  char magic[8]; /* "mhoarray" */
  uint32_t tiles, rows, cols;
  uint32_t boots;      /* starts so far */
  uint64_t last_pulse; /* ticks */
  uint64_t last_safe;  /* ticks when hal_safe was called last */
  uint32_t driven;     /* whether a line has a voltage */
  uint32_t noise;      /* random numbers taken, wrapping */
};
extern struct array_head *array_head;

struct host_options {
  uint64_t seed;
  const char *array; /* path of the array file, null for none: the array then ends with the process */
  const char *uid;
  uint32_t pulse_time, read_time; /* microseconds of board time that a pulse and a conversion take, above the real time */
  uint32_t stuck;                 /* one cell of so many does not move; 0: none */
  uint32_t noise;                 /* per cent of READ_SIGMA */
  int32_t offset;                 /* codes that the converter adds in odd columns */
  uint32_t fault_after;           /* conversions after which the converter fails once; 0: never */
};
extern struct host_options host_options;

void host_options_read(void);
/* A power cut: does not return. */
void host_restart(void);

void model_start(void);
/* A number from 0 to 1, of the board's own sequence; a standard normal. */
double model_uniform(void);
double model_normal(void);

/* Whether the converter has failed since it was last asked. */
bool model_failed(void);

/* Board time goes on by so much. */
void clock_spend(uint32_t microseconds);

#endif
