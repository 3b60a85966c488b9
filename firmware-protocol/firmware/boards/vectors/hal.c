/* Reads commands, one a line, and answers each by a line; ends with its input. Bytes are hex, `-` for none.
 *   wire BYTES                               a request's frame        -> id seq oldest payload, or `nothing`
 *   line TEXT                                a request's line         -> id seq payload, `refused code why`, or `nothing`
 *   send id flags seq re credits PAYLOAD     a frame of the board     -> bytes
 *   say id re PAYLOAD                        the same in text mode    -> the line
 *   pass id side PAYLOAD                     payload -> struct -> payload
 *   pack bits CODES, unpack bits count BYTES, crc BYTES, philox c c c c k k
 */
#define _POSIX_C_SOURCE 200809L
#include "hal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec.h"
#include "codes.h"
#include "crc.h"
#include "frame.h"
#include "line.h"
#include "normals.h"
#include "reply.h"

static uint8_t sent[1 << 16];
static size_t count;
void hal_send(uint8_t byte) { sent[count++] = byte; }

static uint16_t from_hex(const char *hex, uint8_t *bytes) {
  uint16_t length = 0;
  unsigned byte;
  for (; *hex != '-' && sscanf(hex, "%2x", &byte) == 1; hex += 2) bytes[length++] = (uint8_t)byte;
  return length;
}

static void print_hex(const uint8_t *bytes, size_t length) {
  if (length == 0) putchar('-');
  for (size_t i = 0; i < length; i++) printf("%02x", bytes[i]);
  putchar('\n');
}

static unsigned long number(void) { return strtoul(strtok(NULL, " "), NULL, 0); }

static void wire(void) {
  static uint8_t bytes[1 << 15];
  struct request request;
  uint16_t length = from_hex(strtok(NULL, " "), bytes);
  bool any = false;
  frame_start();
  for (uint16_t i = 0; i < length; i++) {
    if (bytes[i] != 0) frame_byte(bytes[i]);
    else if (frame_end(&request) == FRAME_REQUEST) {
      printf("%u %u %u ", request.id, request.seq, request.oldest);
      print_hex(request.payload, request.length);
      any = true;
    }
  }
  if (!any) puts("nothing");
}

static void line(char *text) {
  struct request request;
  struct line_refusal refusal;
  line_start();
  for (; *text != 0; text++) line_byte((uint8_t)*text);
  switch (line_end(&request, &refusal)) {
    case LINE_REQUEST:
      printf("%u %u ", request.id, request.seq);
      print_hex(request.payload, request.length);
      break;
    case LINE_COMMAND: printf("command %u %u\n", request.id, request.seq); break;
    case LINE_REFUSED: printf("refused %u %u %s\n", refusal.seq, refusal.code, refusal.why ? refusal.why : "-"); break;
    default: puts("nothing");
  }
}

static void send(void) {
  static uint8_t payload[MAX_FRAME];
  struct frame_header header = {0};
  header.id = (uint8_t)number();
  header.flags = (uint8_t)number();
  header.seq = (uint16_t)number();
  header.re = (uint16_t)number();
  header.credits = (uint16_t)number();
  uint16_t length = from_hex(strtok(NULL, " "), payload);
  count = 0;
  frame_send(&header, payload, length, false);
  print_hex(sent, count);
}

static void say(void) {
  uint8_t id = (uint8_t)number();
  uint16_t re = (uint16_t)number(), length = from_hex(strtok(NULL, " "), reply_work);
  count = 0;
  reply_from_work(id, re, length);
  fwrite(sent, 1, count, stdout);
}

static void pass(void) {
  static uint8_t payload[MAX_FRAME], again[MAX_FRAME];
  static uint64_t values[64];
  struct message message;
  if (!find_message((uint8_t)number(), &message)) exit(1);
  const struct shape *shape = number() == 0 ? &message.request : &message.reply;
  uint16_t length = from_hex(strtok(NULL, " "), payload);
  if (decode_message(shape, payload, length, values)) print_hex(again, encode_message(shape, values, again));
  else puts("refused");
}

static void pack(void) {
  static int16_t codes[4096];
  static uint8_t packed[8192];
  uint8_t bits = (uint8_t)number();
  uint16_t size = 0;
  for (char *word; (word = strtok(NULL, " ,")) != NULL;) codes[size++] = (int16_t)strtol(word, NULL, 10);
  pack_codes(codes, size, bits, packed);
  print_hex(packed, packed_size(size, bits));
}

static void unpack(void) {
  static uint8_t packed[8192];
  uint8_t bits = (uint8_t)number();
  uint16_t size = (uint16_t)number();
  from_hex(strtok(NULL, " "), packed);
  for (uint16_t i = 0; i < size; i++) printf("%s%d", i > 0 ? "," : "", unpack_code(packed, i, bits));
  putchar('\n');
}

static void crc(void) {
  static uint8_t bytes[8192];
  uint16_t length = from_hex(strtok(NULL, " "), bytes);
  printf("%u\n", (unsigned)crc32c(bytes, length, 0));
}

static void random_words(void) {
  uint32_t words[6];
  for (uint8_t i = 0; i < 6; i++) words[i] = (uint32_t)number();
  philox(words, words[4], words[5]);
  printf("%u %u %u %u\n", words[0], words[1], words[2], words[3]);
}

static void obey(char *text) {
  char *rest = strchr(text, ' ');
  if (strncmp(text, "line ", 5) == 0) {
    line(rest + 1);
    return;
  }
  const char *command = strtok(text, " ");
  if (strcmp(command, "wire") == 0) wire();
  else if (strcmp(command, "send") == 0) send();
  else if (strcmp(command, "say") == 0) say();
  else if (strcmp(command, "pass") == 0) pass();
  else if (strcmp(command, "pack") == 0) pack();
  else if (strcmp(command, "unpack") == 0) unpack();
  else if (strcmp(command, "crc") == 0) crc();
  else if (strcmp(command, "philox") == 0) random_words();
  else exit(1);
}

void hal_start(void) {
  static char text[1 << 17];
  link_start();
  reply_start();
  while (fgets(text, sizeof text, stdin) != NULL) {
    text[strcspn(text, "\n")] = 0;
    obey(text);
  }
  exit(0);
}

uint32_t hal_boot_id(void) { return 1; }
const char *hal_uid(void) { return "vectors"; }
void hal_poll(void) {}
void hal_rest(void) {}
void hal_flush(void) {}
void hal_lock(void) {}
void hal_unlock(void) {}
uint64_t hal_ticks(void) { return 0; }
void hal_safe(void) {}
void hal_select(uint16_t tile) { (void)tile; }
void hal_drive(uint16_t row, int16_t code) { (void)row, (void)code; }
void hal_convert(uint16_t col, uint16_t cols, uint8_t range, int16_t *codes) { (void)col, (void)cols, (void)range, (void)codes; }
void hal_pulse(uint16_t row, uint16_t col, uint8_t polarity, float amplitude, float width) {
  (void)row, (void)col, (void)polarity, (void)amplitude, (void)width;
}
float hal_temperature(void) { return 300; }
float hal_supply(void) { return 5; }
const char *hal_fault(void) { return NULL; }
