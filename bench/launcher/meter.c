// Starts a command a number of times, one after another, and prints for each: wall time in milliseconds from fork to end, CPU time
// in milliseconds, and the most memory it had resident, in KiB. It is small, since the kernel counts what a process had
// resident before it exec'd: a child of a large program begins with that.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double ms(struct timeval at) { return (double)at.tv_sec * 1e3 + (double)at.tv_usec / 1e3; }

int main(int argc, char **argv) {
  if (argc < 3) return 64;
  for (int run = atoi(argv[1]); run > 0; run--) {
    struct timespec began, ended;
    struct rusage used;
    int status;
    clock_gettime(CLOCK_MONOTONIC, &began);
    pid_t child = fork();
    if (child == 0) {
      execv(argv[2], argv + 2);
      _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &used) != child) return 71;
    clock_gettime(CLOCK_MONOTONIC, &ended);
    if (status != 0) return 1;
    double wall = (double)(ended.tv_sec - began.tv_sec) * 1e3 + (double)(ended.tv_nsec - began.tv_nsec) / 1e6;
    printf("%f %f %ld\n", wall, ms(used.ru_utime) + ms(used.ru_stime), used.ru_maxrss);
    fflush(stdout);
  }
  return 0;
}
