// Query 6 of TPC-H over rows of lineitem as CSV, written by hand: bench/kernels/q6/ in C, function by function, with the
// widest vectors that this machine has. What it covers and what it refuses stands there.
// usage: q6 FOLDER; then lines `PATH FROM TO FROM TO ...`, separated by tabs, on standard input: a thread for each range
// of bytes. An answer: `ok`, the revenue in units of 0.0001, the number of rows that pass; `refused` and the offset of a
// row; or `failed` and why. See bench/contenders/q6/native-q6.ts.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#if defined(__AVX2__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

/** Bytes that a thread reads at a time, and room on both sides of them. The same in bench/contenders/q6/worker.ts. */
enum { PIECE = 1 << 20, ROOM = 4096 };

typedef const uint8_t *bytes;

/** A bit for each of the 64 bytes that equals `byte`. */
static inline uint64_t equal_mask(bytes at, uint8_t byte) {
#if defined(__AVX512BW__)
  return _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(at), _mm512_set1_epi8(byte));
#elif defined(__AVX2__)
  __m256i key = _mm256_set1_epi8(byte);
  uint32_t low = _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_loadu_si256((const __m256i *)at), key));
  uint32_t high = _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_loadu_si256((const __m256i *)(at + 32)), key));
  return low | (uint64_t)high << 32;
#elif defined(__ARM_NEON)
  // NEON has no bit mask of comparisons: of each byte its own bit, then pairs are added until 64 bytes are 8.
  const uint8x16_t bits = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  const uint8x16_t key = vdupq_n_u8(byte);
  uint8x16_t a = vandq_u8(vceqq_u8(vld1q_u8(at), key), bits);
  uint8x16_t b = vandq_u8(vceqq_u8(vld1q_u8(at + 16), key), bits);
  uint8x16_t c = vandq_u8(vceqq_u8(vld1q_u8(at + 32), key), bits);
  uint8x16_t d = vandq_u8(vceqq_u8(vld1q_u8(at + 48), key), bits);
  uint8x16_t sums = vpaddq_u8(vpaddq_u8(a, b), vpaddq_u8(c, d));
  return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sums, sums)), 0);
#else
  uint64_t mask = 0;
  for (int i = 0; i < 64; i++) mask |= (uint64_t)(at[i] == byte) << i;
  return mask;
#endif
}

