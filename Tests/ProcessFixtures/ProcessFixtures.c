/* Processes in the states that tests need. Each mode prints one line once it is in place and then waits; but in the
   mode that counts signals, no handler is installed for any, so that any signal that arrives ends the process or shows
   in its state. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#ifdef __linux__
#include <pty.h>
#include <utmp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include "KillAtStep.h"
#else
#include <util.h>
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

static volatile sig_atomic_t signal_counts[128];

static void count_signal(int number) {
  if (number < 128) signal_counts[number]++;
}

/* Catches whatever can be caught until its input ends, then prints `received` and each signal with its count. */
static int count_signals(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = count_signal;
  action.sa_flags = SA_RESTART;
  for (int number = 1; number < NSIG; number++)
    if (number != SIGALRM) sigaction(number, &action, NULL);
  announce(getpid());
  char byte;
  for (;;) {
    ssize_t length = read(STDIN_FILENO, &byte, 1);
    if (length == 0 || (length < 0 && errno != EINTR)) break;
  }
  printf("received");
  for (int number = 1; number < 128; number++)
    if (signal_counts[number] > 0) printf(" %d:%d", number, (int)signal_counts[number]);
  printf("\n");
  return 0;
}

static void write_all(int descriptor, const char *bytes, ssize_t count) {
  while (count > 0) {
    ssize_t written = write(descriptor, bytes, (size_t)count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    bytes += written;
    count -= written;
  }
}

static int echoes(int terminal) {
  struct termios settings;
  return tcgetattr(terminal, &settings) == 0 && (settings.c_lflag & ECHO) != 0;
}

/* Passes on what is typed and what is shown, until the program ends or nothing more can come. Tells when the terminal
   stops showing what is typed: restic asks for a password before it does that. */
static void relay(int terminal) {
  struct pollfd watched[2] = {{.fd = terminal, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
  char bytes[4096];
  int echoed = 1;
  for (;;) {
    if (poll(watched, 2, echoed ? 20 : -1) < 0 && errno != EINTR) return;
    int echoes_now = echoes(terminal);
    if (echoed && !echoes_now) write_all(STDOUT_FILENO, "[now unseen]", strlen("[now unseen]"));
    echoed = echoes_now;
    if (watched[0].revents != 0) {
      ssize_t length = read(terminal, bytes, sizeof bytes);
      if (length <= 0) return;
      write_all(STDOUT_FILENO, bytes, length);
    }
    if (watched[1].revents != 0) {
      ssize_t length = read(STDIN_FILENO, bytes, sizeof bytes);
      if (length > 0) write_all(terminal, bytes, length);
      if (length <= 0) watched[1].fd = -1;
    }
  }
}

/* Runs a program on a terminal of its own: our input is typed there, what it shows is our output. Once it has ended, a
   last line says how, and whether the terminal shows what is typed. */
static int run_on_terminal(char **command) {
  int terminal, line;
  struct winsize size = {.ws_row = 50, .ws_col = 200};
  if (openpty(&terminal, &line, NULL, NULL, &size) != 0) return 1;
  pid_t child = fork();
  if (child < 0) return 1;
  if (child == 0) {
    close(terminal);
    if (login_tty(line) != 0) _exit(126);
    execvp(command[0], command);
    _exit(127);
  }
  pid_t copier = fork();
  if (copier == 0) {
    close(line);
    relay(terminal);
    _exit(0);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  int echoed = echoes(line);
  /* The copier's read ends once nobody has the line open any more. */
  close(line);
  while (waitpid(copier, NULL, 0) < 0 && errno == EINTR) {}
  printf("\nended %s %d echo %s\n", WIFSIGNALED(status) ? "signal" : "exit",
         WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), echoed ? "on" : "off");
  fflush(stdout);
  return 0;
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
  } else if (strcmp(mode, "count-signals") == 0) {
    return count_signals();
  } else if (strcmp(mode, "terminal") == 0 && count > 2) {
    return run_on_terminal(arguments + 2);
#ifdef __linux__
  } else if (strcmp(mode, "kill-at-step") == 0 && count > 4) {
    return kill_at_step(atoi(arguments[2]), arguments[3], arguments + 4);
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
