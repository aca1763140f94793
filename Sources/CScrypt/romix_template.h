// The steps of scryptROMix (RFC 7914, section 5) for several lanes at once. Included once per kernel, with
//   KERNEL(name)       the name of a symbol of this kernel
//   KERNEL_TARGET      the attribute that allows the instructions it is compiled to, or nothing
//   LANES_PER_VECTOR   1, 2 or 4: lanes side by side in one vector, 128 bits each
//   VECTORS            independent vectors, whose chains of dependent instructions the processor overlaps
// of which it undefines KERNEL and VECTORS.
//
// The sixteen words of a Salsa20 block are kept as four rows of four words, row k holding the words 4k, 4k + 5,
// 4k + 10 and 4k + 15 modulo 16, so that the quarter rounds of a double round work on whole rows. Each lane has
// a V of its own, in that order too.

#define WIDTH (LANES_PER_VECTOR * VECTORS)

typedef uint32_t KERNEL(words) __attribute__((vector_size(16 * LANES_PER_VECTOR)));

typedef struct {
  KERNEL(words) row[BLOCK_ROWS][VECTORS];
} KERNEL(block);

#define INLINE KERNEL_TARGET static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
#define FOR_EACH_VECTOR UNROLL for (int g = 0; g < VECTORS; g++)
#define FOR_EACH_ROW UNROLL for (int k = 0; k < BLOCK_ROWS; k++)
#define ROTATE_LEFT(value, count) (((value) << (count)) | ((value) >> (32 - (count))))

// Columns a, b, c, d of every lane.
#if LANES_PER_VECTOR == 1
#define COLUMNS(x, a, b, c, d) __builtin_shufflevector(x, x, a, b, c, d)
#elif LANES_PER_VECTOR == 2
#define COLUMNS(x, a, b, c, d) __builtin_shufflevector(x, x, a, b, c, d, 4 + a, 4 + b, 4 + c, 4 + d)
#else
#define COLUMNS(x, a, b, c, d)                                                                       \
  __builtin_shufflevector(x, x, a, b, c, d, 4 + a, 4 + b, 4 + c, 4 + d, 8 + a, 8 + b, 8 + c, 8 + d, \
                          12 + a, 12 + b, 12 + c, 12 + d)
#endif

#define QUARTER(target, left, right, count)   \
  FOR_EACH_VECTOR {                           \
    KERNEL(words) sum = left[g] + right[g];   \
    target[g] ^= ROTATE_LEFT(sum, count);     \
  }

// The Salsa20/8 core (RFC 7914, section 3), in place.
INLINE void KERNEL(salsa20_8)(KERNEL(block) *x) {
  KERNEL(words) a[VECTORS], b[VECTORS], c[VECTORS], d[VECTORS];
  FOR_EACH_VECTOR {
    a[g] = x->row[0][g];
    b[g] = x->row[1][g];
    c[g] = x->row[2][g];
    d[g] = x->row[3][g];
  }
  UNROLL for (int round = 0; round < 8; round += 2) {
    QUARTER(b, a, d, 7)
    QUARTER(c, b, a, 9)
    QUARTER(d, c, b, 13)
    QUARTER(a, d, c, 18)
    FOR_EACH_VECTOR {
      b[g] = COLUMNS(b[g], 3, 0, 1, 2);
      c[g] = COLUMNS(c[g], 2, 3, 0, 1);
      d[g] = COLUMNS(d[g], 1, 2, 3, 0);
    }
    QUARTER(d, a, b, 7)
    QUARTER(c, d, a, 9)
    QUARTER(b, c, d, 13)
    QUARTER(a, b, c, 18)
    FOR_EACH_VECTOR {
      b[g] = COLUMNS(b[g], 1, 2, 3, 0);
      c[g] = COLUMNS(c[g], 2, 3, 0, 1);
      d[g] = COLUMNS(d[g], 3, 0, 1, 2);
    }
  }
  FOR_EACH_VECTOR {
    x->row[0][g] += a[g];
    x->row[1][g] += b[g];
    x->row[2][g] += c[g];
    x->row[3][g] += d[g];
  }
}

