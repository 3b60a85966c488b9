/* Text mode, inwards (PROTOCOL.md 2): a line is read as it arrives and becomes the payload of a frame in the link's inbox. */
#ifndef MHO_LINE_H
#define MHO_LINE_H

#include "link.h"

enum line_end { LINE_NOTHING, LINE_REQUEST, LINE_COMMAND, LINE_REFUSED };

/* Why a line is not carried out, and to which request that is the answer. */
struct line_refusal {
  uint16_t seq;
  uint8_t code;
  const char *why; /* in flash: the field that is wrong, or what else; may be null */
};

/* Begins a line. */
void line_start(void);
/* Takes a character that is neither \n nor 0x00. */
void line_byte(uint8_t byte);
/* The line is over: what it says. `request->id` is the command for LINE_COMMAND. Counts what was damaged. */
enum line_end line_end(struct request *request, struct line_refusal *refusal);

#endif
