/* What happens when the host is silent: every output low, and I2C parts back to what they are at power-up. */
#include "mini.h"

struct figures figures;
static uint16_t limit, heard_at; /* milliseconds; limit 0: nobody watches */
static bool tripped;

bool watch_tripped(void) { return tripped; }

/* Watches from now on, and lets outputs be driven again; 0 ends the watch. At most half the clock's turn. */
void watch_set(uint16_t milliseconds) {
  limit = milliseconds > 16383 ? 16383 : milliseconds;
  tripped = false;
  watch_heard();
}

void watch_heard(void) { heard_at = now_ms(); }

void watch_look(void) {
  if (limit == 0 || tripped || (uint16_t)(now_ms() - heard_at) < limit) return;
  tripped = true;
  pins_safe();
  const uint8_t reset = 0x06; /* general call: UM10204 3.1.14; MCP4728 goes back to what its EEPROM says */
  twi_write(0, &reset, 1);
}

uint8_t watch_flags(void) { return (uint8_t)((limit != 0 ? 1 : 0) | (tripped ? 2 : 0)); }
