/* The link over USB: a CDC-ACM device at full speed (USB 2.0 chapter 9, CDC 1.2, PSTN 1.2; RP2040 datasheet 4.1). What the host
 * says of baud rates is taken and passed over. Bytes for a host that does not listen (no DTR) are dropped. */
#include <string.h>

#include "config.h"
#include "hal.h"
#include "link.h"
#include "registers.h"
#include "rp2040.h"
#include "usb.h"

enum { PACKET = 64, IN_ENDPOINT = 2, OUT_ENDPOINT = 2 };
enum { SET_ADDRESS = 5, GET_DESCRIPTOR = 6, SET_CONFIGURATION = 9, GET_LINE_CODING = 0x21, SET_LINE_STATE = 0x22 };
enum { TO_HOST = 0x80, KIND = 0x60, CLASS_REQUEST = 0x20 };

static uint8_t waiting[TX_SIZE];
static volatile uint16_t first, count;
static volatile bool listening, sending, ends_full, flushing;
/* EP0: what is left to say, the address that holds once it is acknowledged, and the packet's parity. */
static const uint8_t *saying;
static uint16_t say_count;
static bool answering; /* bytes, which the host acknowledges by an empty packet; else an empty one of ours ends the request */
static uint8_t new_address, line_coding[7] = {0, 194, 1, 0, 0, 0, 8};
static uint32_t parity[3]; /* of EP0 in, EP2 in, EP2 out */

/* Gives a buffer to the controller: all bits first, then the one that hands it over (4.1.2.5.1). */
static void hand_over(uint32_t control, uint16_t length, uint32_t flags, uint32_t *data1) {
  const uint32_t bits = flags | length | (*data1 ? BUFFER_DATA1 : 0u);
  *data1 ^= 1u;
  REGISTER(control) = bits;
  __asm__ volatile("nop\n nop\n nop\n nop\n nop\n nop");
  REGISTER(control) = bits | BUFFER_AVAILABLE;
}

static void say_next(void) {
  const uint16_t length = (uint16_t)(say_count < PACKET ? say_count : PACKET);
  if (length > 0) memcpy((void *)USB_BUFFER_EP0, saying, length);
  saying += length;
  say_count = (uint16_t)(say_count - length);
  hand_over(USB_CONTROL_IN(0), length, BUFFER_FULL, &parity[0]);
}
static void say(const void *bytes, uint16_t length, uint16_t wanted) {
  parity[0] = 1;
  answering = wanted > 0;
  saying = bytes;
  say_count = length < wanted ? length : wanted;
  say_next();
}

static void listen_for_more(void) { hand_over(USB_CONTROL_OUT(OUT_ENDPOINT), PACKET, 0, &parity[2]); }

static void configure(void) {
  REGISTER(USB_ENDPOINT_IN(1)) = ENDPOINT_ON | ENDPOINT_INTERRUPT | USB_OFFSET_EP1;
  REGISTER(USB_ENDPOINT_IN(IN_ENDPOINT)) = ENDPOINT_ON | ENDPOINT_BULK | USB_OFFSET_IN;
  REGISTER(USB_ENDPOINT_OUT(OUT_ENDPOINT)) = ENDPOINT_ON | ENDPOINT_BULK | USB_OFFSET_OUT;
  parity[1] = parity[2] = 0;
  sending = false;
  listen_for_more();
}

static void request(void) {
  const uint8_t *setup = (const uint8_t *)USB_SETUP;
  const uint8_t type = setup[0], what = setup[1];
  const uint16_t value = (uint16_t)(setup[2] | setup[3] << 8), length = (uint16_t)(setup[6] | setup[7] << 8);
  if (type == TO_HOST && what == GET_DESCRIPTOR) {
    uint16_t size = 0;
    const uint8_t *descriptor = usb_descriptor((uint8_t)(value >> 8), (uint8_t)value, &size);
    say(descriptor, size, length);
    return;
  }
  const bool of_class = (type & KIND) == CLASS_REQUEST;
  if (of_class && what == GET_LINE_CODING) {
    say(line_coding, sizeof line_coding, length);
    return;
  }
  if (what == SET_ADDRESS && type == 0) new_address = (uint8_t)value;
  if (what == SET_CONFIGURATION && type == 0) configure();
  if (of_class && what == SET_LINE_STATE) listening = value & 1u;
  if (!(type & TO_HOST) && length > 0) { /* data to come, acknowledged when they are there */
    parity[0] = 1;
    hand_over(USB_CONTROL_OUT(0), length, 0, &parity[0]);
    return;
  }
  say(0, 0, 0);
}

