/* Generated from firmware-protocol/messages.ts by `npm run gen`: change that instead. */
#include "messages.h"

#include <stddef.h>

#include "flash.h"

static const char name_major[] FLASH = "major";
static const char name_minor[] FLASH = "minor";
static const char name_table_hash[] FLASH = "tableHash";
static const char name_boot_id[] FLASH = "bootId";
static const char name_uid[] FLASH = "uid";
static const char name_firmware[] FLASH = "firmware";
static const char name_source[] FLASH = "source";
static const char name_profile[] FLASH = "profile";
static const char name_capabilities[] FLASH = "capabilities";
static const char name_tiles[] FLASH = "tiles";
static const char name_rows[] FLASH = "rows";
static const char name_cols[] FLASH = "cols";
static const char name_dac_min[] FLASH = "dacMin";
static const char name_dac_max[] FLASH = "dacMax";
static const char name_dac_lsb[] FLASH = "dacLsb";
static const char name_adc_bits[] FLASH = "adcBits";
static const char name_adc_ranges[] FLASH = "adcRanges";
static const char name_conductance_lsb[] FLASH = "conductanceLsb";
static const char name_conductance_min[] FLASH = "conductanceMin";
static const char name_conductance_max[] FLASH = "conductanceMax";
static const char name_read_voltage_max[] FLASH = "readVoltageMax";
static const char name_pulse_voltage_max[] FLASH = "pulseVoltageMax";
static const char name_pulse_width_max[] FLASH = "pulseWidthMax";
static const char name_max_frame[] FLASH = "maxFrame";
static const char name_window[] FLASH = "window";
static const char name_tick_hz[] FLASH = "tickHz";
static const char name_watchdog_ms[] FLASH = "watchdogMs";
static const char name_token[] FLASH = "token";
static const char name_ticks[] FLASH = "ticks";
static const char name_temperature[] FLASH = "temperature";
static const char name_supply[] FLASH = "supply";
static const char name_pulses[] FLASH = "pulses";
static const char name_read_outs[] FLASH = "readOuts";
static const char name_idle[] FLASH = "idle";
static const char name_code[] FLASH = "code";
static const char name_facts[] FLASH = "facts";
static const char name_left[] FLASH = "left";
static const char name_frames_in[] FLASH = "framesIn";
static const char name_frames_out[] FLASH = "framesOut";
static const char name_bytes_in[] FLASH = "bytesIn";
static const char name_bytes_out[] FLASH = "bytesOut";
static const char name_crc_errors[] FLASH = "crcErrors";
static const char name_discarded[] FLASH = "discarded";
static const char name_duplicates[] FLASH = "duplicates";
static const char name_tile[] FLASH = "tile";
static const char name_row[] FLASH = "row";
static const char name_col[] FLASH = "col";
static const char name_tolerance[] FLASH = "tolerance";
static const char name_max_pulses[] FLASH = "maxPulses";
static const char name_targets[] FLASH = "targets";
static const char name_outcomes[] FLASH = "outcomes";
static const char name_conductances[] FLASH = "conductances";
static const char name_polarity[] FLASH = "polarity";
static const char name_amplitude[] FLASH = "amplitude";
static const char name_width[] FLASH = "width";
static const char name_repeats[] FLASH = "repeats";
static const char name_range[] FLASH = "range";
static const char name_vectors[] FLASH = "vectors";
static const char name_first_sample[] FLASH = "firstSample";
static const char name_zeros[] FLASH = "zeros";
static const char name_inputs[] FLASH = "inputs";
static const char name_chunks[] FLASH = "chunks";
static const char name_crc[] FLASH = "crc";
static const char name_saturated[] FLASH = "saturated";
static const char name_size[] FLASH = "size";
static const char name_at[] FLASH = "at";
static const char name_piece[] FLASH = "piece";
static const char name_stored[] FLASH = "stored";
static const char name_room[] FLASH = "room";
static const char name_plan[] FLASH = "plan";
static const char name_items[] FLASH = "items";
static const char name_samples[] FLASH = "samples";
static const char name_first_item[] FLASH = "firstItem";
static const char name_seed[] FLASH = "seed";
static const char name_clipped[] FLASH = "clipped";
static const char name_short[] FLASH = "short";
static const char name_chunk[] FLASH = "chunk";
static const char name_done[] FLASH = "done";
static const char name_total[] FLASH = "total";
static const char name_line[] FLASH = "line";

