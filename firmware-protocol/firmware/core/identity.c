#include "identity.h"

#include <string.h>

#include "flash.h"
#include "hal.h"
#include "reply.h"
#include "say.h"

static uint32_t boot_id;

void identity_start(void) { boot_id = hal_boot_id(); }

static struct span text_of(const char *text) {
  struct span span = {(const uint8_t *)text, (uint16_t)strlen(text)};
  return span;
}

void identity_hello(uint16_t re) {
  static const float ranges[ADC_RANGE_COUNT] = ADC_RANGES;
  struct hello_reply hello = {
      .major = PROTOCOL_MAJOR,
      .minor = PROTOCOL_MINOR,
      .tableHash = TABLE_HASH,
      .bootId = boot_id,
      .uid = text_of(hal_uid()),
      .firmware = text_of(BOARD_FIRMWARE),
      .source = BOARD_SOURCE,
      .profile = text_of(BOARD_PROFILE),
      .capabilities = BOARD_CAPABILITIES,
      .tiles = BOARD_TILES,
      .rows = BOARD_ROWS,
      .cols = BOARD_COLS,
      .dacMin = DAC_MIN,
      .dacMax = DAC_MAX,
      .dacLsb = DAC_LSB,
      .adcBits = ADC_BITS,
      .adcRanges = {(const uint8_t *)ranges, ADC_RANGE_COUNT},
      .conductanceLsb = CONDUCTANCE_LSB,
      .conductanceMin = CONDUCTANCE_MIN,
      .conductanceMax = CONDUCTANCE_MAX,
      .readVoltageMax = READ_VOLTAGE_MAX,
      .pulseVoltageMax = PULSE_VOLTAGE_MAX,
      .pulseWidthMax = PULSE_WIDTH_MAX,
      .maxFrame = MAX_FRAME,
      .window = WINDOW,
      .tickHz = TICK_HZ,
      .watchdogMs = WATCHDOG_MS,
  };
  reply_with(MESSAGE_HELLO, re, &hello);
}

void identity_banner(void) {
  static const char who[] FLASH = "mho board ", what[] FLASH = ", " BOARD_FIRMWARE ", protocol ";
  static const char boot[] FLASH = ", boot ", try_help[] FLASH = "; try help";
  struct span uid = text_of(hal_uid());
  say_start(NO_REQUEST);
  say_words(who);
  say_text((const char *)uid.at, uid.count);
  say_words(what);
  say_whole(PROTOCOL_MAJOR, false);
  say_character('.');
  say_whole(PROTOCOL_MINOR, false);
  say_words(boot);
  say_hex(boot_id);
  say_words(try_help);
  say_end();
}
