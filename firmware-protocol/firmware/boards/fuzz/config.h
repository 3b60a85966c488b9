/* The host board's constants, small enough that the fuzzer reaches the ends of every buffer. */
#define MAX_FRAME 128
#define WINDOW 2
#define BOARD_TILES 2
#define BOARD_ROWS 12
#define BOARD_COLS 10
#define WATCHDOG_MS 5
#define PLAN_SIZE 1024
#define FORWARD_WIDTH 40
#include "../host/config.h"
