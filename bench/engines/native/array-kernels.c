// The array kernels of bench/kernels/arrays in C, in a process that is told line by line on standard input what to do:
//   load FIRST SECOND OUT  so many bytes of two arrays follow, and room for a result is wanted
//   time KERNEL N M MS     calls a kernel for MS milliseconds: answers with the nanoseconds of a call
//   result BYTES           answers with the result as hexadecimal digits
//   checksum BYTES         answers with the checksum of the result, as result-text.ts computes it
// Written so that the compiler can vectorise: accumulators side by side, no branches on data. See bench/arrays/.
#define _GNU_SOURCE
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LANES = 16, BINS = 256, GROUPS = 16, TABLES = 4 };

static void sum(const double *values, size_t n, const void *second, size_t m, double *out) {
  double sums[LANES] = {0}, total = 0;
  size_t i = 0;
  for (; i + LANES <= n; i += LANES)
    for (size_t j = 0; j < LANES; j++) sums[j] += values[i + j];
  for (; i < n; i++) total += values[i];
  for (size_t j = 0; j < LANES; j++) total += sums[j];
  *out = total;
}

static void filter_sum(const double *values, size_t n, const void *second, size_t m, double *out) {
  double sums[LANES] = {0}, total = 0;
  size_t i = 0;
  for (; i + LANES <= n; i += LANES)
    for (size_t j = 0; j < LANES; j++) sums[j] += values[i + j] < 500 ? values[i + j] : 0;
  for (; i < n; i++) total += values[i] < 500 ? values[i] : 0;
  for (size_t j = 0; j < LANES; j++) total += sums[j];
  *out = total;
}

static void dot(const double *first, size_t n, const double *second, size_t m, double *out) {
  double sums[LANES] = {0}, total = 0;
  size_t i = 0;
  for (; i + LANES <= n; i += LANES)
    for (size_t j = 0; j < LANES; j++) sums[j] += first[i + j] * second[i + j];
  for (; i < n; i++) total += first[i] * second[i];
  for (size_t j = 0; j < LANES; j++) total += sums[j];
  *out = total;
}

// Vectors; the compiler splits them where the machine's are shorter.
typedef double doubles __attribute__((vector_size(32)));
typedef int64_t mask __attribute__((vector_size(32)));
typedef uint8_t bytes __attribute__((vector_size(32)));

static doubles choose(mask condition, doubles a, doubles b) {
  return (doubles)((condition & (mask)a) | (~condition & (mask)b));
}

// In vectors, since the compiler does not make any of comparisons that must tell NaNs.
static void min_max(const double *values, size_t n, const void *second, size_t m, double *out) {
  enum { WIDTH = sizeof(doubles) / sizeof(double), SIDE_BY_SIDE = 4, STEP = WIDTH * SIDE_BY_SIDE };
  doubles low[SIDE_BY_SIDE], high[SIDE_BY_SIDE];
  for (size_t s = 0; s < SIDE_BY_SIDE; s++) low[s] = (doubles){0} + INFINITY, high[s] = -low[s];
  size_t i = 0;
  for (; i + STEP <= n; i += STEP)
    for (size_t s = 0; s < SIDE_BY_SIDE; s++) {
      doubles v;
      memcpy(&v, values + i + s * WIDTH, sizeof v);
      low[s] = choose(v < low[s], v, low[s]);
      high[s] = choose(v > high[s], v, high[s]);
    }
  double least = INFINITY, most = -INFINITY;
  for (size_t s = 0; s < SIDE_BY_SIDE; s++)
    for (size_t j = 0; j < WIDTH; j++) {
      least = low[s][j] < least ? low[s][j] : least;
      most = high[s][j] > most ? high[s][j] : most;
    }
  for (; i < n; i++) {
    least = values[i] < least ? values[i] : least;
    most = values[i] > most ? values[i] : most;
  }
  out[0] = least;
  out[1] = most;
}

