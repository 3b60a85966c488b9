/* The host board: a process on a pipe or PTY whose array is a model. Everything is a number here; where a test wants another
 * one it is given on the compiler's command line. */
#ifndef MHO_CONFIG_H
#define MHO_CONFIG_H

/* ---- what the hello says (PROTOCOL.md 11) ---- */
#define BOARD_FIRMWARE "mho firmware 0.1, host"
#define BOARD_PROFILE "" /* name of the profile that describes the devices, "" if none does */
#define BOARD_SOURCE 1   /* 0 simulated, 1 emulated, 2 real */
/* Bits CAPABILITY_... of core/messages.h; code for the others is left out. */
#define BOARD_CAPABILITIES                                                                            \
  (CAPABILITY_PROGRAM | CAPABILITY_PULSE | CAPABILITY_READ_CELLS | CAPABILITY_READ_OUT |              \
   CAPABILITY_READ_MOMENTS | CAPABILITY_FORWARD)
#ifndef BOARD_TILES
#define BOARD_TILES 2
#define BOARD_ROWS 64
#define BOARD_COLS 64
#endif
#ifndef DAC_MIN
#define DAC_MIN (-127)
#endif
#define DAC_MAX 127
#define DAC_LSB 0.0015748031f /* volts: 0.2 V at 127 */
#define ADC_BITS 12
#define ADC_RANGE_COUNT 2
#define ADC_RANGES {20e-6f, 200e-6f} /* amperes at full scale, rising */
#define CONDUCTANCE_LSB 1e-8f        /* siemens */
#define CONDUCTANCE_MIN 200          /* counts: where targets must lie */
#define CONDUCTANCE_MAX 10000
#define READ_VOLTAGE_MAX 0.2f
#define PULSE_VOLTAGE_MAX 3.0f
#define PULSE_WIDTH_MAX 1e-4f
#ifndef MAX_FRAME
#define MAX_FRAME 2072 /* bytes of a frame before stuffing */
#endif
#ifndef WINDOW
#define WINDOW 4
#endif
#define TICK_HZ 1000000
#ifndef WATCHDOG_MS
#define WATCHDOG_MS 1000
#endif

/* ---- sizes ---- */
#define RX_SIZE (WINDOW * (MAX_FRAME + MAX_FRAME / 254 + 5)) /* receive ring; at least one stuffed frame and two delimiters */
#define ERROR_QUEUE 8                                        /* errors kept, at least 4 */
#ifndef CRC_TABLE
#define CRC_TABLE 256 /* entries: 256, or 16 where flash is short */
#define FACTS_SIZE 96 /* characters of facts kept with an error; 0: none are said */
#define FULL_HELP 1   /* whether `help` says what a request does */
#endif
#ifndef PLAN_SIZE
#define PLAN_SIZE (UINT32_C(1) << 20) /* bytes of the network plan that fits, with CAPABILITY_FORWARD */
#define FORWARD_WIDTH 1024            /* most inputs or outputs of one of its layers */
#endif

/* ---- how one cell is read ---- */
#define READ_CODE 127 /* DAC code on its row */
#define READ_RANGE 0  /* of ADC_RANGES */

/* ---- programming ---- */
#define VERIFY_READS 4             /* reads averaged by a verify */
#define READ_SIGMA 20.0f           /* standard deviation of one read, counts */
#define PULSE_THRESHOLD 0.6f       /* volts below which nothing moves */
#define PULSE_AMPLITUDE 2.0f       /* volts of the largest pulse */
#define PULSE_AMPLITUDE_STEP 0.05f /* volts */
#define PULSE_WIDTH 1e-6f          /* seconds */
#define PULSE_STEP 1500.0f         /* counts that the largest pulse moves a cell by, on average */

#endif
