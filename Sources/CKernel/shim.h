/* System headers that Swift's own platform modules leave out. */
#include <sys/timex.h>
#ifdef __linux__
#include <sys/prctl.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Calls that Swift can't make, as C has them with any number of arguments. */

/* Orphans among our descendants become our children, not those of init. */
static inline int ckernel_become_subreaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1UL, 0UL, 0UL, 0UL); }

/* A descriptor of the process that has this PID now, which no later process of that PID can take over; -1 without. */
static inline int ckernel_open_process(int pid) {
#ifdef SYS_pidfd_open
  return (int)syscall(SYS_pidfd_open, pid, 0);
#else
  (void)pid;
  return -1;
#endif
}

static inline int ckernel_signal_process(int process, int signal) {
#ifdef SYS_pidfd_send_signal
  return (int)syscall(SYS_pidfd_send_signal, process, signal, (void *)0, 0);
#else
  (void)process;
  (void)signal;
  return -1;
#endif
}
#endif
