#include "number.h"

#include <string.h>

/* mantissa * 2^exponent, the mantissa's top bit set unless it is 0. An error of 2^-57 at most after any of the scalings here;
 * a single needs 2^-25. */
struct wide {
  uint64_t mantissa;
  int16_t exponent;
};

static void normalise(struct wide *x) {
  if (x->mantissa == 0) return;
  for (; (x->mantissa >> 63) == 0; x->exponent--) x->mantissa <<= 1;
}

static void times_ten(struct wide *x) {
  x->mantissa = (x->mantissa >> 4) * 10 + (((x->mantissa & 15) * 10) >> 4);
  x->exponent = (int16_t)(x->exponent + 4);
  normalise(x);
}

static void over_ten(struct wide *x) {
  x->mantissa /= 10;
  normalise(x);
}

uint8_t show_whole(uint64_t value, bool negative, char *to) {
  char digits[20];
  uint8_t count = 0, at = 0;
  do {
    digits[count++] = (char)('0' + (char)(value % 10));
    value /= 10;
  } while (value > 0);
  if (negative) to[at++] = '-';
  while (count > 0) to[at++] = digits[--count];
  return at;
}

static bool read_hex(const char *word, uint8_t length, uint64_t *value) {
  *value = 0;
  for (uint8_t i = 0; i < length; i++) {
    char c = (char)(word[i] | 0x20);
    uint8_t digit = (uint8_t)(c >= 'a' ? c - 'a' + 10 : word[i] - '0');
    if (digit > 15 || (c < 'a' && (word[i] < '0' || word[i] > '9')) || *value >> 53) return false;
    *value = *value << 4 | digit;
  }
  return length > 0 && *value >> 53 == 0;
}

bool read_whole(const char *word, uint8_t length, uint64_t *value, bool *negative) {
  *negative = false;
  if (length > 2 && word[0] == '0' && (word[1] | 0x20) == 'x') return read_hex(word + 2, (uint8_t)(length - 2), value);
  *negative = length > 0 && word[0] == '-';
  uint8_t i = length > 0 && (word[0] == '-' || word[0] == '+');
  if (i == length) return false;
  for (*value = 0; i < length; i++) {
    if (word[i] < '0' || word[i] > '9') return false;
    *value = *value * 10 + (uint8_t)(word[i] - '0');
    if (*value >> 53) return false;
  }
  return true;
}

