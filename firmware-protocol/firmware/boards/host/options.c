#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "board.h"

enum { MOST = 32 };
struct host_options host_options = {.seed = 1, .uid = "host-1", .noise = 100};
static char *arguments[MOST + 1];

static void usage(void) {
  fprintf(stderr, "usage: %s [--seed N] [--array FILE] [--uid NAME] [--pulse-time US] [--read-time US]\n", arguments[0]);
  fprintf(stderr, "       [--stuck N] [--noise PERCENT] [--offset CODES] [--fault-after N]\n");
  exit(2);
}

static uint32_t number(const char *text) { return (uint32_t)strtoul(text, NULL, 10); }

static void take(const char *name, const char *value) {
  if (strcmp(name, "--array") == 0) host_options.array = value;
  else if (strcmp(name, "--uid") == 0) host_options.uid = value;
  else if (strcmp(name, "--seed") == 0) host_options.seed = strtoull(value, NULL, 10);
  else if (strcmp(name, "--pulse-time") == 0) host_options.pulse_time = number(value);
  else if (strcmp(name, "--read-time") == 0) host_options.read_time = number(value);
  else if (strcmp(name, "--stuck") == 0) host_options.stuck = number(value);
  else if (strcmp(name, "--noise") == 0) host_options.noise = number(value);
  else if (strcmp(name, "--offset") == 0) host_options.offset = (int32_t)strtol(value, NULL, 10);
  else if (strcmp(name, "--fault-after") == 0) host_options.fault_after = number(value);
  else usage();
}

/* The firmware's main knows of no command line. */
static void find_arguments(void) {
  static char text[4096];
  FILE *file = fopen("/proc/self/cmdline", "r");
  size_t length = file != NULL ? fread(text, 1, sizeof text - 1, file) : 0;
  if (file != NULL) fclose(file);
  int count = 0;
  for (size_t at = 0; at < length && count < MOST; at += strlen(text + at) + 1) arguments[count++] = text + at;
}

void host_options_read(void) {
  find_arguments();
  for (int i = 1; arguments[i] != NULL; i += 2) {
    if (arguments[i + 1] == NULL) usage();
    take(arguments[i], arguments[i + 1]);
  }
  if (strlen(host_options.uid) > 32) usage();
}

/* Begins again on the same pipe; only the array file stays. */
void host_restart(void) {
  execv("/proc/self/exe", arguments);
  perror("execv");
  exit(1);
}
