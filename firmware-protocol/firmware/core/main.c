#include "endpoint.h"
#include "hal.h"

int main(void) {
  hal_start();
  endpoint_start();
  for (;;)
    if (!endpoint_step()) hal_rest();
}
