/* The array: a linear switch with spread for pulses, Gaussian read noise, kept in a file where one is given, so that it outlives
 * the process as cells outlive a power cut. */
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "board.h"
#include "hal.h"

enum { CELLS = BOARD_TILES * BOARD_ROWS * BOARD_COLS, SIZE = sizeof(struct array_head) + 8 * CELLS };
static const double pi = 3.14159265358979323846, spread = 0.3, headroom = 1.2;

struct array_head *array_head;
static float *siemens;
static uint32_t *pulses;
static uint16_t tile;
static int16_t driven[BOARD_ROWS];
static uint32_t conversions;

/* splitmix64 (Steele, Lea & Flood 2014) at the next place of the sequence. */
static uint64_t hashed(uint64_t x) {
  x += UINT64_C(0x9e3779b97f4a7c15);
  x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
  return x ^ x >> 31;
}

double model_uniform(void) {
  uint64_t number = hashed(hashed(host_options.seed) ^ ++array_head->noise);
  return ((double)(number >> 11) + 0.5) / 9007199254740992.0;
}

double model_normal(void) {
  double radius = sqrt(-2 * log(model_uniform()));
  return radius * cos(2 * pi * model_uniform());
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void *memory(void) {
  if (host_options.array == NULL) return calloc(1, SIZE);
  int file = open(host_options.array, O_RDWR | O_CREAT, 0644);
  if (file < 0 || ftruncate(file, SIZE) != 0) fail(host_options.array);
  void *map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (map == MAP_FAILED) fail("mmap");
  close(file);
  return map;
}

/* A new array: all cells near the low end. */
static void form(void) {
  memcpy(array_head->magic, "mhoarray", 8);
  array_head->tiles = BOARD_TILES;
  array_head->rows = BOARD_ROWS;
  array_head->cols = BOARD_COLS;
  for (uint32_t i = 0; i < CELLS; i++)
    siemens[i] = (float)(CONDUCTANCE_LSB * CONDUCTANCE_MIN * (1 + 0.5 * model_uniform()));
}

void model_start(void) {
  array_head = memory();
  siemens = (float *)(array_head + 1);
  pulses = (uint32_t *)(siemens + CELLS);
  if (memcmp(array_head->magic, "mhoarray", 8) != 0) form();
  array_head->boots++;
}

uint32_t hal_boot_id(void) { return (uint32_t)hashed(host_options.seed ^ ((uint64_t)array_head->boots << 32)); }

void hal_safe(void) {
  memset(driven, 0, sizeof driven);
  array_head->driven = 0;
  array_head->last_safe = hal_ticks();
}

void hal_select(uint16_t wanted) {
  memset(driven, 0, sizeof driven);
  tile = wanted;
}

void hal_drive(uint16_t row, int16_t code) {
  driven[row] = code;
  array_head->driven |= code != 0;
}

static uint32_t cell_at(uint16_t row, uint16_t col) { return ((uint32_t)tile * BOARD_ROWS + row) * BOARD_COLS + col; }

void hal_convert(uint16_t col, uint16_t cols, uint8_t range, int16_t *codes) {
  static const float ranges[ADC_RANGE_COUNT] = ADC_RANGES;
  static double current[BOARD_COLS];
  const double top = 1 << (ADC_BITS - 1), sigma = (double)(READ_SIGMA * CONDUCTANCE_LSB) * host_options.noise / 100;
  double power = 0;
  memset(current, 0, sizeof current);
  for (uint16_t row = 0; row < BOARD_ROWS; row++) {
    double volts = driven[row] * (double)DAC_LSB;
    if (driven[row] == 0) continue;
    power += volts * volts;
    for (uint16_t i = 0; i < cols; i++) current[i] += volts * siemens[cell_at(row, (uint16_t)(col + i))];
  }
  for (uint16_t i = 0; i < cols; i++) {
    double amps = current[i] + sqrt(power) * sigma * model_normal();
    double offset = (col + i) % 2 == 1 ? host_options.offset : 0;
    double code = floor(amps / ranges[range] * top + offset + 0.5);
    codes[i] = (int16_t)(code >= top ? top - 1 : code < -top ? -top : code);
  }
  conversions++;
  clock_spend(host_options.read_time);
}

bool model_failed(void) {
  bool failed = host_options.fault_after > 0 && conversions >= host_options.fault_after;
  if (failed) host_options.fault_after = 0;
  return failed;
}

static bool is_stuck(uint32_t cell) { return host_options.stuck > 0 && hashed(host_options.seed + cell) % host_options.stuck == 0; }

void hal_pulse(uint16_t row, uint16_t col, uint8_t polarity, float amplitude, float width) {
  const double window = CONDUCTANCE_LSB * (double)CONDUCTANCE_MAX, step = CONDUCTANCE_LSB * (double)PULSE_STEP;
  uint32_t cell = cell_at(row, col);
  double drive = ((double)amplitude - PULSE_THRESHOLD) / (PULSE_AMPLITUDE - PULSE_THRESHOLD);
  double change = step * fmax(0, drive) * width / PULSE_WIDTH * (1 + spread * model_normal());
  double moved = siemens[cell] + (polarity == 0 ? change : -change);
  if (!is_stuck(cell)) siemens[cell] = (float)fmin(headroom * window, fmax(0, moved));
  pulses[cell]++;
  clock_spend(host_options.pulse_time);
  array_head->last_pulse = hal_ticks();
}
