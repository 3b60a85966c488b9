/* The link over UART0 on pins 0 and 1, 8N1, with the receive and the transmit interrupt. */
#include "config.h"
#include "hal.h"
#include "link.h"
#include "registers.h"
#include "rp2040.h"

static uint8_t waiting[TX_SIZE];
static volatile uint16_t first, count;

void serial_start(void) {
  const uint32_t divisor = (CLOCK_HZ * 4u + BAUD / 2u) / BAUD; /* in 64ths of a bit's 16 clocks */
  REGISTER(PIN_CTRL(0)) = FUNCTION_UART;
  REGISTER(PIN_CTRL(1)) = FUNCTION_UART;
  REGISTER(UART_IBRD) = divisor / 64u;
  REGISTER(UART_FBRD) = divisor % 64u;
  REGISTER(UART_LCR) = (3u << 5) | (1u << 4); /* 8 bits, FIFOs */
  REGISTER(UART_IFLS) = (2u << 3) | 0u;       /* receive at 1/8, transmit at half */
  REGISTER(UART_CR) = (1u << 9) | (1u << 8) | 1u;
  REGISTER(UART_IMSC) = UART_RX | UART_RT;
  REGISTER(NVIC_ENABLE) = 1u << IRQ_UART0;
}

/* Moves bytes into the FIFO while it has room; the transmit interrupt goes on for as long as some are left. */
static void transmit(void) {
  while (count > 0 && !(REGISTER(UART_FR) & UART_FR_TXFF)) {
    REGISTER(UART_DR) = waiting[first];
    first = (uint16_t)((first + 1u) % TX_SIZE);
    count--;
  }
  if (count > 0)
    SET(UART_IMSC) = UART_TX;
  else
    CLEAR(UART_IMSC) = UART_TX;
}

/* Cleared first: a byte that comes while the FIFO is emptied calls again. */
void serial_interrupt(void) {
  REGISTER(UART_ICR) = UART_RX | UART_RT | UART_TX;
  while (!(REGISTER(UART_FR) & UART_FR_RXFE)) link_received((uint8_t)REGISTER(UART_DR));
  transmit();
}

void hal_send(uint8_t byte) {
  interrupts_off();
  while (count == TX_SIZE) {
    sleep_until_interrupt();
    interrupts_on();
    interrupts_off();
  }
  waiting[(first + count) % TX_SIZE] = byte;
  count++;
  if (count == 1) transmit();
  interrupts_on();
}

void hal_flush(void) {}
