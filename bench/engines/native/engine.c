// The queries of workloads/engine.yaml written by hand in C: what is left to gain over them is the price of generality.
// usage: engine FOLDER; then a query's name and a number of rows a line on standard input. See bench/native-engine.ts.
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <math.h>
#include <time.h>

static const char *folder;
static size_t rows;

static void *column(const char *name) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "rb");
  if (!file) {
    perror(path);
    exit(1);
  }
  fseek(file, 0, SEEK_END);
  size_t bytes = ftell(file);
  rewind(file);
  void *values = aligned_alloc(64, (bytes + 127) / 64 * 64);
  if (!values || fread(values, 1, bytes, file) != bytes) exit(1);
  fclose(file);
  return values;
}

static const double *price, *disc, *qty, *x, *v;
static const int32_t *k4, *k1000, *k1000000, *shipped;
static const int64_t *quantity, *extended, *discount, *tax;
static const int32_t *flag_offsets, *s_offsets;
static const char *flag_text, *s_text;

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static uint64_t started;

// An answer: nanoseconds, `-`, rows; separated by tabs, the cells of a row by the unit separator.
#define RESULT(...) (printf("%llu\t-\t", (unsigned long long)(now() - started)), printf(__VA_ARGS__), puts(""))

// Branch-free, with accumulators side by side, so that the compiler may vectorise a sum of doubles.
static void filter_sum(void) {
  double sums[8] = {0};
  size_t i = 0;
  for (; i + 8 <= rows; i += 8)
    for (size_t j = 0; j < 8; j++) {
      double product = price[i + j] * disc[i + j], a = fabs(x[i + j]);
      int pass = (product > 100) & (qty[i + j] < 24) & (a >= 1) & (a <= 5);
      sums[j] += pass ? product : 0;
    }
  for (; i < rows; i++) {
    double product = price[i] * disc[i], a = fabs(x[i]);
    if ((product > 100) & (qty[i] < 24) & (a >= 1) & (a <= 5)) sums[0] += product;
  }
  double sum = ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
  RESULT("%.17g", sum);
}

// decimal(18,4): the sum of cents times hundredths.
static void decimal_filter_sum(void) {
  int64_t sum = 0;
  int32_t from = 8766, to = 9131; // 1994-01-01, 1995-01-01
  for (size_t i = 0; i < rows; i++) {
    int pass = (shipped[i] >= from) & (shipped[i] < to) & (discount[i] >= 5) & (discount[i] <= 7) & (quantity[i] < 2400);
    sum += pass ? extended[i] * discount[i] : 0;
  }
  RESULT("%lld.%04lld", (long long)(sum / 10000), (long long)(sum % 10000));
}

// Open addressing; keys could be anything.
static void group_sum(const int32_t *keys) {
  size_t capacity = 1024, count = 0;
  int32_t *table = malloc(4 * capacity), *group_keys = malloc(2 * capacity);
  double *sums = malloc(4 * capacity);
  memset(table, 0xff, 4 * capacity);
  for (size_t i = 0; i < rows; i++) {
    size_t slot = (uint32_t)keys[i] * 0x9e3779b97f4a7c15ull >> 32 & (capacity - 1);
    while (table[slot] >= 0 && group_keys[table[slot]] != keys[i]) slot = (slot + 1) & (capacity - 1);
    if (table[slot] < 0) {
      if (2 * count == capacity) {
        capacity *= 4;
        table = realloc(table, 4 * capacity);
        group_keys = realloc(group_keys, 2 * capacity);
        sums = realloc(sums, 4 * capacity);
        memset(table, 0xff, 4 * capacity);
        for (size_t g = 0; g < count; g++) {
          slot = (uint32_t)group_keys[g] * 0x9e3779b97f4a7c15ull >> 32 & (capacity - 1);
          while (table[slot] >= 0) slot = (slot + 1) & (capacity - 1);
          table[slot] = g;
        }
        i--;
        continue;
      }
      group_keys[count] = keys[i];
      sums[count] = 0;
      table[slot] = count++;
    }
    sums[table[slot]] += v[i];
  }
  uint64_t took = now() - started;
  char path[4096];
  snprintf(path, sizeof path, "%s/groups", folder);
  FILE *file = fopen(path, "wb");
  fwrite(sums, 8, count, file);
  fwrite(group_keys, 4, count, file);
  fclose(file);
  printf("%llu\t%zu\n", (unsigned long long)took, count);
  free(table);
  free(group_keys);
  free(sums);
}