// A row of every lane's memory into vectors.
INLINE void KERNEL(gather)(row_words *const lane[WIDTH], size_t index, KERNEL(words) row[VECTORS]) {
  FOR_EACH_VECTOR {
#if LANES_PER_VECTOR == 1
    row[g] = lane[g][index];
#elif LANES_PER_VECTOR == 2
    row[g] = __builtin_shufflevector(lane[2 * g][index], lane[2 * g + 1][index], 0, 1, 2, 3, 4, 5, 6, 7);
#else
    row[g] = __builtin_shufflevector(
        __builtin_shufflevector(lane[4 * g][index], lane[4 * g + 1][index], 0, 1, 2, 3, 4, 5, 6, 7),
        __builtin_shufflevector(lane[4 * g + 2][index], lane[4 * g + 3][index], 0, 1, 2, 3, 4, 5, 6, 7),
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
#endif
  }
}

// A row of vectors into every lane's memory.
INLINE void KERNEL(scatter)(row_words *const lane[WIDTH], size_t index, const KERNEL(words) row[VECTORS]) {
  FOR_EACH_VECTOR {
#if LANES_PER_VECTOR == 1
    lane[g][index] = row[g];
#else
    lane[LANES_PER_VECTOR * g][index] = __builtin_shufflevector(row[g], row[g], 0, 1, 2, 3);
    lane[LANES_PER_VECTOR * g + 1][index] = __builtin_shufflevector(row[g], row[g], 4, 5, 6, 7);
#if LANES_PER_VECTOR == 4
    lane[4 * g + 2][index] = __builtin_shufflevector(row[g], row[g], 8, 9, 10, 11);
    lane[4 * g + 3][index] = __builtin_shufflevector(row[g], row[g], 12, 13, 14, 15);
#endif
#endif
  }
}

// A step of the first loop: V[i] = X, then X = scryptBlockMix(X).
INLINE void KERNEL(fill_step)(
    const KERNEL(block) *input, KERNEL(block) *output, row_words *const v[WIDTH], size_t r) {
  KERNEL(block) x = input[2 * r - 1];
  for (size_t i = 0; i < 2 * r; i++) {
    FOR_EACH_ROW {
      KERNEL(scatter)(v, BLOCK_ROWS * i + k, input[i].row[k]);
      FOR_EACH_VECTOR x.row[k][g] ^= input[i].row[k][g];
    }
    KERNEL(salsa20_8)(&x);
    output[i / 2 + (i & 1) * r] = x;
  }
}

// A step of the second loop: X = scryptBlockMix(X xor V[j]).
INLINE void KERNEL(mix_step)(
    const KERNEL(block) *input, KERNEL(block) *output, row_words *const v[WIDTH], size_t r) {
  KERNEL(block) x;
  KERNEL(words) row[VECTORS];
  FOR_EACH_ROW {
    KERNEL(gather)(v, BLOCK_ROWS * (2 * r - 1) + k, row);
    FOR_EACH_VECTOR x.row[k][g] = input[2 * r - 1].row[k][g] ^ row[g];
  }
  for (size_t i = 0; i < 2 * r; i++) {
    FOR_EACH_ROW {
      KERNEL(gather)(v, BLOCK_ROWS * i + k, row);
      FOR_EACH_VECTOR x.row[k][g] ^= input[i].row[k][g] ^ row[g];
    }
    KERNEL(salsa20_8)(&x);
    output[i / 2 + (i & 1) * r] = x;
  }
}

// X is one of two halves by turns; as the steps are even in number, it ends where it began.
KERNEL_TARGET static void KERNEL(steps)(const struct lanes *lanes, uint64_t first, uint64_t last) {
  const size_t r = lanes->r;
  const size_t rows = 2 * r * BLOCK_ROWS;
  KERNEL(block) *const halves[2] = {lanes->x, (KERNEL(block) *)lanes->x + 2 * r};
  row_words *v[WIDTH];

  uint64_t step = first;
  for (; step < last && step < lanes->N; step++) {
    for (size_t lane = 0; lane < WIDTH; lane++) v[lane] = lanes->v[lane] + step * rows;
    KERNEL(fill_step)(halves[step & 1], halves[~step & 1], v, r);
  }
  for (; step < last; step++) {
    const KERNEL(block) *input = halves[step & 1];
    // Integerify: N is below 2^32, so the first word of the last block says it all.
    const uint32_t *integers = (const uint32_t *)&input[2 * r - 1];
    for (size_t lane = 0; lane < WIDTH; lane++)
      v[lane] = lanes->v[lane] + (integers[4 * lane] & (lanes->N - 1)) * rows;
    // The reads of all lanes are asked for at once, else each block would wait for its own.
    for (size_t line = 0; line < 2 * r && line < CACHE_LINES_AHEAD; line++)
      for (size_t lane = 0; lane < WIDTH; lane++) __builtin_prefetch(v[lane] + BLOCK_ROWS * line);
    KERNEL(mix_step)(input, halves[~step & 1], v, r);
  }
}

#undef WIDTH
#undef INLINE
#undef UNROLL
#undef FOR_EACH_VECTOR
#undef FOR_EACH_ROW
#undef ROTATE_LEFT
#undef COLUMNS
#undef QUARTER
#undef KERNEL
#undef VECTORS