static const char word_hello[] FLASH = "hello";
static const char word_ping[] FLASH = "ping";
static const char word_sense[] FLASH = "sense";
static const char word_idle[] FLASH = "idle";
static const char word_abort[] FLASH = "abort";
static const char word_next_error[] FLASH = "nextError";
static const char word_link_figures[] FLASH = "linkFigures";
static const char word_text_mode[] FLASH = "textMode";
static const char word_program[] FLASH = "program";
static const char word_pulse[] FLASH = "pulse";
static const char word_read_cells[] FLASH = "readCells";
static const char word_read_out[] FLASH = "readOut";
static const char word_read_moments[] FLASH = "readMoments";
static const char word_store_plan[] FLASH = "storePlan";
static const char word_plan[] FLASH = "plan";
static const char word_forward[] FLASH = "forward";
static const char word_chunk[] FLASH = "chunk";
static const char word_progress[] FLASH = "progress";
static const char word_log[] FLASH = "log";
static const char word_refused[] FLASH = "refused";
static const char word_help[] FLASH = "help";
static const char word_text[] FLASH = "text";
static const char word_binary[] FLASH = "binary";
static const char word_info[] FLASH = "info";
static const char word_read[] FLASH = "read";

#if FULL_HELP
#define HELP(does) does
static const char does_hello[] FLASH = "says who the board is and what it can do; first request of every session";
static const char does_ping[] FLASH = "answers at once, with the board's time";
static const char does_sense[] FLASH = "reads the board's own condition";
static const char does_idle[] FLASH = "brings all lines to the safe state; works in every state";
static const char does_abort[] FLASH = "ends a running program or read-out after the cell or sample in hand";
static const char does_next_error[] FLASH = "takes the oldest error from the board's queue";
static const char does_link_figures[] FLASH = "counts of the board's side of the link since it started";
static const char does_text_mode[] FLASH = "goes back to text mode after this reply";
static const char does_program[] FLASH = "pulses each cell of an area until it reads within the tolerance of its target; targets row by row";
static const char does_pulse[] FLASH = "gives one cell one pulse; polarity 0 raises (set), 1 lowers (reset) its conductance";
static const char does_read_cells[] FLASH = "reads each cell of an area alone, `repeats` times: all cells, then all again";
static const char does_read_out[] FLASH = "drives `vectors` input vectors on the rows of an area, each `repeats` times, and converts its columns; `inputs` holds packed DAC codes, `chunks` the chunk numbers wanted (none: all)";
static const char does_read_moments[] FLASH = "reads out as `readOut` does, and keeps of each vector only the sums over its repeats of each column's codes and of their squares";
static const char does_store_plan[] FLASH = "keeps a piece of a network plan, from byte `at` of `size`; byte 0 begins a new plan";
static const char does_plan[] FLASH = "says which plan is stored: its bytes, their CRC-32C, and the room that there is for one";
static const char does_forward[] FLASH = "takes `items` input vectors through the stored plan with CRC `plan`, each `samples` times; `inputs` holds sparse DAC codes";
static const char does_help[] FLASH = "lists what can be typed";
static const char does_text[] FLASH = "ends the session, if there is one; all later requests are new ones";
static const char does_binary[] FLASH = "goes over to binary mode after this reply";
static const char does_info[] FLASH = "short for hello";
static const char does_read[] FLASH = "short for readCells";
#else
#define HELP(does) NULL
#endif