static void histogram(const double *values, size_t n, const void *second, size_t m, uint32_t *out) {
  memset(out, 0, TABLES * BINS * sizeof *out);
  size_t i = 0;
  for (; i + TABLES <= n; i += TABLES)
    for (size_t j = 0; j < TABLES; j++) out[j * BINS + ((int32_t)(values[i + j] * 0.25) & (BINS - 1))]++;
  for (; i < n; i++) out[(int32_t)(values[i] * 0.25) & (BINS - 1)]++;
  for (size_t j = 1; j < TABLES; j++)
    for (size_t b = 0; b < BINS; b++) out[b] += out[j * BINS + b];
}

static void group_by(const int32_t *keys, size_t n, const double *values, size_t m, double *out) {
  memset(out, 0, TABLES * GROUPS * sizeof *out);
  size_t i = 0;
  for (; i + TABLES <= n; i += TABLES)
    for (size_t j = 0; j < TABLES; j++) out[j * GROUPS + (keys[i + j] & (GROUPS - 1))] += values[i + j];
  for (; i < n; i++) out[keys[i] & (GROUPS - 1)] += values[i];
  for (size_t j = 1; j < TABLES; j++)
    for (size_t g = 0; g < GROUPS; g++) out[g] += out[j * GROUPS + g];
}

static void prefix_sum(const double *restrict values, size_t n, const void *second, size_t m, double *restrict out) {
  double running = 0;
  size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    double a = values[i], b = a + values[i + 1], c = values[i + 2], d = c + values[i + 3];
    out[i] = running + a;
    out[i + 1] = running + b;
    out[i + 2] = running + (b + c);
    out[i + 3] = running += b + d;
  }
  for (; i < n; i++) out[i] = running += values[i];
}

static void scatter(const uint32_t *from, uint32_t *to, size_t n, uint32_t *places, int shift) {
  for (size_t i = 0; i < n; i++) to[places[from[i] >> shift & 255]++] = from[i];
}

static void sort(const uint32_t *keys, size_t n, const void *second, size_t m, uint32_t *out) {
  uint32_t *work = out + n, (*counts)[256] = (void *)(work + n);
  memset(counts, 0, 4 * sizeof *counts);
  for (size_t i = 0; i < n; i++)
    for (int pass = 0; pass < 4; pass++) counts[pass][keys[i] >> 8 * pass & 255]++;
  for (int pass = 0; pass < 4; pass++) {
    uint32_t place = 0;
    for (int digit = 0; digit < 256; digit++) {
      uint32_t found = counts[pass][digit];
      counts[pass][digit] = place;
      place += found;
    }
  }
  scatter(keys, work, n, counts[0], 0);
  scatter(work, out, n, counts[1], 8);
  scatter(out, work, n, counts[2], 16);
  scatter(work, out, n, counts[3], 24);
}

static bytes bytes_at(const uint8_t *at) {
  bytes loaded;
  memcpy(&loaded, at, sizeof loaded);
  return loaded;
}

// How many of the places with a bit in `candidates`, from `at` on, hold the pattern.
static uint32_t verify(const uint8_t *at, bytes candidates, const uint8_t *pattern, size_t m) {
  uint32_t found = 0;
  uint64_t words[sizeof candidates / 8];
  memcpy(words, &candidates, sizeof words);
  for (size_t w = 0; w < sizeof candidates / 8; w++)
    for (uint64_t word = words[w]; word != 0;) {
      size_t place = __builtin_ctzll(word) / 8; // little-endian, as all machines that Node runs on
      word &= ~(0xffull << 8 * place);
      found += memcmp(at + 8 * w + place, pattern, m) == 0;
    }
  return found;
}

static void string_search(const uint8_t *text, size_t n, const uint8_t *pattern, size_t m, uint32_t *out) {
  enum { WIDTH = sizeof(bytes) };
  uint32_t found = 0;
  size_t i = 0, places = m <= n ? n - m + 1 : 0;
  bytes firsts = (bytes){0} + pattern[0], lasts = (bytes){0} + pattern[m - 1];
  for (; i + 2 * WIDTH <= places; i += 2 * WIDTH) {
    const uint8_t *at = text + i, *end = at + m - 1;
    bytes low = (bytes)(bytes_at(at) == firsts) & (bytes)(bytes_at(end) == lasts);
    bytes high = (bytes)(bytes_at(at + WIDTH) == firsts) & (bytes)(bytes_at(end + WIDTH) == lasts);
    uint64_t any[WIDTH / 8];
    bytes either = low | high;
    memcpy(any, &either, sizeof any);
    if (any[0] | any[1] | any[2] | any[3]) found += verify(at, low, pattern, m) + verify(at + WIDTH, high, pattern, m);
  }
  for (; i < places; i++) found += memcmp(text + i, pattern, m) == 0;
  *out = found;
}

