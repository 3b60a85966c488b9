/* RP2040: start, time, rest and condition. The lines are in ../front-end, their bus in bus.c, the link in uart.c or usb.c. */
#include "hal.h"

#include "config.h"
#include "link.h"
#include "registers.h"
#include "rp2040.h"

/* The last sector of flash holds the board's name, written once when the board is made. */
static const char *const name_in_flash = (const char *)0x101ff000u;
static char uid[33];

void hal_start(void) {
  CLEAR(PAD(0)) = 1u << 7;
  bus_start();
  hal_safe();
  REGISTER(TIMER_INTE) = 1;
  REGISTER(NVIC_ENABLE) = 1u << IRQ_TIMER0;
  serial_start();
}

/* Random bits of the ring oscillator, 8 readings each (datasheet 2.17.5). */
uint32_t hal_boot_id(void) {
  uint32_t id = 0;
  for (int i = 0; i < 32; i++) {
    uint32_t bit = 0;
    for (int k = 0; k < 8; k++) bit ^= REGISTER(ROSC_RANDOM_BIT);
    id = id << 1 | (bit & 1u);
  }
  return id;
}

const char *hal_uid(void) {
  for (unsigned i = 0; i < sizeof uid - 1 && name_in_flash[i] > ' ' && name_in_flash[i] <= '~'; i++) uid[i] = name_in_flash[i];
  return uid[0] ? uid : "rp2040-without-a-name";
}

void hal_poll(void) {}

void timer_interrupt(void) { REGISTER(TIMER_INTR) = 1; }

/* Wakes by the link, or by the alarm. */
void hal_rest(void) {
  REGISTER(TIMER_ALARM0) = REGISTER(TIMER_RAW_LOW) + REST_US;
  interrupts_off();
  if (!link_waiting()) sleep_until_interrupt();
  interrupts_on();
}

void hal_lock(void) { interrupts_off(); }
void hal_unlock(void) { interrupts_on(); }

uint64_t hal_ticks(void) {
  for (;;) {
    const uint32_t high = REGISTER(TIMER_RAW_HIGH);
    const uint32_t low = REGISTER(TIMER_RAW_LOW);
    if (high == REGISTER(TIMER_RAW_HIGH)) return (uint64_t)high << 32 | low;
  }
}

/* Volts at one of the converter's inputs, of 3.3 V. */
static float volts_at(uint32_t input) {
  REGISTER(ADC_CS) = (input << 12) | (1u << 1) | 1u; /* temperature sensor and converter on */
  while (!(REGISTER(ADC_CS) & ADC_READY)) {
  }
  REGISTER(ADC_CS) = (input << 12) | (1u << 2) | (1u << 1) | 1u; /* one conversion */
  while (!(REGISTER(ADC_CS) & ADC_READY)) {
  }
  return (float)(REGISTER(ADC_RESULT) & 0xfffu) * (3.3f / 4096.0f);
}

/* 4.9.5: 27 degrees at 0.706 V, 1.721 mV less for each degree more. */
float hal_temperature(void) { return 300.15f - (volts_at(4) - 0.706f) / 0.001721f; }
/* A third of the supply, as on a Pico's input 3. */
float hal_supply(void) { return 3.0f * volts_at(3); }
