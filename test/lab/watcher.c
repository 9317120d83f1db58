/*
 * Independent witness: reads /proc/meminfo each millisecond and says when the used memory crossed a limit.
 * It shares no code with nsomem, so that the latency bench does not measure nsomem by its own clock.
 *
 *   watcher available|free|committed LIMIT_BASIS_POINTS [HOLD_MS]
 *
 * Prints "ready", then once "crossed REALTIME_NS USED_KIB TOTAL_KIB FIRST_REALTIME_NS": when it crossed to stay there for
 * HOLD_MS (0), and when it was there for the first time. Ends at end of file on stdin.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The value of one field of /proc/meminfo in KiB; the program ends when the kernel does not have it. */
static long long field(const char *text, const char *name) {
  const char *at = strstr(text, name);
  if (!at) {
    fprintf(stderr, "watcher: /proc/meminfo has no %s\n", name);
    exit(1);
  }
  return strtoll(at + strlen(name), NULL, 10);
}

int main(int argc, char **argv) {
  const long long basis_points = argc == 3 || argc == 4 ? atoll(argv[2]) : 0;
  const long long hold_ns = argc == 4 ? atoll(argv[3]) * 1000000LL : 0;
  if (basis_points <= 0) {
    fprintf(stderr, "usage: watcher available|free|committed LIMIT_BASIS_POINTS [HOLD_MS]\n");
    return 2;
  }
  const int committed = strcmp(argv[1], "committed") == 0;
  const char *free_field = strcmp(argv[1], "free") == 0 ? "MemFree:" : "MemAvailable:";
  const int meminfo = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
  if (meminfo < 0) {
    perror("watcher: /proc/meminfo");
    return 1;
  }
  int told = 0;
  /* Nanoseconds, 0 for never: when it was above for the first time, and since when it is now. */
  long long first_ns = 0, since_ns = 0, since_used = 0;
  puts("ready");
  fflush(stdout);
  for (;;) {
    char text[8192];
    const ssize_t length = pread(meminfo, text, sizeof text - 1, 0);
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    if (length <= 0) return 1;
    text[length] = '\0';
    const long long total = field(text, committed ? "CommitLimit:" : "MemTotal:");
    const long long used = committed ? field(text, "Committed_AS:") : total - field(text, free_field);
    const long long now_ns = at.tv_sec * 1000000000LL + at.tv_nsec;
    if (used * 10000 < total * basis_points) {
      since_ns = 0;
    } else if (since_ns == 0) {
      since_ns = now_ns;
      since_used = used;
      if (first_ns == 0) first_ns = now_ns;
    }
    if (!told && since_ns != 0 && now_ns - since_ns >= hold_ns) {
      told = 1;
      printf("crossed %lld %lld %lld %lld\n", since_ns, since_used, total, first_ns);
      fflush(stdout);
    }
    struct pollfd input = {.fd = 0, .events = POLLIN};
    if (poll(&input, 1, 0) > 0) return 0;
    const struct timespec pause = {.tv_nsec = 1000000};
    nanosleep(&pause, NULL);
  }
}
