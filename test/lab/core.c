/*
 * Stand-in for NSO's core (not NSO, not a BEAM) that knows when SIGUSR1 arrives: a BEAM cannot tell.
 * Started under NSO's command line, so what it needs comes in the environment:
 *   LAB_CORE_DUMP   file to write on SIGUSR1: a small made-up crash dump; none when unset
 *   LAB_CORE_SECONDS  how long it writes at that file; no time when unset
 *   LAB_CORE_SKEW   seconds by which the clock of the file server that dates that file is off ours
 *   LAB_CORE_STAYS  "1": it says so and stays, as a BEAM whose schedulers are stuck
 *
 * Prints "ready PID", and "SIGUSR1 REALTIME_NS SENDER_PID" or "SIGTERM REALTIME_NS SENDER_PID". Exits 1 on SIGUSR1,
 * as a BEAM does, and 0 on SIGTERM or at end of file on stdin.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int write_dump(const char *path) {
  FILE *file = fopen(path, "w");
  if (!file) return -1;
  fputs("=erl_crash_dump:0.5\nSlogan: Received SIGUSR1\nSystem version: nsomem lab stand-in, not NSO\n", file);
  const char *seconds = getenv("LAB_CORE_SECONDS");
  for (int left = seconds ? atoi(seconds) * 50 : 0; left > 0; left--) {
    fputs("=proc:<0.1.0>\n", file);
    fflush(file);
    usleep(20000);
  }
  fputs("=end\n", file);
  const char *skew = getenv("LAB_CORE_SKEW");
  if (skew) {
    fflush(file);
    struct timespec at[2];
    clock_gettime(CLOCK_REALTIME, &at[0]);
    at[0].tv_sec += atoi(skew);
    at[1] = at[0];
    futimens(fileno(file), at);
  }
  return fclose(file);
}

int main(void) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGUSR1);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, NULL);
  const int arrivals = signalfd(-1, &signals, SFD_CLOEXEC);
  if (arrivals < 0) {
    perror("core: signalfd");
    return 2;
  }
  printf("ready %d\n", (int)getpid());
  fflush(stdout);
  const char *stays = getenv("LAB_CORE_STAYS");
  const char *dump = getenv("LAB_CORE_DUMP");
  for (;;) {
    struct pollfd inputs[] = {{.fd = arrivals, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
    if (poll(inputs, 2, -1) < 0) continue;
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    if (!(inputs[0].revents & POLLIN)) return 0;
    struct signalfd_siginfo info;
    if (read(arrivals, &info, sizeof info) != (ssize_t)sizeof info) continue;
    printf("%s %lld %u\n", info.ssi_signo == SIGUSR1 ? "SIGUSR1" : "SIGTERM",
           at.tv_sec * 1000000000LL + at.tv_nsec, info.ssi_pid);
    fflush(stdout);
    if (info.ssi_signo == SIGTERM) return 0;
    if (stays && strcmp(stays, "1") == 0) continue;
    if (dump && write_dump(dump) != 0) perror(dump);
    return 1;
  }
}
