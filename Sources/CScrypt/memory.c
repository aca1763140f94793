#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "CScrypt.h"

#define LARGE_PAGE_BYTE_COUNT ((size_t)2 << 20)

// V is read at random, so that with small pages nearly every read misses the TLB, and a page fault for every
// 4 KiB costs as much as filling it: hence the alignment and the advice, which halve the time of a derivation.
// Where the system gives small pages all the same, having them at once is a tenth faster than by faults.
void *cscrypt_allocate(size_t byte_count) {
  if (byte_count == 0 || byte_count > PTRDIFF_MAX - 2 * LARGE_PAGE_BYTE_COUNT) return NULL;
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  size_t kept = (byte_count + page - 1) / page * page;
  uint8_t *mapped = mmap(NULL, kept + LARGE_PAGE_BYTE_COUNT, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return NULL;
  size_t before = -(uintptr_t)mapped & (LARGE_PAGE_BYTE_COUNT - 1);
  if (before > 0) munmap(mapped, before);
  munmap(mapped + before + kept, LARGE_PAGE_BYTE_COUNT - before);
#if defined(MADV_HUGEPAGE)
  madvise(mapped + before, kept, MADV_HUGEPAGE);
#endif
#if defined(MADV_DONTDUMP)
  madvise(mapped + before, kept, MADV_DONTDUMP);
#endif
  // A touch has the kernel fill a large page without keeping other threads from mapping memory meanwhile.
  for (size_t offset = 0; offset < kept; offset += LARGE_PAGE_BYTE_COUNT) {
    *(volatile uint8_t *)(mapped + before + offset) = 0;
  }
#if defined(MADV_POPULATE_WRITE)
  // Small pages in pieces, as during a call no other thread can map memory.
  for (size_t offset = 0; offset < kept; offset += LARGE_PAGE_BYTE_COUNT) {
    size_t rest = kept - offset;
    size_t piece = rest < LARGE_PAGE_BYTE_COUNT ? rest : LARGE_PAGE_BYTE_COUNT;
    if (madvise(mapped + before + offset, piece, MADV_POPULATE_WRITE) != 0) break;
  }
#endif
  return mapped + before;
}

void cscrypt_erase_and_free(void *memory, size_t byte_count) {
  cscrypt_erase(memory, byte_count);
  munmap(memory, byte_count);
}

void cscrypt_erase(void *memory, size_t byte_count) {
  memset(memory, 0, byte_count);
  // For all the compiler knows, the memory is looked at here.
  __asm__ volatile("" : : "r"(memory) : "memory");
}
