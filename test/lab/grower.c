/*
 * Stand-in for a growing load: takes memory at a given rate, touches every page, holds it, gives it back on command.
 * Native, because 2 GB/s of touched pages is more than a BEAM or Python does.
 *
 *   grower BOUND_SECONDS
 *
 * Commands on stdin, one a line; answers on stdout, each with CLOCK_REALTIME in ns:
 *   grow RATE_MIB_PER_SECOND CAP_MIB   -> "held MIB NS" when the cap is reached
 *   release                            -> "released 0 NS"
 *   warm MIB                           -> "warmed MIB NS": touches so much and gives it back at once
 * A virtual machine fetches a page from its host at the first touch (measured 300 MiB/s), and at memory speed soon
 * after it was given back; its kernel returns free pages to the host after 2 s. So warm, then grow at once.
 * Ends at end of file on stdin, and by itself after BOUND_SECONDS: nothing it took outlives the test.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define MIB (1024L * 1024L)
#define NS_PER_SECOND 1000000000LL

static int64_t now_ns(clockid_t clock) {
  struct timespec at;
  clock_gettime(clock, &at);
  return at.tv_sec * NS_PER_SECOND + at.tv_nsec;
}

static void answer(const char *word, long mib) {
  printf("%s %ld %lld\n", word, mib, (long long)now_ns(CLOCK_REALTIME));
  fflush(stdout);
}

/* One line from stdin within wait_ms: 1 a line, 0 none yet, -1 end of file. */
static int read_command(char *line, size_t size, int wait_ms) {
  static char pending[256];
  static size_t length = 0;
  for (;;) {
    char *end = memchr(pending, '\n', length);
    if (end) {
      size_t used = (size_t)(end - pending) + 1;
      *end = '\0';
      snprintf(line, size, "%s", pending);
      length -= used;
      memmove(pending, pending + used, length);
      return 1;
    }
    struct pollfd input = {.fd = 0, .events = POLLIN};
    if (poll(&input, 1, wait_ms) <= 0) return 0;
    ssize_t got = read(0, pending + length, sizeof pending - length);
    if (got <= 0) return -1;
    length += (size_t)got;
  }
}

static char *area = NULL;
static long area_mib = 0;

static long touched_mib = 0;

static void release_all(void) {
  if (area) munmap(area, (size_t)(area_mib * MIB));
  area = NULL;
  area_mib = 0;
  touched_mib = 0;
}

static void reserve(long mib) {
  release_all();
  void *mapped = mmap(NULL, (size_t)(mib * MIB), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) {
    perror("grower: mmap");
    exit(1);
  }
  area = mapped;
  area_mib = mib;
  /* Huge pages: 512 times fewer faults, without which a small machine does not reach 2 GB/s. */
  madvise(area, (size_t)(area_mib * MIB), MADV_HUGEPAGE);
}

/* Touches up to due_mib in all, but only so much at a time that commands are still heard. */
static void touch(long due_mib) {
  const long stop_mib = touched_mib + 64;
  while (touched_mib < due_mib && touched_mib < area_mib && touched_mib < stop_mib) {
    /* Not zero: a page of zeros could be shared. */
    memset(area + touched_mib * MIB, 0x5a, MIB);
    touched_mib++;
  }
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: grower BOUND_SECONDS\n");
    return 2;
  }
  const int64_t ends_ns = now_ns(CLOCK_MONOTONIC) + atoll(argv[1]) * NS_PER_SECOND;
  long rate = 0;
  int64_t started_ns = 0;
  answer("ready", 0);
  while (now_ns(CLOCK_MONOTONIC) < ends_ns) {
    const int growing = touched_mib < area_mib;
    char line[256];
    const int got = read_command(line, sizeof line, growing ? 0 : 100);
    if (got < 0) break;
    if (got) {
      long mib;
      if (sscanf(line, "grow %ld %ld", &rate, &mib) == 2 && rate > 0 && mib > 0) {
        reserve(mib);
        started_ns = now_ns(CLOCK_MONOTONIC);
      } else if (sscanf(line, "warm %ld", &mib) == 1 && mib > 0) {
        reserve(mib);
        while (touched_mib < mib) touch(mib);
        release_all();
        answer("warmed", mib);
      } else {
        release_all();
        answer("released", 0);
      }
      continue;
    }
    if (!growing) continue;
    touch((now_ns(CLOCK_MONOTONIC) - started_ns) / 1000 * rate / 1000000);
    if (touched_mib >= area_mib)
      answer("held", touched_mib);
    else
      usleep(300);
  }
  return 0;
}
