// scryptROMix (RFC 7914, section 5) of a few lanes at once, and the memory it works in.
// The caller has checked all parameters; nothing here can fail but the allocation.

#ifndef CSCRYPT_H
#define CSCRYPT_H

#include <stddef.h>
#include <stdint.h>

// The most lanes that one call works on.
#define CSCRYPT_MAXIMUM_LANE_COUNT 4

enum cscrypt_kernel {
  cscrypt_kernel_generic = 0,
  cscrypt_kernel_avx2 = 1,
  cscrypt_kernel_avx512 = 2,
};

// Whether `kernel` is compiled in and this processor and operating system run it.
int cscrypt_kernel_is_supported(enum cscrypt_kernel kernel);

// How many processors this process may run on: on Linux its affinity, as containers and taskset set it.
size_t cscrypt_processor_count(void);

// The bytes that `lane_count` lanes work in: V of each, and X twice.
size_t cscrypt_memory_byte_count(uint64_t N, size_t r, size_t lane_count);

// Zeroed memory aligned for every kernel, in large pages where the system has them; NULL if there is none.
void *cscrypt_allocate(size_t byte_count);

// Overwrites the memory and gives it back to the system.
void cscrypt_erase_and_free(void *memory, size_t byte_count);

// Overwrites the memory in a way that the compiler keeps.
void cscrypt_erase(void *memory, size_t byte_count);

// `lane_count` lanes of scryptROMix: `memory` as above, `blocks` of 128 * r bytes a lane, one after another.
struct cscrypt_romix {
  void *memory;
  uint8_t *blocks;
  uint64_t N;
  size_t r;
  size_t lane_count;
  enum cscrypt_kernel kernel;
};

// Takes the blocks into X.
void cscrypt_romix_begin(const struct cscrypt_romix *romix);

// Runs the steps from `first` up to, not including, `last` of the 2 * N there are, the earlier ones having run.
void cscrypt_romix_run(const struct cscrypt_romix *romix, uint64_t first, uint64_t last);

// Puts X back into the blocks.
void cscrypt_romix_end(const struct cscrypt_romix *romix);

#endif
