/* Why the board will not do something, and the errors that `nextError` reads. */
#ifndef MHO_REFUSAL_H
#define MHO_REFUSAL_H

#include "messages.h"

struct refusal {
  uint8_t code;
  uint8_t length;
  char facts[FACTS_SIZE > 0 ? FACTS_SIZE : 1];
};
/* The refusal in hand: written by `refuse` and what says its facts, read at once. */
extern struct refusal refusal;

/* Begins a refusal; gives false, so that a check can return it. */
bool refuse(uint8_t code);
/* Facts: a text in flash, one in RAM, numbers. What does not fit is left out. */
void fact_words(const char *words);
void fact_text(const char *text);
void fact_number(int32_t value);
void fact_single(float value);
/* Facts in a literal, which goes to flash; one FACT is one statement. */
#define FACT(words) \
  do { \
    static const char fact_said[] FLASH = words; \
    fact_words(fact_said); \
  } while (0)

/* The queue of the first unread errors; when it is full the newest is dropped. */
void errors_clear(void);
void errors_put(const struct refusal *error);
/* Takes the oldest, code 0 where there is none; gives how many are left. */
uint8_t errors_take(struct refusal *error);

#endif
