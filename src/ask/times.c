// SPDX-License-Identifier: GPL-3.0-or-later
/* times - a time is found by its letters, and by what they mean. */
#include "ask/times.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

#define DIGITS "0123456789"

/* How long the time is that begins here; 0: none does. */
static size_t find_time(const char *text, int64_t *ret)
{
    size_t size = strspn(text, DIGITS "-:.T");
    if (size < sizeof "2026-11-22T21:36" - 1 || text[size] != 'Z')
        return 0;
    AUTO(str) char *token = memory_copy(text, size + 1);
    return clock_parse_utc(token, ret, NULL) == 0 ? size + 1 : 0;
}

/* The fraction is the token's: it may have more digits than a time has. */
static void put_time(const char *token, size_t size, int64_t time, struct strbuf *ret)
{
    char local[CLOCK_TEXT_SIZE];
    clock_format_local(time, CLOCK_OFFSET, local);
    const char *offset = strrchr(local, ' ') + 1;
    const char *fraction = memchr(token, '.', size);
    int digits = fraction ? (int)(token + size - 1 - fraction) : 0;
    if (strcmp(offset, "+0000") == 0)
        strbuf_add(ret, token, size);
    else
        strbuf_printf(ret, "%.10sT%.8s%.*s%.3s:%s", local, local + 11, digits,
                      fraction ? fraction : "", offset, offset + 3);
}

/* How long the text in quotes is that begins here, both quotes counted. */
static size_t quoted_size(const char *text)
{
    size_t size = 1;
    while (text[size] && text[size] != '"')
        size += text[size] == '\\' && text[size + 1] ? 2 : 1;
    return size + (text[size] == '"');
}

/* Returns how much of the text that was. */
static size_t put_piece(const char *text, struct strbuf *ret)
{
    int64_t time;
    size_t size = find_time(text, &time);
    if (size > 0) {
        put_time(text, size, time, ret);
        return size;
    }
    size_t digits = strspn(text, DIGITS);
    size = *text == '"' ? quoted_size(text)
           : digits > 0 ? digits
                        : strcspn(text, "\"" DIGITS);
    strbuf_add(ret, text, size);
    return size;
}

void times_put_local(const char *text, struct strbuf *ret)
{
    while (*text)
        text += put_piece(text, ret);
}
