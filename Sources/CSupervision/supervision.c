#include "CSupervision.h"

#ifdef __linux__
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int csupervision_become_subreaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1UL, 0UL, 0UL, 0UL); }

int csupervision_open_process(int pid) {
#ifdef SYS_pidfd_open
  return (int)syscall(SYS_pidfd_open, pid, 0);
#else
  (void)pid;
  return -1;
#endif
}

int csupervision_signal_process(int process, int signal) {
#ifdef SYS_pidfd_send_signal
  return (int)syscall(SYS_pidfd_send_signal, process, signal, (void *)0, 0);
#else
  (void)process;
  (void)signal;
  return -1;
#endif
}

int csupervision_start(const char *path, char *const arguments[], char *const variables[], const void *blocked,
                       const void *defaulted, int death_signal, pid_t *child) {
  int report[2];
  if (pipe(report) != 0) return errno;
  fcntl(report[0], F_SETFD, FD_CLOEXEC);
  fcntl(report[1], F_SETFD, FD_CLOEXEC);
  pid_t parent = getpid();
  // No handler of ours may run in the child.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  *child = fork();
  if (*child == 0) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    for (int number = 1; number <= 64; number++)
      if (sigismember(defaulted, number) == 1) sigaction(number, &action, NULL);
    prctl(PR_SET_PDEATHSIG, (unsigned long)death_signal, 0UL, 0UL, 0UL);
    if (getppid() != parent) _exit(127);
    sigprocmask(SIG_SETMASK, blocked, NULL);
    execve(path, arguments, variables);
    int code = errno;
    if (write(report[1], &code, sizeof code) < 0) _exit(126);
    _exit(127);
  }
  int code = *child < 0 ? errno : 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(report[1]);
  if (*child > 0) {
    int told = 0;
    ssize_t length;
    do length = read(report[0], &told, sizeof told);
    while (length < 0 && errno == EINTR);
    if (length == (ssize_t)sizeof told) {
      code = told;
      while (waitpid(*child, NULL, 0) < 0 && errno == EINTR) {}
    }
  }
  close(report[0]);
  return code;
}
#endif
