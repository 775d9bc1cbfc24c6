// SPDX-License-Identifier: GPL-3.0-or-later
/* capture - byte number n of the stream, counted behind the head, stands in the ring at
 * n modulo its size. */
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

/* Bytes that each end holds at most: those that may be told, and the margin. */
static size_t room(const struct capture *capture)
{
    return capture->keep + CAPTURE_MARGIN;
}

/* first: the number, behind the head, of the first byte. */
static void ring_put(struct capture *capture, uint64_t first, const char *bytes,
                     size_t size)
{
    if (!capture->tail)
        capture->tail = memory_new(room(capture));
    while (size > 0) {
        size_t at = (size_t)(first % room(capture));
        size_t part = min(size, room(capture) - at);
        memcpy(capture->tail + at, bytes, part);
        first += part;
        bytes += part;
        size -= part;
    }
}

void capture_add(struct capture *capture, const char *bytes, size_t size)
{
    size_t to_head = min(size, room(capture) - capture->head.size);
    if (to_head > 0)
        strbuf_add(&capture->head, bytes, to_head);
    capture->total += size;

    size_t rest = size - to_head;
    size_t used = min(rest, room(capture));
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
        size_t at = (size_t)((from - head) % room(capture));
        size_t part = min((size_t)(to - from), room(capture) - at);
        strbuf_add(buf, capture->tail + at, part);
        from += part;
    }
}

/* Bytes of an end that are looked at when keep of them are told. */
static uint64_t seen_size(const struct capture *capture, size_t keep)
{
    uint64_t wanted = (uint64_t)keep + CAPTURE_MARGIN;
    return wanted < capture->total ? wanted : capture->total;
}

/* What is told of the first bytes; their number, before anything was redacted. */
static size_t copy_head(const struct capture *capture, size_t keep,
                        const struct redaction *redaction, struct strbuf *buf)
{
    AUTO(strbuf) struct strbuf seen = {0};
    copy(capture, 0, seen_size(capture, keep), &seen);
    size_t size = keep - utf8_torn_tail(strbuf_text(&seen), keep);
    redact(redaction,
           &(struct redact_part){
               .text = strbuf_text(&seen), .size = seen.size, .to = size},
           buf);
    return size;
}

static size_t copy_tail(const struct capture *capture, size_t keep,
                        const struct redaction *redaction, struct strbuf *buf)
{
    AUTO(strbuf) struct strbuf seen = {0};
    copy(capture, capture->total - seen_size(capture, keep), capture->total, &seen);
    size_t from = seen.size - keep;
    from += utf8_torn_head(strbuf_text(&seen) + from, keep);
    redact(redaction,
           &(struct redact_part){.text = strbuf_text(&seen),
                                 .size = seen.size,
                                 .from = from,
                                 .to = seen.size},
           buf);
    return seen.size - from;
}

static void copy_whole(const struct capture *capture, const struct redaction *redaction,
                       struct strbuf *buf)
{
    AUTO(strbuf) struct strbuf seen = {0};
    copy(capture, 0, capture->total, &seen);
    redact(redaction,
           &(struct redact_part){
               .text = strbuf_text(&seen), .size = seen.size, .to = seen.size},
           buf);
}

void capture_output(const struct capture *capture, size_t keep,
                    const struct redaction *redaction, struct output *ret)
{
    AUTO(strbuf) struct strbuf kept = {0};
    *ret = (struct output){0};
    if (capture->total <= 2 * (uint64_t)keep) {
        copy_whole(capture, redaction, &kept);
    } else {
        size_t head = copy_head(capture, keep, redaction, &kept);
        ret->cut_at = kept.size;
        size_t tail = copy_tail(capture, keep, redaction, &kept);
        ret->cut = capture->total - head - tail;
    }
    ret->kept.size = kept.size;
    ret->kept.data = strbuf_take(&kept);
}

void capture_format(const struct capture *capture, const struct redaction *redaction,
                    struct strbuf *buf)
{
    struct output output;
    capture_output(capture, capture->keep, redaction, &output);
    AUTO(str) char *kept = output.kept.data;
    if (output.cut == 0) {
        strbuf_add(buf, kept, output.kept.size);
        return;
    }
    strbuf_add(buf, kept, output.cut_at);
    strbuf_printf(buf, "\n[… %llu bytes left out …]\n", (unsigned long long)output.cut);
    strbuf_add(buf, kept + output.cut_at, output.kept.size - output.cut_at);
}
