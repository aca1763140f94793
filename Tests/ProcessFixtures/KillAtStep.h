/* Runs a program and kills it on the way into one of the steps it takes: the system calls, of all its threads, that
   change something in a folder, and its exit. That call does not happen; the one before it did. Prints the call's name
   and dies of SIGKILL too; where the program ends before, exits as it did. */
int kill_at_step(int wanted, const char *folder, char **command);