static inline uint64_t prefix_xor(uint64_t bits) {
  for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

static inline uint64_t without_lowest(uint64_t bits) { return bits & (bits - 1); }

static inline int lowest(uint64_t bits) { return __builtin_ctzll(bits); }

static inline uint64_t load64(bytes at) {
  uint64_t word;
  memcpy(&word, at, 8);
  return word;
}

static inline uint64_t not_digits(uint64_t digits) {
  return ((digits + 0x7676767676767676) | digits) & 0x8080808080808080;
}

static inline uint64_t eight_digits(uint64_t digits) {
  uint64_t pairs = digits * 10 + (digits >> 8);
  uint64_t upper = (pairs & 0x000000ff000000ff) * (100 + (1000000ull << 32));
  uint64_t lower = ((pairs >> 16) & 0x000000ff000000ff) * (1 + (10000ull << 32));
  return (upper + lower) >> 32;
}

typedef struct {
  int64_t revenue, count;
  /** The row that is refused, or shortly before it. */
  bytes refused;
} result;

static inline bool is_date(bytes at) {
  uint64_t head = load64(at) ^ 0x2d30302d30303030, tail = load64(at + 2) ^ 0x30302d30302d3030;
  return !(not_digits(head) | not_digits(tail) | (head & 0xff0000ff00000000) | (tail & 0x0000ff0000ff0000));
}

static inline int64_t hundredths(bytes from, bytes end) {
  uint64_t digits = end - 3 - from;
  if (digits - 1 > 7 || end[-3] != '.') return -1;
  uint64_t whole = (load64(end - 11) ^ 0x3030303030303030) & ~0ull << (64 - 8 * digits);
  uint32_t tenths = end[-2] - (uint32_t)'0', last = end[-1] - (uint32_t)'0';
  if (not_digits(whole) || tenths > 9 || last > 9) return -1;
  return eight_digits(whole) * 100 + tenths * 10 + last;
}

static inline bool add_fields(result *sums, bytes quantity, bytes quantity_end, bytes price_end, bytes discount_end,
                              bytes date, bytes end) {
  if (date + 10 >= end || date[10] != ',' || !is_date(date)) return false;
  if (memcmp(date, "1994", 4) != 0) return true;
  int64_t pieces = hundredths(quantity, quantity_end), discount = hundredths(price_end + 1, discount_end);
  if (pieces < 0 || discount < 0) return false;
  if (pieces >= 2400 || discount < 5 || discount > 7) return true;
  int64_t price = hundredths(quantity_end + 1, price_end);
  if (price < 0) return false;
  sums->revenue += price * discount;
  sums->count++;
  return true;
}

static bytes behind_commas(bytes at, bytes end, int n) {
  for (; at < end; at++) {
    if (*at == '"') return end;
    if (*at == ',' && --n == 0) return at + 1;
  }
  return end;
}

static bool add_long_row(result *sums, bytes row, bytes end) {
  bytes quantity = behind_commas(row, end, 4), price = behind_commas(quantity, end, 1);
  bytes discount = behind_commas(price, end, 1), tax = behind_commas(discount, end, 1);
  return add_fields(sums, quantity, price - 1, discount - 1, tax - 1, behind_commas(tax, end, 3), end);
}

static inline bool add_row(result *sums, bytes row, bytes end, bool has_quotes) {
  uint64_t third = without_lowest(without_lowest(without_lowest(equal_mask(row, ','))));
  uint64_t fourth = without_lowest(third), fifth = without_lowest(fourth), sixth = without_lowest(fifth);
  uint64_t ninth = without_lowest(without_lowest(without_lowest(sixth)));
  if (ninth == 0) return add_long_row(sums, row, end);
  int place = lowest(ninth);
  if (has_quotes && (equal_mask(row, '"') & ~0ull >> (63 - place)) != 0) return false;
  return add_fields(sums, row + lowest(third) + 1, row + lowest(fourth), row + lowest(fifth), row + lowest(sixth),
                    row + place + 1, end);
}

static bool may_touch(uint8_t byte) { return byte == ',' || byte == '"' || byte == '\n'; }

static bool are_in_place(bytes at, uint64_t quotes, uint64_t within, bytes to) {
  for (uint64_t opening = quotes & within; opening; opening = without_lowest(opening))
    if (!may_touch(at[lowest(opening) - 1])) return false;
  for (uint64_t closing = quotes & ~within; closing; closing = without_lowest(closing)) {
    bytes behind = at + lowest(closing) + 1;
    if (behind != to && !may_touch(*behind)) return false;
  }
  return true;
}

/** Adds the rows that end in [from, to) and gives the address behind the last one; NULL when one is refused. */
static bytes scan(bytes from, bytes to, result *sums) {
  bytes row = from, quotes_end = NULL;
  uint64_t quoted = 0;
  for (bytes at = from; at < to; at += 64) {
    uint64_t inside = to - at < 64 ? (1ull << (to - at)) - 1 : ~0ull;
    uint64_t ends = equal_mask(at, '\n') & inside, quotes = equal_mask(at, '"') & inside;
    if (quoted | quotes) {
      uint64_t within = prefix_xor(quotes) ^ quoted;
      if (!are_in_place(at, quotes, within, to)) goto refuse;
      ends &= ~within;
      quoted = (uint64_t)((int64_t)within >> 63);
      if (quotes) quotes_end = at + 64;
    }
    for (; ends; ends = without_lowest(ends)) {
      bytes end = at + lowest(ends);
      if (!add_row(sums, row, end, quotes_end > row)) goto refuse;
      row = end + 1;
    }
  }
  return row;
refuse:
  sums->refused = row;
  return NULL;
}

typedef struct {
  pthread_t thread;
  uint8_t *buffer;
  uint64_t from, to;
  bool due;
  result sums;
  int64_t refused;
  int error;
} worker;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static char path[8192];
static int running;

static void scan_range(worker *self) {
  self->sums = (result){0};
  self->refused = -1;
  self->error = 0;
  int file = open(path, O_RDONLY);
  if (file < 0) {
    self->error = errno;
    return;
  }
  bytes start = self->buffer + ROOM;
  for (uint64_t at = self->from; at < self->to;) {
    uint64_t left = self->to - at;
    ssize_t size = pread(file, (void *)start, left < PIECE ? left : PIECE, at);
    if (size < 0) {
      self->error = errno;
      break;
    }
    bytes next = scan(start, start + size, &self->sums);
    if (next == NULL || next == start) {
      self->refused = at + (next ? 0 : self->sums.refused - start);
      break;
    }
    at += next - start;
  }
  close(file);
}

// Threads stay, so that their CPU time can be looked up after an answer.
static __attribute__((noreturn)) void *work(void *argument) {
  worker *self = argument;
  for (;;) {
    pthread_mutex_lock(&lock);
    while (!self->due) pthread_cond_wait(&changed, &lock);
    self->due = false;
    pthread_mutex_unlock(&lock);
    scan_range(self);
    pthread_mutex_lock(&lock);
    running--;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
  }
}

static void start(worker *self) {
  self->buffer = aligned_alloc(ROOM, PIECE + 2 * ROOM);
  if (!self->buffer || pthread_create(&self->thread, NULL, work, self)) {
    fprintf(stderr, "q6: no memory or no thread\n");
    exit(1);
  }
}

int main(void) {
  enum { MOST = 1024 };
  static worker workers[MOST];
  static char line[1 << 17];
  while (fgets(line, sizeof line, stdin)) {
    int count = 0;
    char *rest = line, *name = strsep(&rest, "\t"), *from;
    snprintf(path, sizeof path, "%s", name);
    pthread_mutex_lock(&lock);
    for (; count < MOST && (from = strsep(&rest, "\t")); count++) {
      worker *next = &workers[count];
      if (!next->buffer) start(next);
      next->from = strtoull(from, NULL, 10);
      next->to = strtoull(strsep(&rest, "\t"), NULL, 10);
      next->due = true;
    }
    running = count;
    pthread_cond_broadcast(&changed);
    while (running) pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    int64_t revenue = 0, rows = 0, refused = -1;
    int error = 0;
    for (worker *each = workers; each < workers + count; each++) {
      revenue += each->sums.revenue;
      rows += each->sums.count;
      if (refused < 0) refused = each->refused;
      if (!error) error = each->error;
    }
    if (error) printf("failed\t%s\n", strerror(error));
    else if (refused >= 0) printf("refused\t%lld\n", (long long)refused);
    else printf("ok\t%lld\t%lld\n", (long long)revenue, (long long)rows);
    fflush(stdout);
  }
}
