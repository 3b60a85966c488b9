/* The host board's constants, with room for the longest vector. */
#define MAX_FRAME 4096
#include "../host/config.h"
