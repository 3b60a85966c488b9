/* Payloads and structs: one decoder and one encoder for every message of the table. */
#ifndef MHO_CODEC_H
#define MHO_CODEC_H

#include "messages.h"

/* The message with this id, out of flash; false where the table has none. */
bool find_message(uint8_t id, struct message *found);
/* Field number `index` of a side of a message, out of flash. */
struct field field_of(const struct shape *shape, uint8_t index);
/* Bytes of a number of this kind; of what stands before a text (1), bytes or a list (2). */
uint8_t kind_size(uint8_t kind);

/* Fills the struct of a side of a message from its payload, in which spans point. False where the payload is too short or too
 * long, or holds what its fields must not. With null it only looks. */
bool decode_message(const struct shape *shape, const uint8_t *payload, uint16_t length, void *values);
/* Writes the payload of a struct; gives its length. A span may lie in `to` already, no further to the front than it will stand. */
uint16_t encode_message(const struct shape *shape, const void *values, uint8_t *to);

#endif
