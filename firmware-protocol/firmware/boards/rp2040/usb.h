/* Registers of the USB controller (RP2040 datasheet 4.1.3) and its memory, and the descriptors. */
#ifndef MHO_RP2040_USB_H
#define MHO_RP2040_USB_H

#include <stdint.h>

#define USB_SETUP 0x50100000u
#define USB_ENDPOINT_IN(n) (USB_SETUP + 8u * (n))
#define USB_ENDPOINT_OUT(n) (USB_SETUP + 8u * (n) + 4u)
#define USB_CONTROL_IN(n) (USB_SETUP + 0x80u + 8u * (n))
#define USB_CONTROL_OUT(n) (USB_SETUP + 0x84u + 8u * (n))
#define USB_OFFSET_EP1 0x180u
#define USB_OFFSET_IN 0x1c0u
#define USB_OFFSET_OUT 0x200u
#define USB_BUFFER_EP0 (USB_SETUP + 0x100u)
#define USB_BUFFER_IN (USB_SETUP + USB_OFFSET_IN)
#define USB_BUFFER_OUT (USB_SETUP + USB_OFFSET_OUT)
#define ENDPOINT_ON ((1u << 31) | (1u << 29)) /* an interrupt for each buffer */
#define ENDPOINT_BULK (2u << 26)
#define ENDPOINT_INTERRUPT (3u << 26)
#define BUFFER_FULL (1u << 15)
#define BUFFER_DATA1 (1u << 13)
#define BUFFER_AVAILABLE (1u << 10)
#define BUFFER_LENGTH 0x3ffu

#define USB_ADDRESS 0x50110000u
#define USB_MAIN 0x50110040u
#define USB_SIE 0x5011004cu
#define USB_STATUS 0x50110050u
#define USB_BUFFERS_DONE 0x50110058u
#define USB_MUXING 0x50110074u
#define USB_POWER 0x50110078u
#define USB_INTERRUPTS_ON 0x50110090u
#define USB_INTERRUPTS 0x50110098u
#define STATUS_BUS_RESET (1u << 19)
#define STATUS_SETUP (1u << 17)
#define INTERRUPT_BUFFERS (1u << 4)
#define INTERRUPT_BUS_RESET (1u << 12)
#define INTERRUPT_SETUP (1u << 16)
#define DONE_IN(n) (1u << (2 * (n)))
#define DONE_OUT(n) (2u << (2 * (n)))

/* The descriptor of a type and number, and its size; none where there is none. */
const uint8_t *usb_descriptor(uint8_t type, uint8_t number, uint16_t *size);

#endif
