#include "CScrypt.h"

// Four words of one lane, a quarter of a Salsa20 block.
typedef uint32_t row_words __attribute__((vector_size(16)));

#define BLOCK_ROWS 4
#define CACHE_LINES_AHEAD 32

// What a kernel works on. Lanes that its width has in excess are the last lane again: they compute and write
// what that one does, at the cost of no other memory.
struct lanes {
  void *x;
  row_words *v[CSCRYPT_MAXIMUM_LANE_COUNT];
  uint64_t N;
  size_t r;
};

typedef void (*steps_function)(const struct lanes *lanes, uint64_t first, uint64_t last);

#define KERNEL_TARGET
#define LANES_PER_VECTOR 1
#define KERNEL(name) generic1_##name
#define VECTORS 1
#include "romix_template.h"
#define KERNEL(name) generic2_##name
#define VECTORS 2
#include "romix_template.h"
#define KERNEL(name) generic4_##name
#define VECTORS 4
#include "romix_template.h"
#undef LANES_PER_VECTOR
#undef KERNEL_TARGET

#if defined(__x86_64__)
#define KERNEL_TARGET __attribute__((target("avx2")))
#define LANES_PER_VECTOR 1
#define KERNEL(name) avx2x1_##name
#define VECTORS 1
#include "romix_template.h"
#undef LANES_PER_VECTOR
#define LANES_PER_VECTOR 2
#define KERNEL(name) avx2x2_##name
#define VECTORS 1
#include "romix_template.h"
#define KERNEL(name) avx2x4_##name
#define VECTORS 2
#include "romix_template.h"
#undef LANES_PER_VECTOR
#undef KERNEL_TARGET

// AVX-512VL has the rotation in one instruction, also for the narrow vectors.
#define KERNEL_TARGET __attribute__((target("avx2,avx512f,avx512vl")))
#define LANES_PER_VECTOR 1
#define KERNEL(name) avx512x1_##name
#define VECTORS 1
#include "romix_template.h"
#undef LANES_PER_VECTOR
#define LANES_PER_VECTOR 2
#define KERNEL(name) avx512x2_##name
#define VECTORS 1
#include "romix_template.h"
#undef LANES_PER_VECTOR
#define LANES_PER_VECTOR 4
#define KERNEL(name) avx512x4_##name
#define VECTORS 1
#include "romix_template.h"
#undef LANES_PER_VECTOR
#undef KERNEL_TARGET
#endif

// By kernel, then for 1, 2 and 4 lanes.
static const steps_function steps_functions[][3] = {
    {generic1_steps, generic2_steps, generic4_steps},
#if defined(__x86_64__)
    {avx2x1_steps, avx2x2_steps, avx2x4_steps},
    {avx512x1_steps, avx512x2_steps, avx512x4_steps},
#endif
};

int cscrypt_kernel_is_supported(enum cscrypt_kernel kernel) {
  switch (kernel) {
    case cscrypt_kernel_generic:
      return 1;
#if defined(__x86_64__)
    case cscrypt_kernel_avx2:
      return __builtin_cpu_supports("avx2") != 0;
    case cscrypt_kernel_avx512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl");
#endif
    default:
      return 0;
  }
}

static int width_index(size_t lane_count) { return lane_count <= 1 ? 0 : lane_count == 2 ? 1 : 2; }
static size_t width(size_t lane_count) { return (size_t)1 << width_index(lane_count); }

static size_t v_byte_count(uint64_t N, size_t r) { return 128 * r * N; }
static size_t x_byte_count(size_t r, size_t lane_count) { return 128 * r * width(lane_count); }

size_t cscrypt_memory_byte_count(uint64_t N, size_t r, size_t lane_count) {
  return lane_count * v_byte_count(N, r) + 2 * x_byte_count(r, lane_count);
}

static uint8_t *x_of(const struct cscrypt_romix *romix) {
  return (uint8_t *)romix->memory + romix->lane_count * v_byte_count(romix->N, romix->r);
}

// The index in X of word `column` of row `row` of block `block`: all lanes' rows lie side by side.
static size_t x_index(size_t width, size_t block, size_t row, size_t lane, size_t column) {
  return 4 * ((BLOCK_ROWS * block + row) * width + lane) + column;
}

// Where that word stands in a lane's own block, which is in the order of RFC 7914.
static size_t block_offset(size_t block, size_t row, size_t column) {
  return 64 * block + 4 * ((4 * row + 5 * column) % 16);
}

void cscrypt_romix_begin(const struct cscrypt_romix *romix) {
  const size_t r = romix->r, lanes = width(romix->lane_count);
  uint32_t *x = (uint32_t *)x_of(romix);
  for (size_t lane = 0; lane < lanes; lane++) {
    size_t source = lane < romix->lane_count ? lane : romix->lane_count - 1;
    const uint8_t *bytes = romix->blocks + 128 * r * source;
    for (size_t block = 0; block < 2 * r; block++)
      for (size_t row = 0; row < BLOCK_ROWS; row++)
        for (size_t column = 0; column < 4; column++) {
          const uint8_t *word = bytes + block_offset(block, row, column);
          x[x_index(lanes, block, row, lane, column)] =
              word[0] | (uint32_t)word[1] << 8 | (uint32_t)word[2] << 16 | (uint32_t)word[3] << 24;
        }
  }
}

void cscrypt_romix_run(const struct cscrypt_romix *romix, uint64_t first, uint64_t last) {
  struct lanes lanes = {.x = x_of(romix), .N = romix->N, .r = romix->r};
  for (size_t lane = 0; lane < CSCRYPT_MAXIMUM_LANE_COUNT; lane++) {
    size_t source = lane < romix->lane_count ? lane : romix->lane_count - 1;
    lanes.v[lane] = (row_words *)((uint8_t *)romix->memory + source * v_byte_count(romix->N, romix->r));
  }
  steps_functions[romix->kernel][width_index(romix->lane_count)](&lanes, first, last);
}

void cscrypt_romix_end(const struct cscrypt_romix *romix) {
  const size_t r = romix->r, lanes = width(romix->lane_count);
  const uint32_t *x = (const uint32_t *)x_of(romix);
  for (size_t lane = 0; lane < romix->lane_count; lane++) {
    uint8_t *bytes = romix->blocks + 128 * r * lane;
    for (size_t block = 0; block < 2 * r; block++)
      for (size_t row = 0; row < BLOCK_ROWS; row++)
        for (size_t column = 0; column < 4; column++) {
          uint32_t value = x[x_index(lanes, block, row, lane, column)];
          uint8_t *word = bytes + block_offset(block, row, column);
          word[0] = (uint8_t)value;
          word[1] = (uint8_t)(value >> 8);
          word[2] = (uint8_t)(value >> 16);
          word[3] = (uint8_t)(value >> 24);
        }
  }
}