// Money in cents; the charge is decimal(18,6). Grouped by one of three letters.
static void pricing(void) {
  struct { int64_t quantity, base, price, charge, count; } groups[256] = {0}, *g;
  for (size_t i = 0; i < rows; i++) {
    if (shipped[i] > 10471) continue; // 1998-09-02
    g = &groups[(uint8_t)flag_text[flag_offsets[i]]];
    int64_t reduced = extended[i] * (100 - discount[i]);
    g->quantity += quantity[i];
    g->base += extended[i];
    g->price += reduced;
    g->charge += reduced * (100 + tax[i]);
    g->count++;
  }
  printf("%llu\t-", (unsigned long long)(now() - started));
  for (int letter = 0; letter < 256; letter++) {
    g = &groups[letter];
    if (g->count == 0) continue;
    printf("\t%c\037%lld.%02lld\037%lld.%02lld\037%lld.%04lld\037%lld.%06lld\037%lld", letter, (long long)(g->quantity / 100),
           (long long)(g->quantity % 100), (long long)(g->base / 100), (long long)(g->base % 100),
           (long long)(g->price / 10000), (long long)(g->price % 10000), (long long)(g->charge / 1000000),
           (long long)(g->charge % 1000000), (long long)g->count);
  }
  puts("");
}

static void like(void) {
  size_t found = 0;
  for (size_t i = 0; i < rows; i++)
    found += memmem(s_text + s_offsets[i], s_offsets[i + 1] - s_offsets[i], "xes", 3) != NULL;
  RESULT("%zu", found);
}

// ASCII only, as the data is.
static void upper(void) {
  char best[256], text[256];
  size_t best_length = 0;
  int seen = 0;
  for (size_t i = 0; i < rows; i++) {
    size_t length = s_offsets[i + 1] - s_offsets[i];
    const char *from = s_text + s_offsets[i];
    for (size_t j = 0; j < length; j++) text[j] = from[j] - ((from[j] >= 'a' && from[j] <= 'z') << 5);
    int order = seen ? memcmp(text, best, length < best_length ? length : best_length) : 1;
    if (order > 0 || (order == 0 && length > best_length)) {
      memcpy(best, text, length);
      best_length = length;
      seen = 1;
    }
  }
  uint64_t took = now() - started;
  printf("%llu\t-\t%.*s\n", (unsigned long long)took, (int)best_length, best);
}

int main(int argc, char **argv) {
  if (argc != 2) return 1;
  folder = argv[1];
  price = column("price"), disc = column("disc"), qty = column("qty"), x = column("x"), v = column("v");
  k4 = column("k4"), k1000 = column("k1000"), k1000000 = column("k1000000"), shipped = column("shipped");
  quantity = column("quantity"), extended = column("extended"), discount = column("discount"), tax = column("tax");
  flag_offsets = column("flag"), flag_text = column("flag.text");
  s_offsets = column("s"), s_text = column("s.text");
  char name[64];
  while (scanf("%63s %zu", name, &rows) == 2) {
    started = now();
    if (!strcmp(name, "filter-sum")) filter_sum();
    else if (!strcmp(name, "decimal-filter-sum")) decimal_filter_sum();
    else if (!strcmp(name, "group-4")) group_sum(k4);
    else if (!strcmp(name, "group-1000")) group_sum(k1000);
    else if (!strcmp(name, "group-1000000")) group_sum(k1000000);
    else if (!strcmp(name, "pricing")) pricing();
    else if (!strcmp(name, "like")) like();
    else if (!strcmp(name, "upper")) upper();
    else puts("");
    fflush(stdout);
  }
  return 0;
}
