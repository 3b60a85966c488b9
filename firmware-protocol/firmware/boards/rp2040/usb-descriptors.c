/* What the board says of itself at enumeration. Vendor and product are those of pid.codes for tests (1209:0001): a maker of boards
 * takes its own. */
#include <stdbool.h>

#include "hal.h"
#include "usb.h"

enum { DEVICE = 1, CONFIGURATION = 2, STRING = 3 };
#define LOW(x) ((x) & 0xff)
#define HIGH(x) ((x) >> 8)
#define CONFIGURATION_SIZE 67

static const uint8_t device[] = {
    18, DEVICE, LOW(0x200), HIGH(0x200),     /* USB 2.0 */
    2,  0,      0,          64,              /* communications class; packets of 64 on EP0 */
    LOW(0x1209), HIGH(0x1209), LOW(1), HIGH(1),
    LOW(0x100), HIGH(0x100), 1, 2, 3, 1,     /* maker, product, serial number */
};
static const uint8_t configuration[] = {
    9, CONFIGURATION, CONFIGURATION_SIZE, 0, 2, 1, 0, 0x80, 50, /* 100 mA of the bus */
    9, 4, 0, 0, 1, 2, 2, 0, 0,                                  /* interface 0: communications, abstract control */
    5, 0x24, 0, LOW(0x110), HIGH(0x110),                        /* CDC 1.1 */
    5, 0x24, 1, 0, 1,                                           /* no call management */
    4, 0x24, 2, 2,                                              /* line coding and state */
    5, 0x24, 6, 0, 1,                                           /* interfaces 0 and 1 belong together */
    7, 5, 0x81, 3, 8, 0, 255,                                   /* notifications, never sent */
    9, 4, 1, 0, 2, 10, 0, 0, 0,                                 /* interface 1: bytes */
    7, 5, 0x02, 2, 64, 0, 0,
    7, 5, 0x82, 2, 64, 0, 0,
};

static uint8_t text[2 + 2 * 32];

static const uint8_t *said(const char *characters, uint16_t *size) {
  uint8_t length = 2;
  for (; *characters && length < sizeof text; characters++) {
    text[length++] = (uint8_t)*characters;
    text[length++] = 0;
  }
  text[0] = length;
  text[1] = STRING;
  *size = length;
  return text;
}

const uint8_t *usb_descriptor(uint8_t type, uint8_t number, uint16_t *size) {
  static const uint8_t english[] = {4, STRING, 0x09, 0x04};
  switch (type) {
    case DEVICE:
      *size = sizeof device;
      return device;
    case CONFIGURATION:
      *size = sizeof configuration;
      return configuration;
    case STRING:
      if (number > 0) return said(number == 1 ? "mho" : number == 2 ? "mho crossbar board" : hal_uid(), size);
      *size = sizeof english;
      return english;
    default:
      *size = 0;
      return 0;
  }
}