/* Bits of the nearest single, ties to even; all ones above where there is none. */
static uint32_t single_bits(struct wide x) {
  if (x.mantissa == 0) return 0;
  int16_t top = (int16_t)(x.exponent + 63); /* of the leading bit */
  uint8_t drop = 40;
  if (top < -126) {
    if (top < -150) return 0;
    drop = (uint8_t)(drop + (-126 - top));
  }
  uint64_t kept = drop > 63 ? 0 : x.mantissa >> drop;
  uint64_t rest = drop > 63 ? x.mantissa : x.mantissa & (((uint64_t)1 << drop) - 1);
  uint64_t half = (uint64_t)1 << (drop - 1);
  if (drop <= 64 && (rest > half || (rest == half && (kept & 1)))) kept++;
  /* A carry out of the mantissa raises the exponent by itself. */
  uint32_t biased = top < -126 ? 0 : (uint32_t)(top + 126);
  if (top > 127) return UINT32_MAX;
  uint32_t bits = (uint32_t)kept + (biased << 23);
  return bits >= UINT32_C(0x7f800000) ? UINT32_MAX : bits;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Digits with at most one point; gives where they end, and the power of ten that they are to be scaled by. */
static uint8_t read_digits(const char *word, uint8_t length, uint8_t i, struct wide *x, int16_t *power) {
  bool point = false, any = false;
  for (; i < length && (is_digit(word[i]) || (word[i] == '.' && !point)); i++) {
    if (word[i] == '.') {
      point = true;
      continue;
    }
    any = true;
    bool room = x->mantissa < UINT64_C(1000000000000000000);
    if (room) x->mantissa = x->mantissa * 10 + (uint8_t)(word[i] - '0');
    if (room && point) --*power;
    if (!room && !point) ++*power;
  }
  return any ? i : 0;
}

static bool read_exponent(const char *word, uint8_t length, uint8_t i, int16_t *power) {
  if (i == length) return true;
  if ((word[i] | 0x20) != 'e' || ++i == length) return false;
  bool negative = word[i] == '-';
  if (word[i] == '-' || word[i] == '+') i++;
  if (i == length) return false;
  int16_t exponent = 0;
  for (; i < length; i++) {
    if (!is_digit(word[i])) return false;
    if (exponent < 1000) exponent = (int16_t)(exponent * 10 + (word[i] - '0'));
  }
  *power = (int16_t)(*power + (negative ? -exponent : exponent));
  return true;
}

bool read_single(const char *word, uint8_t length, float *value) {
  struct wide x = {0, 0};
  int16_t power = 0;
  bool negative = length > 0 && word[0] == '-';
  uint8_t i = length > 0 && (word[0] == '-' || word[0] == '+');
  i = read_digits(word, length, i, &x, &power);
  if (i == 0 || !read_exponent(word, length, i, &power)) return false;
  normalise(&x);
  if (x.mantissa == 0 || power < -90) {
    x.mantissa = 0;
    power = 0;
  }
  if (power > 60) return false;
  for (; power > 0; power--) times_ten(&x);
  for (; power < 0; power++) over_ten(&x);
  uint32_t bits = single_bits(x);
  if (bits == UINT32_MAX) return false;
  if (negative) bits |= UINT32_C(0x80000000);
  memcpy(value, &bits, sizeof bits);
  return true;
}

/* The nine digits of a single above 0 as a number, and the power of ten of the first one. */
static uint32_t nine_digits(uint32_t bits, int16_t *first) {
  uint32_t biased = bits >> 23;
  struct wide x = {bits & 0x7fffff, (int16_t)((biased ? biased : 1) - 150)};
  if (biased) x.mantissa |= 0x800000;
  normalise(&x);
  /* As a number with 30 bits before the point it is between 1e8 and 1e9 at the end. */
  *first = 8;
  for (; x.exponent > -34 || (x.exponent == -34 && x.mantissa >= UINT64_C(1000000000) << 34); ++*first) over_ten(&x);
  for (; x.exponent < -37 || (x.exponent == -37 && x.mantissa < UINT64_C(100000000) << 37); --*first) times_ten(&x);
  uint8_t shift = (uint8_t)-x.exponent;
  return (uint32_t)((x.mantissa + ((uint64_t)1 << (shift - 1))) >> shift);
}

/* `digits` digits of `nine`, as ECMAScript writes a number whose first digit stands for 10^first. */
static uint8_t place_digits(uint32_t number, int8_t digits, int16_t first, char *to) {
  char all[10];
  uint8_t at = 0;
  for (int8_t i = digits; i-- > 0; number /= 10) all[i] = (char)('0' + (char)(number % 10));
  bool plain = first >= -6 && first <= 20;
  int16_t point = plain ? first : 0;
  if (plain && first < 0) {
    to[at++] = '0';
    to[at++] = '.';
    for (int16_t i = -1; i > first; i--) to[at++] = '0';
    for (int8_t i = 0; i < digits; i++) to[at++] = all[i];
    return at;
  }
  for (int16_t i = 0; i < digits || i <= point; i++) {
    if (i == point + 1) to[at++] = '.';
    to[at++] = i < digits ? all[i] : '0';
  }
  if (plain) return at;
  to[at++] = 'e';
  to[at++] = first < 0 ? '-' : '+';
  return (uint8_t)(at + show_whole((uint64_t)(first < 0 ? -first : first), false, to + at));
}

uint8_t show_single(float value, char *to) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  uint8_t at = 0;
  if (bits >> 31) to[at++] = '-';
  if ((bits & 0x7fffffff) == 0) {
    to[at++] = '0';
    return at;
  }
  int16_t first;
  uint32_t nine = nine_digits(bits & 0x7fffffff, &first);
  uint32_t unit = 100000000;
  for (int8_t digits = 1;; digits++, unit /= 10) {
    uint32_t number = (nine + unit / 2) / unit;
    int16_t power = first;
    uint32_t shown = number;
    bool carried = number == UINT32_C(1000000000) / unit;
    if (carried) power++, shown /= 10;
    uint8_t end = (uint8_t)(at + place_digits(shown, digits, power, to + at));
    float back;
    if (digits == 9 || (read_single(to, end, &back) && memcmp(&back, &value, sizeof back) == 0)) return end;
  }
}
