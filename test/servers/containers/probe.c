// Says everything a program can find out about how it was started, by system calls alone: it must work without
// /proc, a libc's files or a shell. With the argument "wait" it then waits for SIGTERM and ends with 7.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

// One line whatever the text holds.
static void say(const char *what, const char *text) {
  printf("%s ", what);
  for (const unsigned char *at = (const unsigned char *)text; *at; at++)
    if (*at < 0x20 || *at >= 0x7f || *at == '\\')
      printf("\\x%02x", *at);
    else
      putchar(*at);
  putchar('\n');
}

static void say_signals(void) {
  sigset_t blocked;
  sigprocmask(SIG_BLOCK, NULL, &blocked);
  for (int number = 1; number < 65; number++) {
    struct sigaction action;
    if (sigismember(&blocked, number) == 1) printf("blocked %d\n", number);
    if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_DFL)
      printf("%s %d\n", action.sa_handler == SIG_IGN ? "ignored" : "caught", number);
  }
}

static void say_descriptors(void) {
  for (int fd = 0; fd < 4096; fd++) {
    struct stat file;
    int flags = fcntl(fd, F_GETFL), own = fcntl(fd, F_GETFD);
    if (flags == -1 || fstat(fd, &file) != 0) continue;
    printf("fd %d type %o flags %o close-on-exec %d\n", fd, file.st_mode & S_IFMT, flags, own & FD_CLOEXEC);
  }
}

static volatile sig_atomic_t told;
static void on_term(int number) { (void)number; told = 1; }

int main(int argc, char **argv) {
  char text[4096];
  for (int index = 0; index < argc; index++) say("argument", argv[index]);
  for (char **entry = environ; *entry; entry++) say("variable", *entry);
  printf("process %d parent %d group %d session %d\n", getpid(), getppid(), getpgrp(), getsid(0));
  uid_t ruid, euid, suid;
  gid_t rgid, egid, sgid, groups[64];
  getresuid(&ruid, &euid, &suid);
  getresgid(&rgid, &egid, &sgid);
  printf("user %u %u %u %u %u %u\n", ruid, euid, suid, rgid, egid, sgid);
  int count = getgroups(64, groups);
  for (int index = 0; index < count; index++) printf("group %u\n", groups[index]);
  if (getcwd(text, sizeof text)) say("folder", text);
  if (prctl(PR_GET_NAME, text) == 0) say("name", text);
  mode_t mask = umask(0);
  umask(mask);
  printf("mask %o\n", mask);
  printf("new privileges %d dumpable %d reaper %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), prctl(PR_GET_DUMPABLE),
         prctl(PR_GET_TIMERSLACK));
  printf("nice %d\n", getpriority(PRIO_PROCESS, 0));
  for (int resource = 0; resource < RLIM_NLIMITS; resource++) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) == 0)
      printf("limit %d %llu %llu\n", resource, (unsigned long long)limit.rlim_cur, (unsigned long long)limit.rlim_max);
  }
  say_signals();
  say_descriptors();
  if (argc > 1 && strcmp(argv[1], "wait") == 0) {
    signal(SIGTERM, on_term);
    puts("waiting");
    fflush(stdout);
    while (!told) pause();
    return 7;
  }
  return 0;
}