static const struct field hello_request_fields[] FLASH = {
  {name_major, FIELD_U8, offsetof(struct hello_request, major)},
  {name_minor, FIELD_U8, offsetof(struct hello_request, minor)},
  {name_table_hash, FIELD_U32, offsetof(struct hello_request, tableHash)},
};
static const struct field hello_reply_fields[] FLASH = {
  {name_major, FIELD_U8, offsetof(struct hello_reply, major)},
  {name_minor, FIELD_U8, offsetof(struct hello_reply, minor)},
  {name_table_hash, FIELD_U32, offsetof(struct hello_reply, tableHash)},
  {name_boot_id, FIELD_U32, offsetof(struct hello_reply, bootId)},
  {name_uid, FIELD_TEXT, offsetof(struct hello_reply, uid)},
  {name_firmware, FIELD_TEXT, offsetof(struct hello_reply, firmware)},
  {name_source, FIELD_U8, offsetof(struct hello_reply, source)},
  {name_profile, FIELD_TEXT, offsetof(struct hello_reply, profile)},
  {name_capabilities, FIELD_U32, offsetof(struct hello_reply, capabilities)},
  {name_tiles, FIELD_U16, offsetof(struct hello_reply, tiles)},
  {name_rows, FIELD_U16, offsetof(struct hello_reply, rows)},
  {name_cols, FIELD_U16, offsetof(struct hello_reply, cols)},
  {name_dac_min, FIELD_I16, offsetof(struct hello_reply, dacMin)},
  {name_dac_max, FIELD_I16, offsetof(struct hello_reply, dacMax)},
  {name_dac_lsb, FIELD_F32, offsetof(struct hello_reply, dacLsb)},
  {name_adc_bits, FIELD_U8, offsetof(struct hello_reply, adcBits)},
  {name_adc_ranges, FIELD_LIST | FIELD_F32, offsetof(struct hello_reply, adcRanges)},
  {name_conductance_lsb, FIELD_F32, offsetof(struct hello_reply, conductanceLsb)},
  {name_conductance_min, FIELD_I16, offsetof(struct hello_reply, conductanceMin)},
  {name_conductance_max, FIELD_I16, offsetof(struct hello_reply, conductanceMax)},
  {name_read_voltage_max, FIELD_F32, offsetof(struct hello_reply, readVoltageMax)},
  {name_pulse_voltage_max, FIELD_F32, offsetof(struct hello_reply, pulseVoltageMax)},
  {name_pulse_width_max, FIELD_F32, offsetof(struct hello_reply, pulseWidthMax)},
  {name_max_frame, FIELD_U16, offsetof(struct hello_reply, maxFrame)},
  {name_window, FIELD_U8, offsetof(struct hello_reply, window)},
  {name_tick_hz, FIELD_U32, offsetof(struct hello_reply, tickHz)},
  {name_watchdog_ms, FIELD_U32, offsetof(struct hello_reply, watchdogMs)},
};
static const struct field ping_request_fields[] FLASH = {
  {name_token, FIELD_U32, offsetof(struct ping_request, token)},
};
static const struct field ping_reply_fields[] FLASH = {
  {name_token, FIELD_U32, offsetof(struct ping_reply, token)},
  {name_ticks, FIELD_U64, offsetof(struct ping_reply, ticks)},
};
static const struct field sense_reply_fields[] FLASH = {
  {name_temperature, FIELD_F32, offsetof(struct sense_reply, temperature)},
  {name_supply, FIELD_F32, offsetof(struct sense_reply, supply)},
  {name_ticks, FIELD_U64, offsetof(struct sense_reply, ticks)},
  {name_pulses, FIELD_U64, offsetof(struct sense_reply, pulses)},
  {name_read_outs, FIELD_U64, offsetof(struct sense_reply, readOuts)},
  {name_idle, FIELD_U8, offsetof(struct sense_reply, idle)},
};
static const struct field idle_reply_fields[] FLASH = {
  {name_ticks, FIELD_U64, offsetof(struct idle_reply, ticks)},
};
static const struct field next_error_reply_fields[] FLASH = {
  {name_code, FIELD_U8, offsetof(struct next_error_reply, code)},
  {name_facts, FIELD_TEXT, offsetof(struct next_error_reply, facts)},
  {name_left, FIELD_U8, offsetof(struct next_error_reply, left)},
};
static const struct field link_figures_reply_fields[] FLASH = {
  {name_frames_in, FIELD_U32, offsetof(struct link_figures_reply, framesIn)},
  {name_frames_out, FIELD_U32, offsetof(struct link_figures_reply, framesOut)},
  {name_bytes_in, FIELD_U64, offsetof(struct link_figures_reply, bytesIn)},
  {name_bytes_out, FIELD_U64, offsetof(struct link_figures_reply, bytesOut)},
  {name_crc_errors, FIELD_U32, offsetof(struct link_figures_reply, crcErrors)},
  {name_discarded, FIELD_U32, offsetof(struct link_figures_reply, discarded)},
  {name_duplicates, FIELD_U32, offsetof(struct link_figures_reply, duplicates)},
};
static const struct field program_request_fields[] FLASH = {
  {name_tile, FIELD_U16, offsetof(struct program_request, tile)},
  {name_row, FIELD_U16, offsetof(struct program_request, row)},
  {name_col, FIELD_U16, offsetof(struct program_request, col)},
  {name_rows, FIELD_U16, offsetof(struct program_request, rows)},
  {name_cols, FIELD_U16, offsetof(struct program_request, cols)},
  {name_tolerance, FIELD_I16, offsetof(struct program_request, tolerance)},
  {name_max_pulses, FIELD_U16, offsetof(struct program_request, maxPulses)},
  {name_targets, FIELD_LIST | FIELD_I16, offsetof(struct program_request, targets)},
};
static const struct field program_reply_fields[] FLASH = {
  {name_outcomes, FIELD_BYTES, offsetof(struct program_reply, outcomes)},
  {name_pulses, FIELD_LIST | FIELD_U16, offsetof(struct program_reply, pulses)},
  {name_conductances, FIELD_LIST | FIELD_I16, offsetof(struct program_reply, conductances)},
};
static const struct field pulse_request_fields[] FLASH = {
  {name_tile, FIELD_U16, offsetof(struct pulse_request, tile)},
  {name_row, FIELD_U16, offsetof(struct pulse_request, row)},
  {name_col, FIELD_U16, offsetof(struct pulse_request, col)},
  {name_polarity, FIELD_U8, offsetof(struct pulse_request, polarity)},
  {name_amplitude, FIELD_F32, offsetof(struct pulse_request, amplitude)},
  {name_width, FIELD_F32, offsetof(struct pulse_request, width)},
};
static const struct field pulse_reply_fields[] FLASH = {
  {name_pulses, FIELD_U64, offsetof(struct pulse_reply, pulses)},
};
static const struct field read_cells_request_fields[] FLASH = {
  {name_tile, FIELD_U16, offsetof(struct read_cells_request, tile)},
  {name_row, FIELD_U16, offsetof(struct read_cells_request, row)},
  {name_col, FIELD_U16, offsetof(struct read_cells_request, col)},
  {name_rows, FIELD_U16, offsetof(struct read_cells_request, rows)},
  {name_cols, FIELD_U16, offsetof(struct read_cells_request, cols)},
  {name_repeats, FIELD_U16, offsetof(struct read_cells_request, repeats)},
};
static const struct field read_cells_reply_fields[] FLASH = {
  {name_conductances, FIELD_LIST | FIELD_I16, offsetof(struct read_cells_reply, conductances)},
};
static const struct field read_out_request_fields[] FLASH = {
  {name_tile, FIELD_U16, offsetof(struct read_out_request, tile)},
  {name_row, FIELD_U16, offsetof(struct read_out_request, row)},
  {name_col, FIELD_U16, offsetof(struct read_out_request, col)},
  {name_rows, FIELD_U16, offsetof(struct read_out_request, rows)},
  {name_cols, FIELD_U16, offsetof(struct read_out_request, cols)},
  {name_range, FIELD_U8, offsetof(struct read_out_request, range)},
  {name_vectors, FIELD_U16, offsetof(struct read_out_request, vectors)},
  {name_repeats, FIELD_U16, offsetof(struct read_out_request, repeats)},
  {name_first_sample, FIELD_U32, offsetof(struct read_out_request, firstSample)},
  {name_zeros, FIELD_U8, offsetof(struct read_out_request, zeros)},
  {name_inputs, FIELD_BYTES, offsetof(struct read_out_request, inputs)},
  {name_chunks, FIELD_LIST | FIELD_U16, offsetof(struct read_out_request, chunks)},
};
static const struct field read_out_reply_fields[] FLASH = {
  {name_chunks, FIELD_U16, offsetof(struct read_out_reply, chunks)},
  {name_crc, FIELD_U32, offsetof(struct read_out_reply, crc)},
  {name_saturated, FIELD_U32, offsetof(struct read_out_reply, saturated)},
  {name_ticks, FIELD_U64, offsetof(struct read_out_reply, ticks)},
};
static const struct field read_moments_request_fields[] FLASH = {
  {name_tile, FIELD_U16, offsetof(struct read_moments_request, tile)},
  {name_row, FIELD_U16, offsetof(struct read_moments_request, row)},
  {name_col, FIELD_U16, offsetof(struct read_moments_request, col)},
  {name_rows, FIELD_U16, offsetof(struct read_moments_request, rows)},
  {name_cols, FIELD_U16, offsetof(struct read_moments_request, cols)},
  {name_range, FIELD_U8, offsetof(struct read_moments_request, range)},
  {name_vectors, FIELD_U16, offsetof(struct read_moments_request, vectors)},
  {name_repeats, FIELD_U16, offsetof(struct read_moments_request, repeats)},
  {name_first_sample, FIELD_U32, offsetof(struct read_moments_request, firstSample)},
  {name_zeros, FIELD_U8, offsetof(struct read_moments_request, zeros)},
  {name_inputs, FIELD_BYTES, offsetof(struct read_moments_request, inputs)},
  {name_chunks, FIELD_LIST | FIELD_U16, offsetof(struct read_moments_request, chunks)},
};
static const struct field read_moments_reply_fields[] FLASH = {
  {name_chunks, FIELD_U16, offsetof(struct read_moments_reply, chunks)},
  {name_crc, FIELD_U32, offsetof(struct read_moments_reply, crc)},
  {name_saturated, FIELD_U32, offsetof(struct read_moments_reply, saturated)},
  {name_ticks, FIELD_U64, offsetof(struct read_moments_reply, ticks)},
};
static const struct field store_plan_request_fields[] FLASH = {
  {name_size, FIELD_U32, offsetof(struct store_plan_request, size)},
  {name_at, FIELD_U32, offsetof(struct store_plan_request, at)},
  {name_piece, FIELD_BYTES, offsetof(struct store_plan_request, piece)},
};
static const struct field store_plan_reply_fields[] FLASH = {
  {name_stored, FIELD_U32, offsetof(struct store_plan_reply, stored)},
};
static const struct field plan_reply_fields[] FLASH = {
  {name_size, FIELD_U32, offsetof(struct plan_reply, size)},
  {name_crc, FIELD_U32, offsetof(struct plan_reply, crc)},
  {name_room, FIELD_U32, offsetof(struct plan_reply, room)},
};
static const struct field forward_request_fields[] FLASH = {
  {name_plan, FIELD_U32, offsetof(struct forward_request, plan)},
  {name_items, FIELD_U16, offsetof(struct forward_request, items)},
  {name_samples, FIELD_U16, offsetof(struct forward_request, samples)},
  {name_first_item, FIELD_U32, offsetof(struct forward_request, firstItem)},
  {name_seed, FIELD_U32, offsetof(struct forward_request, seed)},
  {name_inputs, FIELD_BYTES, offsetof(struct forward_request, inputs)},
  {name_chunks, FIELD_LIST | FIELD_U16, offsetof(struct forward_request, chunks)},
};
static const struct field forward_reply_fields[] FLASH = {
  {name_chunks, FIELD_U16, offsetof(struct forward_reply, chunks)},
  {name_crc, FIELD_U32, offsetof(struct forward_reply, crc)},
  {name_saturated, FIELD_U32, offsetof(struct forward_reply, saturated)},
  {name_ticks, FIELD_U64, offsetof(struct forward_reply, ticks)},
  {name_clipped, FIELD_U32, offsetof(struct forward_reply, clipped)},
  {name_short, FIELD_U32, offsetof(struct forward_reply, short_)},
};
static const struct field chunk_reply_fields[] FLASH = {
  {name_chunk, FIELD_U16, offsetof(struct chunk_reply, chunk)},
  {name_ticks, FIELD_U64, offsetof(struct chunk_reply, ticks)},
  {name_items, FIELD_BYTES, offsetof(struct chunk_reply, items)},
};
static const struct field progress_reply_fields[] FLASH = {
  {name_done, FIELD_U32, offsetof(struct progress_reply, done)},
  {name_total, FIELD_U32, offsetof(struct progress_reply, total)},
  {name_pulses, FIELD_U64, offsetof(struct progress_reply, pulses)},
};
static const struct field log_reply_fields[] FLASH = {
  {name_line, FIELD_TEXT, offsetof(struct log_reply, line)},
};
static const struct field refused_reply_fields[] FLASH = {
  {name_code, FIELD_U8, offsetof(struct refused_reply, code)},
  {name_facts, FIELD_TEXT, offsetof(struct refused_reply, facts)},
};

