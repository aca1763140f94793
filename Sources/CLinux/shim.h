/* The system headers that Swift's Glibc module leaves out; empty elsewhere. */
#ifdef __linux__
#include <sys/statfs.h>
#include <sys/timex.h>
#endif
