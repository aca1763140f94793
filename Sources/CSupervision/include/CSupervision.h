#pragma once

#include <sys/types.h>

// Calls that Swift can't make, as C has them with any number of arguments. No more of the system's headers is
// included here: what they declare would count as this module's too.

#ifdef __linux__

// Orphans among our descendants become our children, not those of init.
int csupervision_become_subreaper(void);

// A descriptor of the process that has this PID now, which no later process of that PID can take over; -1 without.
int csupervision_open_process(int pid);

int csupervision_signal_process(int process, int signal);

// Starts a program as posix_spawn(3) does, which can't ask for what this adds: that the program gets `death_signal`
// when the thread that started it ends, by whatever that is killed. `blocked` and `defaulted` are sigset_t. The error
// number, or 0.
int csupervision_start(const char *path, char *const arguments[], char *const variables[], const void *blocked,
                       const void *defaulted, int death_signal, pid_t *child);

#endif