const struct message message_table[MESSAGE_COUNT] FLASH = {
  {{word_hello, HELP(does_hello), MESSAGE_HELLO}, {hello_request_fields, 3}, {hello_reply_fields, 27}, REPEAT_QUERY | MESSAGE_URGENT},
  {{word_ping, HELP(does_ping), MESSAGE_PING}, {ping_request_fields, 1}, {ping_reply_fields, 2}, REPEAT_QUERY | MESSAGE_URGENT},
  {{word_sense, HELP(does_sense), MESSAGE_SENSE}, {NULL, 0}, {sense_reply_fields, 6}, REPEAT_QUERY | MESSAGE_URGENT},
  {{word_idle, HELP(does_idle), MESSAGE_IDLE}, {NULL, 0}, {idle_reply_fields, 1}, REPEAT_QUERY | MESSAGE_URGENT},
  {{word_abort, HELP(does_abort), MESSAGE_ABORT}, {NULL, 0}, {NULL, 0}, REPEAT_QUERY | MESSAGE_URGENT},
  {{word_next_error, HELP(does_next_error), MESSAGE_NEXT_ERROR}, {NULL, 0}, {next_error_reply_fields, 3}, REPEAT_CHANGE},
  {{word_link_figures, HELP(does_link_figures), MESSAGE_LINK_FIGURES}, {NULL, 0}, {link_figures_reply_fields, 7}, REPEAT_QUERY | MESSAGE_URGENT},
  {{word_text_mode, HELP(does_text_mode), MESSAGE_TEXT_MODE}, {NULL, 0}, {NULL, 0}, REPEAT_QUERY | MESSAGE_URGENT},
  {{word_program, HELP(does_program), MESSAGE_PROGRAM}, {program_request_fields, 8}, {program_reply_fields, 3}, REPEAT_CHANGE},
  {{word_pulse, HELP(does_pulse), MESSAGE_PULSE}, {pulse_request_fields, 6}, {pulse_reply_fields, 1}, REPEAT_CHANGE},
  {{word_read_cells, HELP(does_read_cells), MESSAGE_READ_CELLS}, {read_cells_request_fields, 6}, {read_cells_reply_fields, 1}, REPEAT_QUERY},
  {{word_read_out, HELP(does_read_out), MESSAGE_READ_OUT}, {read_out_request_fields, 12}, {read_out_reply_fields, 4}, REPEAT_STREAM},
  {{word_read_moments, HELP(does_read_moments), MESSAGE_READ_MOMENTS}, {read_moments_request_fields, 12}, {read_moments_reply_fields, 4}, REPEAT_STREAM},
  {{word_store_plan, HELP(does_store_plan), MESSAGE_STORE_PLAN}, {store_plan_request_fields, 3}, {store_plan_reply_fields, 1}, REPEAT_CHANGE},
  {{word_plan, HELP(does_plan), MESSAGE_PLAN}, {NULL, 0}, {plan_reply_fields, 3}, REPEAT_QUERY},
  {{word_forward, HELP(does_forward), MESSAGE_FORWARD}, {forward_request_fields, 7}, {forward_reply_fields, 6}, REPEAT_STREAM},
  {{word_chunk, NULL, MESSAGE_CHUNK}, {NULL, 0}, {chunk_reply_fields, 3}, REPEAT_EVENT},
  {{word_progress, NULL, MESSAGE_PROGRESS}, {NULL, 0}, {progress_reply_fields, 3}, REPEAT_EVENT},
  {{word_log, NULL, MESSAGE_LOG}, {NULL, 0}, {log_reply_fields, 1}, REPEAT_EVENT},
  {{word_refused, NULL, MESSAGE_REFUSED}, {NULL, 0}, {refused_reply_fields, 2}, REPEAT_EVENT},
};

