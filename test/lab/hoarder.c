/*
 * Fills a memory cgroup with what is charged to it in one way or another, or takes anonymous memory until it is killed.
 *
 *   hoarder write PATH MIB | read PATH TIMES | map PATH | names DIRECTORY COUNT | eat MIB
 *
 * Waits for a line on stdin, so that it can be moved into the cgroup first. Answers "done" and ends; map answers "held"
 * when it has read every page, and goes on reading them until the end of stdin; eat answers a line "KIB" after each
 * 256 KiB, and offers itself to the OOM killer.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIB (1024L * 1024L)
static char block[MIB];

static int must(int result, const char *what) {
  if (result >= 0) return result;
  perror(what);
  exit(1);
}

static void write_file(const char *path, long mib) {
  const int file = must(open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600), path);
  memset(block, 0x5a, sizeof block);
  for (long i = 0; i < mib; i++) must((int)write(file, block, sizeof block), "write");
}

static void read_file(const char *path, long times) {
  const int file = must(open(path, O_RDONLY), path);
  for (long i = 0; i < times; i++) {
    must((int)lseek(file, 0, SEEK_SET), "lseek");
    while (must((int)read(file, block, sizeof block), "read") > 0)
      ;
  }
}

static void map_file(const char *path) {
  const int file = must(open(path, O_RDONLY), path);
  struct stat about;
  must(fstat(file, &about), path);
  volatile const char *mapped = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_SHARED, file, 0);
  if (mapped == MAP_FAILED) must(-1, "mmap");
  long sum = 0;
  for (int round = 0;; round++) {
    for (off_t at = 0; at < about.st_size; at += 4096) sum += mapped[at];
    if (round == 2) puts("held");
    struct pollfd input = {.fd = 0, .events = POLLIN};
    if (poll(&input, 1, 0) > 0) exit(sum == -1);
  }
}

/* Names that are not there: each is a dentry. */
static void look_up(const char *directory, long count) {
  char path[512];
  struct stat about;
  for (long i = 0; i < count; i++) {
    snprintf(path, sizeof path, "%s/%ld-%0150d", directory, i, 0);
    stat(path, &about);
  }
}

static void eat(long mib) {
  const int score = open("/proc/self/oom_score_adj", O_WRONLY);
  must((int)write(score, "1000", 4), "oom_score_adj");
  char *area = mmap(NULL, (size_t)(mib * MIB), PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (area == MAP_FAILED) must(-1, "mmap");
  madvise(area, (size_t)(mib * MIB), MADV_NOHUGEPAGE);
  const long step = 256 * 1024;
  for (long at = 0; at < mib * MIB; at += step) {
    memset(area + at, 0x5a, (size_t)step);
    printf("%ld\n", (at + step) / 1024);
  }
}

int main(int argc, char **argv) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (argc < 3) return 2;
  const long number = argc > 3 ? atol(argv[3]) : 0;
  char line[16];
  if (!fgets(line, sizeof line, stdin)) return 1;
  if (!strcmp(argv[1], "write")) write_file(argv[2], number);
  else if (!strcmp(argv[1], "read")) read_file(argv[2], number);
  else if (!strcmp(argv[1], "map")) map_file(argv[2]);
  else if (!strcmp(argv[1], "names")) look_up(argv[2], number);
  else if (!strcmp(argv[1], "eat")) eat(atol(argv[2]));
  else return 2;
  puts("done");
  return 0;
}
