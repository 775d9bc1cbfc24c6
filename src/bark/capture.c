// SPDX-License-Identifier: GPL-3.0-or-later
/* capture - byte number n of the stream, counted behind the head, stands in the ring at
 * n modulo keep. */
#include "bark/capture.h"

#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"

void capture_clear(struct capture *capture)
{
    strbuf_clear(&capture->head);
    free(capture->tail);
    *capture = (struct capture){.keep = capture->keep};
}

static size_t min(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* first: the number, behind the head, of the first byte. */
static void ring_put(struct capture *capture, uint64_t first, const char *bytes,
                     size_t size)
{
    if (!capture->tail)
        capture->tail = memory_new(capture->keep);
    while (size > 0) {
        size_t at = (size_t)(first % capture->keep);
        size_t part = min(size, capture->keep - at);
        memcpy(capture->tail + at, bytes, part);
        first += part;
        bytes += part;
        size -= part;
    }
}

void capture_add(struct capture *capture, const char *bytes, size_t size)
{
    size_t to_head = min(size, capture->keep - capture->head.size);
    if (to_head > 0)
        strbuf_add(&capture->head, bytes, to_head);
    capture->total += size;

    size_t rest = size - to_head;
    size_t used = min(rest, capture->keep);
    if (used > 0)
        ring_put(capture, capture->total - capture->head.size - used,
                 bytes + size - used, used);
}

/* Appends the bytes from `from` up to `to` of the stream, which must still be held. */
static void copy(const struct capture *capture, uint64_t from, uint64_t to,
                 struct strbuf *buf)
{
    uint64_t head = capture->head.size;
    if (from < head) {
        uint64_t end = to < head ? to : head;
        strbuf_add(buf, capture->head.data + from, (size_t)(end - from));
        from = end;
    }
    while (from < to) {
        size_t at = (size_t)((from - head) % capture->keep);
        size_t part = min((size_t)(to - from), capture->keep - at);
        strbuf_add(buf, capture->tail + at, part);
        from += part;
    }
}

void capture_output(const struct capture *capture, size_t keep, struct output *ret)
{
    AUTO(strbuf) struct strbuf kept = {0};
    uint64_t total = capture->total;
    *ret = (struct output){0};
    if (total <= 2 * (uint64_t)keep) {
        copy(capture, 0, total, &kept);
    } else {
        AUTO(strbuf) struct strbuf tail = {0};
        copy(capture, 0, keep, &kept);
        strbuf_shorten(&kept,
                       kept.size - utf8_torn_tail(strbuf_text(&kept), kept.size));
        copy(capture, total - keep, total, &tail);
        size_t torn = utf8_torn_head(strbuf_text(&tail), tail.size);
        ret->cut_at = kept.size;
        ret->cut = total - kept.size - (tail.size - torn);
        strbuf_add(&kept, strbuf_text(&tail) + torn, tail.size - torn);
    }
    ret->kept.size = kept.size;
    ret->kept.data = strbuf_take(&kept);
}

void capture_format(const struct capture *capture, struct strbuf *buf)
{
    struct output output;
    capture_output(capture, capture->keep, &output);
    AUTO(str) char *kept = output.kept.data;
    if (output.cut == 0) {
        strbuf_add(buf, kept, output.kept.size);
        return;
    }
    strbuf_add(buf, kept, output.cut_at);
    strbuf_printf(buf, "\n[… %llu bytes left out …]\n", (unsigned long long)output.cut);
    strbuf_add(buf, kept + output.cut_at, output.kept.size - output.cut_at);
}
