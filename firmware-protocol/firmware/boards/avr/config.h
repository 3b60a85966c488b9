/* An ATmega2560 (8 KiB of RAM) or ATmega328P (2 KiB) at 16 MHz that drives an array through a front end on SPI. The devices are
 * those of profiles/hfox-tsinghua.json. */
#ifndef MHO_CONFIG_H
#define MHO_CONFIG_H

/* ---- what the hello says (PROTOCOL.md 11) ---- */
#ifdef __AVR_ATmega2560__
#define BOARD_FIRMWARE "mho firmware 0.1, atmega2560"
#define BOARD_CAPABILITIES \
  (CAPABILITY_PROGRAM | CAPABILITY_PULSE | CAPABILITY_READ_CELLS | CAPABILITY_READ_OUT | CAPABILITY_READ_MOMENTS)
#define BOARD_ROWS 128
#define BOARD_COLS 128
#define MAX_FRAME 768 /* bytes of a frame before stuffing */
#define WINDOW 2
#define TX_SIZE 1024 /* bytes that wait for the line, a power of two: while one frame leaves, the next is made */
#else
#define BOARD_FIRMWARE "mho firmware 0.1, atmega328p"
#define BOARD_CAPABILITIES (CAPABILITY_PROGRAM | CAPABILITY_PULSE | CAPABILITY_READ_CELLS | CAPABILITY_READ_OUT)
#define BOARD_ROWS 64
#define BOARD_COLS 16
#define MAX_FRAME 176 /* the hello takes 174 */
#define WINDOW 1
#define TX_SIZE 32
#endif
#define BOARD_TILES 64
#define BOARD_PROFILE "hfox-tsinghua"
#ifndef BOARD_SOURCE
#define BOARD_SOURCE 1 /* 0 simulated, 1 emulated, 2 real */
#endif
#define DAC_MIN (-127)
#define DAC_MAX 127
#define DAC_LSB 0.0015748031f /* volts: 0.2 V at 127 */
#define ADC_BITS 12
#define ADC_RANGE_COUNT 8
#define ADC_RANGES {4e-6f, 8e-6f, 16e-6f, 32e-6f, 64e-6f, 128e-6f, 256e-6f, 512e-6f} /* amperes at full scale, rising */
#define CONDUCTANCE_LSB 1e-9f                                                        /* siemens */
#define CONDUCTANCE_MIN 2000                                                         /* counts: where targets must lie */
#define CONDUCTANCE_MAX 20000
#define READ_VOLTAGE_MAX 0.3f
#define PULSE_VOLTAGE_MAX 5.0f
#define PULSE_WIDTH_MAX 1e-4f
#define TICK_HZ 250000
#ifndef WATCHDOG_MS
#define WATCHDOG_MS 1000
#endif

/* ---- sizes ---- */
#define RX_SIZE (WINDOW * (MAX_FRAME + MAX_FRAME / 254 + 5)) /* receive ring; at least one stuffed frame and two delimiters */
#define ERROR_QUEUE 4                                        /* errors kept, at least 4 */
#define FACTS_SIZE 0                                         /* characters of facts kept with an error; 0: none are said */
#define CRC_TABLE 256                                        /* entries: 256, or 16 where flash is short */
#define FULL_HELP 0                                          /* whether `help` says what a request does */

/* ---- how one cell is read ---- */
#define READ_CODE 127 /* DAC code on its row */
#define READ_RANGE 1  /* of ADC_RANGES: a cell at 20 uS carries 4 uA, all of the lowest */

/* ---- programming ---- */
#define VERIFY_READS 20           /* reads averaged by a verify */
#define READ_SIGMA 450.0f         /* standard deviation of one read, counts */
#define PULSE_THRESHOLD 1.4f      /* volts below which nothing moves */
#define PULSE_AMPLITUDE 4.0f      /* volts of the largest pulse */
#define PULSE_AMPLITUDE_STEP 0.1f /* volts */
#define PULSE_WIDTH 1e-6f         /* seconds */
#define PULSE_STEP 9000.0f        /* counts that the largest pulse moves a cell by, on average */

/* ---- this board's hardware ---- */
#ifndef BAUD
#define BAUD 115200 /* 250000, 500000 and 1000000 are exact at 16 MHz */
#endif
#define BUSY_MAX_MS 20 /* a front end that is busy for longer is broken */

#endif
