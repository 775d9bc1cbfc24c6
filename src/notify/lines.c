// SPDX-License-Identifier: GPL-3.0-or-later
/* lines - each line becomes what is left of it without what changes from day to day, as
 * a hash; those of the one text are looked up among those of the other. */
#include "notify/lines.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/strbuf.h"

#define HEX_MIN 6 /* letters of a word that is taken for a number of base 16 */

static const char *const dates[] = {
    "mon",      "tue",      "wed",       "thu",      "fri",    "sat",       "sun",
    "monday",   "tuesday",  "wednesday", "thursday", "friday", "saturday",  "sunday",
    "jan",      "feb",      "mar",       "apr",      "may",    "jun",       "jul",
    "aug",      "sep",      "oct",       "nov",      "dec",    "january",   "february",
    "march",    "april",    "june",      "july",     "august", "september", "october",
    "november", "december", "am",        "pm",       NULL,
};

struct hashes {
    uint64_t *items; /* sorted, once all are in */
    size_t count, room;
};

static void add_hash(struct hashes *hashes, uint64_t hash)
{
    if (hashes->count == hashes->room) {
        hashes->room = hashes->room ? hashes->room * 2 : 64;
        hashes->items =
            memory_resize(hashes->items, hashes->room * sizeof *hashes->items);
    }
    hashes->items[hashes->count++] = hash;
}

static int compare(const void *a, const void *b)
{
    uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;
    return one < other ? -1 : one > other;
}

static bool has_hash(const struct hashes *hashes, uint64_t hash)
{
    return hashes->count > 0 &&
           bsearch(&hash, hashes->items, hashes->count, sizeof hash, compare) != NULL;
}

/* ---- a line ---- */

static bool is_date(const char *word, size_t size)
{
    for (size_t i = 0; dates[i]; i++)
        if (strlen(dates[i]) == size && strncasecmp(dates[i], word, size) == 0)
            return true;
    return false;
}

static bool is_hex(const char *word, size_t size)
{
    bool has_digit = false;
    for (size_t i = 0; i < size; i++) {
        if (!isxdigit((unsigned char)word[i]))
            return false;
        has_digit |= isdigit((unsigned char)word[i]) != 0;
    }
    return has_digit && size >= HEX_MIN;
}

static uint64_t mix(uint64_t hash, unsigned char c)
{
    return (hash ^ c) * 0x100000001B3;
}

/* A run of letters and digits: as it is, but for its digits. */
static uint64_t mix_word(uint64_t hash, const char *word, size_t size)
{
    if (is_hex(word, size) || is_date(word, size))
        return mix(hash, '#');
    for (size_t i = 0; i < size; i++) {
        bool is_digit = isdigit((unsigned char)word[i]) != 0;
        if (!is_digit)
            hash = mix(hash, (unsigned char)word[i]);
        else if (i == 0 || !isdigit((unsigned char)word[i - 1]))
            hash = mix(hash, '#');
    }
    return hash;
}

/* 0: it is blank. */
static uint64_t hash_line(const char *line, size_t size)
{
    uint64_t hash = 0xCBF29CE484222325, empty = hash;
    for (size_t i = 0; i < size;) {
        size_t end = i;
        while (end < size && isalnum((unsigned char)line[end]))
            end++;
        if (end > i)
            hash = mix_word(hash, line + i, end - i);
        else if (!isspace((unsigned char)line[end++]))
            hash = mix(hash, (unsigned char)line[i]);
        i = end;
    }
    return hash == empty ? 0 : hash | 1;
}

/* ---- two texts ---- */

static void add_lines(struct hashes *hashes, const char *text)
{
    for (size_t size; *text; text += size + (text[size] == '\n')) {
        size = strcspn(text, "\n");
        uint64_t hash = hash_line(text, size);
        if (hash)
            add_hash(hashes, hash);
    }
    if (hashes->count > 0)
        qsort(hashes->items, hashes->count, sizeof *hashes->items, compare);
}

static bool was_taken(const struct hashes *taken, uint64_t hash)
{
    for (size_t i = 0; i < taken->count; i++)
        if (taken->items[i] == hash)
            return true;
    return false;
}

size_t lines_new(const char *text, const char *before, size_t limit, struct texts *ret,
                 size_t *ret_more)
{
    struct hashes known = {0}, taken = {0};
    size_t count = 0;
    add_lines(&known, before);
    for (size_t size; *text; text += size + (text[size] == '\n')) {
        size = strcspn(text, "\n");
        uint64_t hash = hash_line(text, size);
        count += hash != 0;
        if (!hash || has_hash(&known, hash) || was_taken(&taken, hash))
            continue;
        if (taken.count < limit) {
            AUTO(strbuf) struct strbuf line = {0};
            strbuf_add(&line, text, size);
            texts_add(ret, line.data);
            add_hash(&taken, hash);
        } else {
            ++*ret_more;
        }
    }
    free(known.items);
    free(taken.items);
    return count;
}
