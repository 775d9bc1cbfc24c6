// SPDX-License-Identifier: GPL-3.0-or-later
/* recent - what the last messages said of a (host, tag), as text in its row:
 *
 *     [[time,state,elapsed,printed], …]      newest last; ms, 0 to 4, ms, bytes
 *
 * elapsed and printed are of a run, and null where they are not known. The text is cut
 * and joined, and never read as a whole: each message writes it. */
#include "store/internal.h"

#include <stdlib.h>
#include <string.h>

/* Of a sender that does not say it: what is kept, and what was cut. */
static int64_t printed_size(const struct message *message)
{
    const struct output *out = &message->out, *errors = &message->errors;
    if (message->printed >= 0)
        return message->printed;
    if (!out->kept.data && out->cut == 0)
        return -1;
    return (int64_t)(out->kept.size + out->cut + errors->kept.size + errors->cut);
}

static void put_number(struct strbuf *buf, int64_t number)
{
    if (number < 0)
        strbuf_puts(buf, ",null");
    else
        strbuf_printf(buf, ",%lld", (long long)number);
}

static void put_item(struct strbuf *buf, const struct message *message, int64_t time)
{
    bool is_run = message->kind == MESSAGE_OUTCOME;
    bool has_elapsed = is_run && message->elapsed >= 0;
    strbuf_printf(buf, "[%lld,%d", (long long)time, message_state(message));
    put_number(buf, has_elapsed ? (int64_t)(message->elapsed * 1000 + 0.5) : -1);
    put_number(buf, is_run ? printed_size(message) : -1);
    strbuf_putc(buf, ']');
}

/* Where each item begins; returns how many there are. */
static size_t find_items(const char *recent, const char *ret[RECENT_MAX])
{
    size_t count = 0;
    const char *at = strchr(recent + 1, '[');
    for (; at && count < RECENT_MAX; at = strchr(at + 1, '['))
        ret[count++] = at;
    return count;
}

int recent_flips(const char *recent)
{
    const char *items[RECENT_MAX];
    size_t count = find_items(recent, items);
    int flips = 0;
    char before = '\0';
    for (size_t i = 0; i < count; i++) {
        char state = strchr(items[i], ',')[1];
        flips += before && state != before;
        before = state;
    }
    return flips;
}

void recent_put(const char *recent, const struct message *message, int64_t time,
                struct strbuf *ret)
{
    const char *items[RECENT_MAX];
    size_t count = find_items(recent, items), place = count;
    while (place > 0 && strtoll(items[place - 1] + 1, NULL, 10) > time)
        place--;
    if (count == RECENT_MAX && place == 0) {
        strbuf_puts(ret, recent);
        return;
    }
    const char *first = count == 0 ? NULL : items[count == RECENT_MAX];
    const char *end = recent + strlen(recent) - 1; /* at its bracket */
    const char *behind = place < count ? items[place] : end;
    strbuf_putc(ret, '[');
    if (place > (count == RECENT_MAX)) {
        strbuf_add(ret, first, (size_t)(behind - first));
        if (place == count)
            strbuf_putc(ret, ',');
    }
    put_item(ret, message, time);
    if (place < count)
        strbuf_putc(ret, ',');
    strbuf_puts(ret, behind);
}