/* The next packet to the host; with `all` also one that is not full, and an empty one behind a full last one. */
static void transmit(bool all) {
  if (sending || !(count >= PACKET || (all && (count > 0 || ends_full)))) return;
  const uint16_t length = (uint16_t)(count < PACKET ? count : PACKET);
  volatile uint8_t *buffer = (volatile uint8_t *)USB_BUFFER_IN;
  for (uint16_t i = 0; i < length; i++) buffer[i] = waiting[(first + i) % TX_SIZE];
  first = (uint16_t)((first + length) % TX_SIZE);
  count = (uint16_t)(count - length);
  sending = true;
  ends_full = length == PACKET;
  hand_over(USB_CONTROL_IN(IN_ENDPOINT), length, BUFFER_FULL, &parity[1]);
}

static void received(void) {
  const uint8_t *buffer = (const uint8_t *)USB_BUFFER_OUT;
  const uint16_t length = (uint16_t)(REGISTER(USB_CONTROL_OUT(OUT_ENDPOINT)) & BUFFER_LENGTH);
  for (uint16_t i = 0; i < length; i++) link_received(buffer[i]);
  listen_for_more();
}

static void buffers_done(void) {
  const uint32_t done = REGISTER(USB_BUFFERS_DONE);
  REGISTER(USB_BUFFERS_DONE) = done;
  if (done & DONE_IN(0)) {
    REGISTER(USB_ADDRESS) = new_address;
    if (say_count > 0)
      say_next();
    else if (answering) {
      answering = false;
      parity[0] = 1;
      hand_over(USB_CONTROL_OUT(0), 0, 0, &parity[0]);
    }
  }
  if ((done & DONE_OUT(0)) && (REGISTER(USB_CONTROL_OUT(0)) & BUFFER_LENGTH) > 0) {
    memcpy(line_coding, (const void *)USB_BUFFER_EP0, sizeof line_coding);
    say(0, 0, 0);
  }
  if (done & DONE_IN(IN_ENDPOINT)) {
    sending = false;
    transmit(flushing);
    if (count == 0 && !ends_full) flushing = false;
  }
  if (done & DONE_OUT(OUT_ENDPOINT)) received();
}

void serial_interrupt(void) {
  const uint32_t status = REGISTER(USB_INTERRUPTS);
  if (status & INTERRUPT_BUS_RESET) {
    REGISTER(USB_STATUS) = STATUS_BUS_RESET;
    REGISTER(USB_ADDRESS) = new_address = 0;
    listening = sending = false;
  }
  if (status & INTERRUPT_SETUP) {
    REGISTER(USB_STATUS) = STATUS_SETUP;
    request();
  }
  if (status & INTERRUPT_BUFFERS) buffers_done();
}

void serial_start(void) {
  for (uint32_t at = 0; at < 0x100u; at += 4) REGISTER(USB_SETUP + at) = 0;
  REGISTER(USB_MUXING) = (1u << 3) | 1u;         /* to the transceiver */
  REGISTER(USB_POWER) = (1u << 3) | (1u << 2);   /* as if the bus's supply were seen */
  REGISTER(USB_MAIN) = 1;                        /* on, as device */
  REGISTER(USB_SIE) = (1u << 29) | (1u << 16);   /* EP0 interrupts for each buffer; pull-up: we are here */
  REGISTER(USB_INTERRUPTS_ON) = INTERRUPT_BUFFERS | INTERRUPT_BUS_RESET | INTERRUPT_SETUP;
  REGISTER(NVIC_ENABLE) = 1u << IRQ_USB;
}

void hal_send(uint8_t byte) {
  interrupts_off();
  while (listening && count == TX_SIZE) {
    sleep_until_interrupt();
    interrupts_on();
    interrupts_off();
  }
  if (listening) {
    waiting[(first + count) % TX_SIZE] = byte;
    count++;
    transmit(false);
  }
  interrupts_on();
}

void hal_flush(void) {
  interrupts_off();
  flushing = listening;
  if (listening) transmit(true);
  interrupts_on();
}
