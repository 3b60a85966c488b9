#include <string.h>

#include "array.h"
#include "codec.h"
#include "endpoint.h"
#include "limits.h"
#include "read.h"
#include "reply.h"

bool read_cells(const struct job *job, const struct message *message, uint16_t *length) {
  struct read_cells_request request;
  if (!decode_message(&message->request, job->payload, job->length, &request) || !check_read_cells(&request)) return false;
  uint16_t cells = (uint16_t)(request.rows * request.cols), count = (uint16_t)(cells * request.repeats);
  array_select(request.tile);
  for (uint16_t i = 0; i < count; i++) {
    uint16_t cell = i % cells;
    float read = array_read_cell((uint16_t)(request.row + cell / request.cols), (uint16_t)(request.col + cell % request.cols));
    int16_t counts = array_counts(read);
    memcpy(reply_work + 2 + 2u * i, &counts, sizeof counts);
    if (!attend(i + 1u, count) && i + 1u < count) return false;
  }
  struct read_cells_reply reply = {{reply_work + 2, count}};
  *length = encode_message(&message->reply, &reply, reply_work);
  return true;
}
