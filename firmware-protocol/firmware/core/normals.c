#include "normals.h"

#include <math.h>
#include <string.h>

void philox(uint32_t words[4], uint32_t key0, uint32_t key1) {
  for (uint8_t round = 0; round < 10; round++) {
    uint64_t product0 = UINT64_C(0xd2511f53) * words[0], product1 = UINT64_C(0xcd9e8d57) * words[2];
    words[0] = (uint32_t)(product1 >> 32) ^ words[1] ^ key0;
    words[1] = (uint32_t)product1;
    words[2] = (uint32_t)(product0 >> 32) ^ words[3] ^ key1;
    words[3] = (uint32_t)product0;
    key0 += UINT32_C(0x9e3779b9);
    key1 += UINT32_C(0xbb67ae85);
  }
}

/* From 2^-33 to 1 - 2^-25, as near 0 as the bits allow: the logarithm's tail. */
static float uniform(uint32_t word) { return ((float)word + 0.5f) * 2.3283064e-10f; }

void normals(const uint32_t counter[4], const uint32_t key[2], float to[4]) {
  const float turn = 6.28318531f;
  uint32_t words[4];
  memcpy(words, counter, sizeof words);
  philox(words, key[0], key[1]);
  for (uint8_t i = 0; i < 4; i = (uint8_t)(i + 2)) {
    float first = uniform(words[i]);
    float radius = first < 1 ? sqrtf(-2 * logf(first)) : 0;
    float angle = turn * uniform(words[i + 1]);
    to[i] = radius * cosf(angle);
    to[i + 1] = radius * sinf(angle);
  }
}
