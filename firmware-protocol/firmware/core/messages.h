/* Generated from firmware-protocol/messages.ts by `npm run gen`: change that instead. */
#ifndef MHO_MESSAGES_H
#define MHO_MESSAGES_H

#include "fields.h"

#define PROTOCOL_MAJOR 1
#define PROTOCOL_MINOR 0
#define TABLE_HASH UINT32_C(0xd439982a)

#define CAPABILITY_PROGRAM 1u
#define CAPABILITY_PULSE 2u
#define CAPABILITY_READ_CELLS 4u
#define CAPABILITY_READ_OUT 8u
#define CAPABILITY_READ_MOMENTS 16u
#define CAPABILITY_FORWARD 32u

enum message_id {
  MESSAGE_HELLO = 0x01,
  MESSAGE_PING = 0x02,
  MESSAGE_SENSE = 0x03,
  MESSAGE_IDLE = 0x04,
  MESSAGE_ABORT = 0x05,
  MESSAGE_NEXT_ERROR = 0x06,
  MESSAGE_LINK_FIGURES = 0x07,
  MESSAGE_TEXT_MODE = 0x08,
  MESSAGE_PROGRAM = 0x10,
  MESSAGE_PULSE = 0x11,
  MESSAGE_READ_CELLS = 0x12,
  MESSAGE_READ_OUT = 0x13,
  MESSAGE_READ_MOMENTS = 0x14,
  MESSAGE_STORE_PLAN = 0x15,
  MESSAGE_PLAN = 0x16,
  MESSAGE_FORWARD = 0x17,
  MESSAGE_CHUNK = 0x40,
  MESSAGE_PROGRESS = 0x41,
  MESSAGE_LOG = 0x42,
  MESSAGE_REFUSED = 0x7f,
};

enum refusal_code {
  REFUSAL_NONE,
  REFUSAL_UNKNOWN_MESSAGE,
  REFUSAL_MALFORMED,
  REFUSAL_OUT_OF_ARRAY,
  REFUSAL_OVER_LIMIT,
  REFUSAL_BUSY,
  REFUSAL_ABORTED,
  REFUSAL_HARDWARE,
  REFUSAL_OVERFLOW,
  REFUSAL_NO_SESSION,
  REFUSAL_NO_PLAN,
};

enum cell_outcome {
  OUTCOME_SETTLED,
  OUTCOME_NOT_SETTLED,
  OUTCOME_STUCK,
  OUTCOME_ABORTED,
};

struct hello_request {
  uint8_t major;
  uint8_t minor;
  uint32_t tableHash;
};

struct hello_reply {
  uint8_t major;
  uint8_t minor;
  uint32_t tableHash;
  uint32_t bootId;
  struct span uid;
  struct span firmware;
  uint8_t source;
  struct span profile;
  uint32_t capabilities;
  uint16_t tiles;
  uint16_t rows;
  uint16_t cols;
  int16_t dacMin;
  int16_t dacMax;
  float dacLsb;
  uint8_t adcBits;
  struct span adcRanges;
  float conductanceLsb;
  int16_t conductanceMin;
  int16_t conductanceMax;
  float readVoltageMax;
  float pulseVoltageMax;
  float pulseWidthMax;
  uint16_t maxFrame;
  uint8_t window;
  uint32_t tickHz;
  uint32_t watchdogMs;
};

struct ping_request {
  uint32_t token;
};

struct ping_reply {
  uint32_t token;
  uint64_t ticks;
};

struct sense_reply {
  float temperature;
  float supply;
  uint64_t ticks;
  uint64_t pulses;
  uint64_t readOuts;
  uint8_t idle;
};

struct idle_reply {
  uint64_t ticks;
};

struct next_error_reply {
  uint8_t code;
  struct span facts;
  uint8_t left;
};

struct link_figures_reply {
  uint32_t framesIn;
  uint32_t framesOut;
  uint64_t bytesIn;
  uint64_t bytesOut;
  uint32_t crcErrors;
  uint32_t discarded;
  uint32_t duplicates;
};

struct program_request {
  uint16_t tile;
  uint16_t row;
  uint16_t col;
  uint16_t rows;
  uint16_t cols;
  int16_t tolerance;
  uint16_t maxPulses;
  struct span targets;
};

struct program_reply {
  struct span outcomes;
  struct span pulses;
  struct span conductances;
};

struct pulse_request {
  uint16_t tile;
  uint16_t row;
  uint16_t col;
  uint8_t polarity;
  float amplitude;
  float width;
};

struct pulse_reply {
  uint64_t pulses;
};

struct read_cells_request {
  uint16_t tile;
  uint16_t row;
  uint16_t col;
  uint16_t rows;
  uint16_t cols;
  uint16_t repeats;
};

struct read_cells_reply {
  struct span conductances;
};

struct read_out_request {
  uint16_t tile;
  uint16_t row;
  uint16_t col;
  uint16_t rows;
  uint16_t cols;
  uint8_t range;
  uint16_t vectors;
  uint16_t repeats;
  uint32_t firstSample;
  uint8_t zeros;
  struct span inputs;
  struct span chunks;
};

struct read_out_reply {
  uint16_t chunks;
  uint32_t crc;
  uint32_t saturated;
  uint64_t ticks;
};

struct read_moments_request {
  uint16_t tile;
  uint16_t row;
  uint16_t col;
  uint16_t rows;
  uint16_t cols;
  uint8_t range;
  uint16_t vectors;
  uint16_t repeats;
  uint32_t firstSample;
  uint8_t zeros;
  struct span inputs;
  struct span chunks;
};

struct read_moments_reply {
  uint16_t chunks;
  uint32_t crc;
  uint32_t saturated;
  uint64_t ticks;
};

struct store_plan_request {
  uint32_t size;
  uint32_t at;
  struct span piece;
};

struct store_plan_reply {
  uint32_t stored;
};

struct plan_reply {
  uint32_t size;
  uint32_t crc;
  uint32_t room;
};

struct forward_request {
  uint32_t plan;
  uint16_t items;
  uint16_t samples;
  uint32_t firstItem;
  uint32_t seed;
  struct span inputs;
  struct span chunks;
};

struct forward_reply {
  uint16_t chunks;
  uint32_t crc;
  uint32_t saturated;
  uint64_t ticks;
  uint32_t clipped;
  uint32_t short_;
};

struct chunk_reply {
  uint16_t chunk;
  uint64_t ticks;
  struct span items;
};

struct progress_reply {
  uint32_t done;
  uint32_t total;
  uint64_t pulses;
};

struct log_reply {
  struct span line;
};

struct refused_reply {
  uint8_t code;
  struct span facts;
};

#define MESSAGE_COUNT 20
#define REFUSAL_COUNT 11
#define COMMAND_COUNT 3
#define ALIAS_COUNT 2
#define FALLBACK_COUNT 8
enum command {
  COMMAND_HELP,
  COMMAND_TEXT,
  COMMAND_BINARY,
};

/* All of these are in flash: flash.h. */
extern const struct message message_table[MESSAGE_COUNT];
extern const char *const refusal_names[REFUSAL_COUNT];
extern const struct word command_table[COMMAND_COUNT];
extern const struct word alias_table[ALIAS_COUNT]; /* `id` is that of the message */
extern const struct fallback fallback_table[FALLBACK_COUNT];

#endif
