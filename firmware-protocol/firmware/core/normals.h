/* Standard normals by address: the same numbers whenever they are asked for. */
#ifndef MHO_NORMALS_H
#define MHO_NORMALS_H

#include <stdint.h>

/* Four of them for a 128-bit counter and a 64-bit key: Philox4x32-10 (Salmon et al., SC11), then Box-Muller. */
void normals(const uint32_t counter[4], const uint32_t key[2], float to[4]);
/* The four words of Philox4x32-10, in place of the counter. */
void philox(uint32_t words[4], uint32_t key0, uint32_t key1);

#endif
