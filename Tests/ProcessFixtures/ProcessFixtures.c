/* Processes in the states that tests need. Each mode prints one line once it is in place and then waits; no handler is
   installed for any signal, so that any signal that arrives ends the process or shows in its state. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

/* Ends by itself should a test fail to end it. */
static const unsigned longest_life_seconds = 300;

static void announce(long number) {
  printf("ready %ld\n", number);
  fflush(stdout);
}

static void wait_for_the_end(void) {
  for (;;) pause();
}

static void *announce_thread(void *unused) {
  (void)unused;
#ifdef __linux__
  announce(syscall(SYS_gettid));
#else
  announce(getpid());
#endif
  wait_for_the_end();
  return NULL;
}

static void start_thread(void) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, announce_thread, NULL) != 0) exit(1);
}

int main(int count, char **arguments) {
  const char *mode = count > 1 ? arguments[1] : "";
  alarm(longest_life_seconds);
  if (strcmp(mode, "sleep") == 0) {
    announce(getpid());
    wait_for_the_end();
  } else if (strcmp(mode, "thread") == 0) {
    /* Announces the ID of a second thread. */
    start_thread();
    wait_for_the_end();
  } else if (strcmp(mode, "thread-leader-exits") == 0) {
    /* A zombie leader with a living thread. */
    start_thread();
    pthread_exit(NULL);
  } else if (strcmp(mode, "zombie-child") == 0) {
    /* Announces the PID of a child that has ended and is never waited for. */
    pid_t child = fork();
    if (child == 0) _exit(0);
    announce(child);
    wait_for_the_end();
  } else if (strcmp(mode, "child") == 0) {
    /* Announces the PID of a living child. */
    pid_t child = fork();
    if (child == 0) {
      execl(arguments[0], arguments[0], "sleep", "a child's argument", (char *)NULL);
      _exit(1);
    }
    announce(child);
    wait_for_the_end();
#ifdef __linux__
  } else if (strcmp(mode, "named") == 0 && count > 2) {
    /* Calls itself by the given name. */
    prctl(PR_SET_NAME, arguments[2]);
    announce(getpid());
    wait_for_the_end();
#endif
  }
  fprintf(stderr, "unknown mode %s\n", mode);
  return 64;
}
