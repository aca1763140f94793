/* System headers that Swift's own platform modules leave out. */
#include <sys/timex.h>
#ifdef __linux__
#include <sys/statfs.h>
#endif
