#include "numbering.h"

#include <string.h>

#include "link.h"

/* Later requests after which a kept answer cannot be asked for any more: half of the numbers there are. */
enum { FORGOTTEN = 0x7fff };

static struct {
  uint16_t floor;
  bool marked; /* there is a floor */
  bool keeps;
  bool greeted;
  uint16_t since;
  struct kept_answer kept;
} numbering;

static bool older(uint16_t a, uint16_t b) { return (uint16_t)(a - b) > 0x7fff; }

enum verdict numbering_judge(uint16_t seq, uint16_t oldest, struct kept_answer *kept) {
  if (seq == NO_REQUEST) return VERDICT_NEW;
  /* Only forward: a copy that was long underway must not bring an older mark back. */
  if (oldest != NO_REQUEST && (!numbering.marked || older(numbering.floor, oldest))) {
    numbering.floor = oldest;
    numbering.marked = true;
  }
  if (numbering.keeps && (numbering_closed(numbering.kept.seq) || ++numbering.since > FORGOTTEN)) numbering.keeps = false;
  if (oldest != NO_REQUEST && numbering_closed(seq)) return VERDICT_STALE;
  if (!numbering.keeps || numbering.kept.seq != seq) return VERDICT_NEW;
  *kept = numbering.kept;
  return VERDICT_KEPT;
}

bool numbering_closed(uint16_t seq) { return seq != NO_REQUEST && numbering.marked && older(seq, numbering.floor); }

void numbering_keep(const struct kept_answer *answer) {
  if (answer->seq == NO_REQUEST) return;
  numbering.kept = *answer;
  numbering.keeps = true;
  numbering.since = 0;
}

void numbering_release(void) { numbering.keeps = false; }
bool numbering_greeted(void) { return numbering.greeted; }
void numbering_greet(void) { numbering.greeted = true; }
void numbering_end(void) { memset(&numbering, 0, sizeof numbering); }
