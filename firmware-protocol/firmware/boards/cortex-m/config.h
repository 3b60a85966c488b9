/* A Cortex-M4F (MPS2 with the AN386 image, in QEMU) that drives tiles of 128 x 128 cells through a front end on SPI. */
#ifndef MHO_CONFIG_H
#define MHO_CONFIG_H

/* ---- what the hello says (PROTOCOL.md 11) ---- */
#define BOARD_FIRMWARE "mho firmware 0.1, mps2-an386"
#define BOARD_PROFILE "hfox-tsinghua"
#ifndef BOARD_SOURCE
#define BOARD_SOURCE 1 /* 0 simulated, 1 emulated, 2 real */
#endif
#define BOARD_CAPABILITIES                                                                                  \
  (CAPABILITY_PROGRAM | CAPABILITY_PULSE | CAPABILITY_READ_CELLS | CAPABILITY_READ_OUT |                    \
   CAPABILITY_READ_MOMENTS | CAPABILITY_FORWARD)
#define BOARD_TILES 64
#define BOARD_ROWS 128
#define BOARD_COLS 128
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
#define MAX_FRAME 4096 /* bytes of a frame before stuffing */
#define WINDOW 4
#define TICK_HZ 1000000
#ifndef WATCHDOG_MS
#define WATCHDOG_MS 2000 /* real time in an emulator that shares its machine */
#endif

/* ---- sizes ---- */
#define RX_SIZE (WINDOW * (MAX_FRAME + MAX_FRAME / 254 + 5)) /* receive ring; at least one stuffed frame and two delimiters */
#define PLAN_SIZE (UINT32_C(1) << 19)                        /* bytes of the network plan that fits */
#define FORWARD_WIDTH 1024                                   /* most inputs or outputs of one of its layers */
#define ERROR_QUEUE 16                                       /* errors kept, at least 4 */
#define FACTS_SIZE 96                                        /* characters of facts kept with an error; 0: none are said */
#define CRC_TABLE 256                                        /* entries: 256, or 16 where flash is short */
#define FULL_HELP 1                                          /* whether `help` says what a request does */

/* ---- how one cell is read ---- */
#define READ_CODE 127 /* DAC code on its row */
#define READ_RANGE 1  /* of ADC_RANGES: a cell at 20 uS carries 4 uA, all of the lowest */

/* ---- programming ---- */
#define VERIFY_READS 4            /* reads averaged by a verify */
#define READ_SIGMA 450.0f         /* standard deviation of one read, counts */
#define PULSE_THRESHOLD 1.4f      /* volts below which nothing moves */
#define PULSE_AMPLITUDE 4.0f      /* volts of the largest pulse */
#define PULSE_AMPLITUDE_STEP 0.1f /* volts */
#define PULSE_WIDTH 1e-6f         /* seconds */
#define PULSE_STEP 9000.0f        /* counts that the largest pulse moves a cell by, on average */

/* ---- this board's hardware ---- */
#define REST_US 5000u

#endif
