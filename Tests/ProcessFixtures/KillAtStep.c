#ifdef __linux__
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "KillAtStep.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int is_inside(const char *path, const char *folder) { return strncmp(path, folder, strlen(folder)) == 0; }

static int link_is_inside(const char *link, const char *folder) {
  char path[PATH_MAX];
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return is_inside(path, folder);
}

static int descriptor_is_inside(pid_t thread, uint64_t descriptor, const char *folder) {
  char link[64];
  if ((int)descriptor == AT_FDCWD) snprintf(link, sizeof link, "/proc/%d/cwd", thread);
  else snprintf(link, sizeof link, "/proc/%d/fd/%d", thread, (int)descriptor);
  return link_is_inside(link, folder);
}

/* A path in the thread's memory, relative to one of its descriptors unless it is absolute. */
static int path_is_inside(pid_t thread, uint64_t descriptor, uint64_t address, const char *folder) {
  char name[64], path[PATH_MAX];
  snprintf(name, sizeof name, "/proc/%d/mem", thread);
  int memory = open(name, O_RDONLY | O_CLOEXEC);
  if (memory < 0) return 0;
  ssize_t length = pread(memory, path, sizeof path - 1, (off_t)address);
  close(memory);
  if (length <= 0) return 0;
  path[length] = 0;
  return path[0] == '/' ? is_inside(path, folder) : descriptor_is_inside(thread, descriptor, folder);
}

/* The name of a call that is a step, or NULL. */
static const char *step_name(pid_t thread, const struct __ptrace_syscall_info *call, const char *folder) {
  const uint64_t *arguments = call->entry.args;
#define ON_DESCRIPTOR(name) \
  case SYS_##name: return descriptor_is_inside(thread, arguments[0], folder) ? #name : NULL;
#define ON_PATH(name) \
  case SYS_##name: return path_is_inside(thread, arguments[0], arguments[1], folder) ? #name : NULL;
#define ON_FREE_PATH(name) \
  case SYS_##name: return path_is_inside(thread, (uint64_t)AT_FDCWD, arguments[0], folder) ? #name : NULL;
  switch (call->entry.nr) {
    ON_DESCRIPTOR(write)
    ON_DESCRIPTOR(pwrite64)
    ON_DESCRIPTOR(fsync)
    ON_DESCRIPTOR(fdatasync)
    ON_DESCRIPTOR(ftruncate)
    ON_DESCRIPTOR(flock)
    ON_DESCRIPTOR(fchmod)
    ON_DESCRIPTOR(fchown)
    ON_DESCRIPTOR(utimensat)
    ON_PATH(unlinkat)
    ON_PATH(linkat)
    ON_PATH(mkdirat)
    ON_PATH(renameat2)
#ifdef SYS_renameat
    ON_PATH(renameat)
#endif
#ifdef SYS_rename
    ON_FREE_PATH(rename)
    ON_FREE_PATH(unlink)
    ON_FREE_PATH(link)
    ON_FREE_PATH(mkdir)
#endif
    case SYS_openat:
      if ((arguments[2] & (O_ACCMODE | O_CREAT)) == 0) return NULL;
      return path_is_inside(thread, arguments[0], arguments[1], folder) ? "openat" : NULL;
    case SYS_exit_group: return "exit_group";
    default: return NULL;
  }
}

static pid_t start(char **command) {
  pid_t child = fork();
  if (child != 0) return child;
  ptrace(PTRACE_TRACEME, 0, NULL, NULL);
  raise(SIGSTOP);
  execvp(command[0], command);
  _exit(127);
}

/* Stops at every call of every thread until the wanted step, which it answers the name of; NULL if the child ended. */
static const char *follow(pid_t child, int wanted, const char *folder, int *child_status) {
  int count = 0;
  for (;;) {
    int status;
    pid_t thread = waitpid(-1, &status, __WALL);
    if (thread < 0 && errno == EINTR) continue;
    if (thread < 0) return NULL;
    if (!WIFSTOPPED(status)) {
      if (thread == child) *child_status = status;
      continue;
    }
    int number = WSTOPSIG(status), passed_on = 0;
    if (number == (SIGTRAP | 0x80)) {
      struct __ptrace_syscall_info call;
      memset(&call, 0, sizeof call);
      if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof call, &call) > 0 && call.op == PTRACE_SYSCALL_INFO_ENTRY) {
        const char *name = step_name(thread, &call, folder);
        if (name != NULL && ++count == wanted) return name;
      }
    } else if (number != SIGSTOP && number != SIGTRAP) {
      passed_on = number;
    }
    ptrace(PTRACE_SYSCALL, thread, NULL, (void *)(intptr_t)passed_on);
  }
}

int kill_at_step(int wanted, const char *folder, char **command) {
  pid_t child = start(command);
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) return 125;
  long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK
                 | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
  if (ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)options) != 0) return 125;
  ptrace(PTRACE_SYSCALL, child, NULL, NULL);
  const char *name = follow(child, wanted, folder, &status);
  if (name == NULL) return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  kill(child, SIGKILL);
  while (waitpid(-1, &status, __WALL) > 0 || errno == EINTR) {}
  printf("killed before %s\n", name);
  fflush(stdout);
  kill(getpid(), SIGKILL);
  return 125;
}
#else
/* Only Linux lets one look this closely. */
typedef int nothing_here;
#endif
