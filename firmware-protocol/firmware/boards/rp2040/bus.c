/* The bus to the front end: SPI0, mode 0, on pins 16 ... 19; BUSY on pin 20. */
#include "../front-end/bus.h"

#include "config.h"
#include "hal.h"
#include "registers.h"
#include "rp2040.h"

#define SPI_RX_PIN 16u
#define SPI_SELECT_PIN 17u
#define SPI_CLOCK_PIN 18u
#define SPI_TX_PIN 19u
#define BUSY_PIN 20u
enum { FIFO_DEPTH = 8 };

void bus_start(void) {
  REGISTER(SIO_OUT_SET) = 1u << SPI_SELECT_PIN;
  REGISTER(SIO_ENABLE_SET) = 1u << SPI_SELECT_PIN;
  REGISTER(PIN_CTRL(SPI_SELECT_PIN)) = FUNCTION_SIO;
  REGISTER(PIN_CTRL(BUSY_PIN)) = FUNCTION_SIO;
  REGISTER(PIN_CTRL(SPI_RX_PIN)) = FUNCTION_SPI;
  REGISTER(PIN_CTRL(SPI_CLOCK_PIN)) = FUNCTION_SPI;
  REGISTER(PIN_CTRL(SPI_TX_PIN)) = FUNCTION_SPI;
  SET(PAD(BUSY_PIN)) = 1u << 6; /* input */
  REGISTER(SPI_CR0) = 7;        /* 8 bits, mode 0 */
  REGISTER(SPI_CPSR) = SPI_DIVISOR;
  REGISTER(SPI_CR1) = 1u << 1; /* on, as master */
  REGISTER(NVIC_ENABLE) = 1u << IRQ_PINS;
}

/* Sends bytes (zeros where there are none) and takes as many (or drops them), the FIFOs kept busy. */
static void exchange(const uint8_t *out, uint8_t *in, uint16_t count) {
  for (uint16_t at = 0; at < count;) {
    const uint16_t burst = (uint16_t)(count - at < FIFO_DEPTH ? count - at : FIFO_DEPTH);
    for (uint16_t i = 0; i < burst; i++) REGISTER(SPI_DR) = out ? out[at + i] : 0u;
    for (uint16_t i = 0; i < burst; i++) {
      while (!(REGISTER(SPI_SR) & SPI_SR_RNE)) {
      }
      const uint8_t byte = (uint8_t)REGISTER(SPI_DR);
      if (in) in[at + i] = byte;
    }
    at = (uint16_t)(at + burst);
  }
}

void bus_send(const uint8_t *bytes, uint16_t count) {
  REGISTER(SIO_OUT_CLEAR) = 1u << SPI_SELECT_PIN;
  exchange(bytes, 0, count);
  REGISTER(SIO_OUT_SET) = 1u << SPI_SELECT_PIN;
}

void bus_send_now(const uint8_t *bytes, uint16_t count) { bus_send(bytes, count); }

bool bus_ask(uint8_t command, uint8_t *answer, uint16_t count) {
  if (!bus_settled()) return false;
  REGISTER(SIO_OUT_CLEAR) = 1u << SPI_SELECT_PIN;
  exchange(&command, 0, 1);
  exchange(0, answer, count);
  REGISTER(SIO_OUT_SET) = 1u << SPI_SELECT_PIN;
  return true;
}

static bool busy(void) { return REGISTER(SIO_IN) & (1u << BUSY_PIN); }

void pin_interrupt(void) { CLEAR(PIN_INTERRUPT(BUSY_PIN)) = PIN_LEVEL_LOW(BUSY_PIN); }

/* Sleeps while BUSY is high; the link's interrupts go on. */
bool bus_settled(void) {
  const uint64_t start = hal_ticks();
  while (busy()) {
    if (hal_ticks() - start > BUSY_MAX_US) return false;
    REGISTER(TIMER_ALARM0) = REGISTER(TIMER_RAW_LOW) + REST_US;
    interrupts_off();
    SET(PIN_INTERRUPT(BUSY_PIN)) = PIN_LEVEL_LOW(BUSY_PIN);
    sleep_until_interrupt();
    interrupts_on();
  }
  return true;
}
