/* The host board's link is standard input and output; it ends when its input does. SIGHUP restarts it as a power cut would. */
#define _POSIX_C_SOURCE 200809L
#include "hal.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "board.h"
#include "link.h"

static uint8_t out[1 << 16];
static size_t filled;
static uint64_t began, spent;
static volatile sig_atomic_t restarts;

static uint64_t real_time(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

uint64_t hal_ticks(void) { return real_time() - began + spent; }
void clock_spend(uint32_t microseconds) { spent += microseconds; }

static void on_hangup(int number) {
  (void)number;
  restarts = 1;
}

void hal_start(void) {
  began = real_time();
  struct sigaction action = {.sa_handler = on_hangup};
  sigaction(SIGHUP, &action, NULL);
  host_options_read();
  model_start();
  hal_safe();
}

const char *hal_uid(void) { return host_options.uid; }

void hal_flush(void) {
  for (size_t at = 0; at < filled;) {
    ssize_t written = write(STDOUT_FILENO, out + at, filled - at);
    if (written > 0) at += (size_t)written;
    else if (restarts) break;
    else if (written < 0) exit(0); /* nobody listens any more */
  }
  filled = 0;
}

void hal_send(uint8_t byte) {
  if (filled == sizeof out) hal_flush();
  out[filled++] = byte;
}

/* Waits for bytes so long at most, and takes as many as there is room for. */
static void receive(int milliseconds) {
  uint8_t bytes[4096];
  size_t room = link_room();
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  if (restarts) host_restart();
  if (room == 0 || poll(&input, 1, milliseconds) <= 0) return;
  ssize_t count = read(STDIN_FILENO, bytes, room < sizeof bytes ? room : sizeof bytes);
  if (count == 0) exit(0);
  for (ssize_t i = 0; i < count; i++) link_received(bytes[i]);
}

void hal_poll(void) { receive(0); }
void hal_rest(void) { receive(10); }
void hal_lock(void) {}
void hal_unlock(void) {}

float hal_temperature(void) { return 300.0f; }
float hal_supply(void) { return 5.0f; }
const char *hal_fault(void) { return model_failed() ? "the converter is silent" : NULL; }