static const char refusal_none[] FLASH = "none";
static const char refusal_unknown_message[] FLASH = "unknownMessage";
static const char refusal_malformed[] FLASH = "malformed";
static const char refusal_out_of_array[] FLASH = "outOfArray";
static const char refusal_over_limit[] FLASH = "overLimit";
static const char refusal_busy[] FLASH = "busy";
static const char refusal_aborted[] FLASH = "aborted";
static const char refusal_hardware[] FLASH = "hardware";
static const char refusal_overflow[] FLASH = "overflow";
static const char refusal_no_session[] FLASH = "noSession";
static const char refusal_no_plan[] FLASH = "noPlan";
const char *const refusal_names[REFUSAL_COUNT] FLASH = {
  refusal_none,
  refusal_unknown_message,
  refusal_malformed,
  refusal_out_of_array,
  refusal_over_limit,
  refusal_busy,
  refusal_aborted,
  refusal_hardware,
  refusal_overflow,
  refusal_no_session,
  refusal_no_plan,
};

const struct word command_table[COMMAND_COUNT] FLASH = {
  {word_help, HELP(does_help), COMMAND_HELP},
  {word_text, HELP(does_text), COMMAND_TEXT},
  {word_binary, HELP(does_binary), COMMAND_BINARY},
};
const struct word alias_table[ALIAS_COUNT] FLASH = {
  {word_info, HELP(does_info), MESSAGE_HELLO},
  {word_read, HELP(does_read), MESSAGE_READ_CELLS},
};
const struct fallback fallback_table[FALLBACK_COUNT] FLASH = {
  {UINT32_C(1), MESSAGE_HELLO, 0},
  {UINT32_C(0), MESSAGE_HELLO, 1},
  {UINT32_C(3560544298), MESSAGE_HELLO, 2},
  {UINT32_C(0), MESSAGE_PING, 0},
  {UINT32_C(1), MESSAGE_READ_CELLS, 3},
  {UINT32_C(1), MESSAGE_READ_CELLS, 4},
  {UINT32_C(1), MESSAGE_READ_CELLS, 5},
  {UINT32_C(0), MESSAGE_READ_OUT, 11},
};
