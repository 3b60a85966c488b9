/* The words of a line in text mode: values go into the payload as they end, long ones as they arrive. */
#ifndef MHO_WORDS_H
#define MHO_WORDS_H

#include "link.h"
#include "number.h"

/* The word in hand; `cut` where some of it has gone already. */
struct word_in_hand {
  char text[NUMBER_SIZE];
  uint8_t held;
  bool begun, cut;
};
extern struct word_in_hand word_in_hand;

void words_start(void);
/* Whether the word is this one, in flash. */
bool word_is(const char *name);
/* The words that follow are arguments of this message; null: there are to be none. */
void words_of(const struct message *message);
/* Takes a character that is not a space. */
void words_push(char c);
/* The word is over, and was an argument. */
void words_take(void);
/* Begins the next word. */
void words_next(void);
/* The line is over: fills in what may be left out. Gives 0, or the code of a refusal and the name (in flash) of what is wrong. */
uint8_t words_close(const char **name);
/* The payload that the words spelled. */
void words_payload(struct request *request);

#endif