typedef void kernel(const void *first, size_t n, const void *second, size_t m, void *out);

static kernel *find(const char *name) {
  static const struct { const char *name; void *run; } kernels[] = {
    {"sum", sum}, {"filter-sum", filter_sum}, {"dot", dot}, {"min-max", min_max}, {"histogram", histogram},
    {"group-by", group_by}, {"prefix-sum", prefix_sum}, {"sort", sort}, {"string-search", string_search},
  };
  for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
    if (!strcmp(name, kernels[i].name)) return (kernel *)kernels[i].run;
  fprintf(stderr, "no kernel %s\n", name);
  exit(1);
}

static void *first, *second, *out;
static double shortest; // call by itself since the arrays were loaded, in nanoseconds

static void *room(void *old, size_t bytes) {
  free(old);
  void *memory = aligned_alloc(64, (bytes + 127) / 64 * 64);
  if (!memory) exit(1);
  memset(memory, 0, bytes);
  return memory;
}

static void load(size_t first_bytes, size_t second_bytes, size_t out_bytes) {
  first = room(first, first_bytes);
  second = room(second, second_bytes);
  out = room(out, out_bytes);
  shortest = INFINITY;
  if (fread(first, 1, first_bytes, stdin) != first_bytes || fread(second, 1, second_bytes, stdin) != second_bytes) exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

static double nanoseconds(kernel *run, size_t n, size_t m, size_t calls) {
  double started = now();
  for (size_t i = 0; i < calls; i++) run(first, n, second, m, out);
  return now() - started;
}

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// As the lanes within Node are timed: samples long enough for the clock, at least as many and as long; or one long call.
static double median_of_calls(kernel *run, size_t n, size_t m, double ms) {
  enum { LEAST = 3, MOST = 10000 };
  const double least_sample = 50e3, long_call = 20e6;
  static double samples[MOST];
  size_t calls = 1, count = 0;
  double took = nanoseconds(run, n, m, 1);
  if (took < shortest) shortest = took;
  if (shortest >= long_call) return took;
  while (nanoseconds(run, n, m, calls) < least_sample) calls *= 2;
  double until = now() + ms * 1e6;
  while (count < LEAST || (now() < until && count < MOST)) samples[count++] = nanoseconds(run, n, m, calls) / calls;
  qsort(samples, count, sizeof *samples, by_size);
  return (samples[(count - 1) / 2] + samples[count / 2]) / 2;
}

static uint32_t checksum(size_t bytes) {
  const uint32_t *words = out;
  uint32_t sums[4] = {0};
  for (size_t i = 0; i < bytes / 4; i++) sums[i & 3] = sums[i & 3] * 31 + words[i];
  return ((sums[0] * 31 + sums[1]) * 31 + sums[2]) * 31 + sums[3];
}

int main(void) {
  char name[64];
  size_t a, b, c;
  double ms;
  while (scanf("%63s", name) == 1) {
    if (!strcmp(name, "load") && scanf("%zu %zu %zu", &a, &b, &c) == 3 && getchar() == '\n') {
      load(a, b, c);
      puts("loaded");
    } else if (!strcmp(name, "time") && scanf("%63s %zu %zu %lf", name, &a, &b, &ms) == 4) {
      printf("%.17g\n", median_of_calls(find(name), a, b, ms));
    } else if (!strcmp(name, "result") && scanf("%zu", &a) == 1) {
      for (size_t i = 0; i < a; i++) printf("%02x", ((uint8_t *)out)[i]);
      puts("");
    } else if (!strcmp(name, "checksum") && scanf("%zu", &a) == 1) {
      printf("%u\n", checksum(a));
    } else {
      fprintf(stderr, "cannot do %s\n", name);
      return 1;
    }
    fflush(stdout);
  }
  return 0;
}
