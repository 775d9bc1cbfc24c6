// SPDX-License-Identifier: GPL-3.0-or-later
/* postbag - what is known of each address is read once, and its sums are written once.
 *
 *     three at once │ sum, 1 min │ sum, 4 min │ sum, 16 min │ sum, 1 h │ … │ it is over
 *
 * From the third on a sum has its next one put with itself, which ends the flood if
 * nothing came into it. */
#include "alert/postbag.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"

#define MINUTE   INT64_C(60000)
#define HOUR     (60 * MINUTE)
#define SLOWER   4             /* times as long as the sum before */
#define LASTING  (16 * MINUTE) /* of a sum, whose flood is worth its end */
#define MEMORY   (3 * HOUR)    /* sums that were made earlier are over */
#define BODY_END "]}"

/* Of an address and a severity: the sum that waits, or the one that would be made. */
struct sum {
    char *severity;
    int64_t number;       /* 0: none waits */
    int64_t since, until; /* its time; where none waits that of the last, 0: none */
    bool has_next;        /* the one behind it is put already */
    struct strbuf body;   /* without its end; empty: none waits */
    bool is_changed;
};

struct box {
    char *notifier, *address;
    int64_t count; /* of the last minute */
    struct sum *sums;
    size_t sum_count;
};

struct postbag {
    struct store *store;
    int64_t flood, now;
    struct box *boxes;
    size_t count;
    bool has_any;
};

struct postbag *postbag_new(struct store *store, int64_t flood, int64_t now)
{
    struct postbag *post = memory_new(sizeof *post);
    post->store = store;
    post->flood = flood;
    post->now = now;
    return post;
}

static void box_clear(struct box *box)
{
    for (size_t i = 0; i < box->sum_count; i++) {
        free(box->sums[i].severity);
        strbuf_clear(&box->sums[i].body);
    }
    free(box->sums);
    free(box->notifier);
    free(box->address);
}

void postbag_free(struct postbag *post)
{
    if (!post)
        return;
    for (size_t i = 0; i < post->count; i++)
        box_clear(&post->boxes[i]);
    free(post->boxes);
    free(post);
}

/* ---- boxes ---- */

/* A new one where there is none of that severity. */
static struct sum *need_sum(struct box *box, const char *severity)
{
    for (size_t i = 0; i < box->sum_count; i++)
        if (strcmp(box->sums[i].severity, severity) == 0)
            return &box->sums[i];
    box->sums = memory_resize(box->sums, (box->sum_count + 1) * sizeof *box->sums);
    struct sum *sum = &box->sums[box->sum_count++];
    *sum = (struct sum){.severity = text_copy(severity)};
    return sum;
}

struct reading_sums {
    struct box *box;
    int64_t now;
};

static bool is_empty(const char *body)
{
    return body[strlen(body) - strlen(BODY_END) - 1] == '[';
}

/* What is due may be on its way, and is no longer added to. One that was due without
 * items was the end of its flood. */
static void take_sum(void *context, const struct telling_sum *row)
{
    const struct reading_sums *reading = context;
    struct sum *sum = need_sum(reading->box, row->severity);
    if (sum->number > 0) {
        sum->has_next = true;
        return;
    }
    bool was_end = row->due <= reading->now && is_empty(row->body);
    sum->since = was_end ? 0 : row->since;
    sum->until = was_end ? 0 : row->until;
    if (row->due <= reading->now)
        return;
    sum->number = row->number;
    strbuf_add(&sum->body, row->body, strlen(row->body) - strlen(BODY_END));
}

static int load_box(struct postbag *post, struct box *box, struct error *err)
{
    struct reading_sums reading = {.box = box, .now = post->now};
    int rc = store_count_tellings(post->store, box->notifier, box->address,
                                  post->now - MINUTE, &box->count, err);
    return rc == 0 ? store_each_sum(post->store, box->notifier, box->address,
                                    post->now - MEMORY, take_sum, &reading, err)
                   : rc;
}

static int find_box(struct postbag *post, const struct telling *telling,
                    struct box **ret, struct error *err)
{
    size_t i = 0;
    int rc = 0;
    while (i < post->count &&
           (strcmp(post->boxes[i].notifier, telling->notifier) != 0 ||
            strcmp(post->boxes[i].address, telling->address) != 0))
        i++;
    if (i == post->count) {
        post->boxes =
            memory_resize(post->boxes, (post->count + 1) * sizeof *post->boxes);
        post->boxes[post->count++] =
            (struct box){.notifier = text_copy(telling->notifier),
                         .address = text_copy(telling->address)};
        rc = load_box(post, &post->boxes[i], err);
    }
    if (rc < 0)
        return rc;
    *ret = &post->boxes[i];
    return 0;
}

/* ---- what goes into a sum ---- */

static int64_t delay_after(int64_t delay)
{
    delay = delay > 0 ? delay * SLOWER : MINUTE;
    return delay < HOUR ? delay : HOUR;
}

/* The flood of the last sum lasts for as long again. */
static int64_t last_delay(const struct postbag *post, const struct sum *sum)
{
    int64_t delay = sum->until - sum->since;
    return post->now < sum->until + delay ? delay : 0;
}

/* The waiting sum that says of this incident that it began; NULL: none does. */
static struct sum *find_beginning(const struct box *box, int64_t incident)
{
    AUTO(str) char *mark = text_format("\"incident\":%lld}", (long long)incident);
    for (size_t i = 0; i < box->sum_count; i++)
        if (box->sums[i].body.size > 0 && strstr(box->sums[i].body.data, mark))
            return &box->sums[i];
    return NULL;
}

/* NULL: it is told at once. That a thing is over is not told before it. */
static struct sum *find_sum(const struct postbag *post, struct box *box,
                            const struct postbag_item *item)
{
    struct sum *sum = item->is_over ? find_beginning(box, item->incident) : NULL;
    if (sum)
        return sum;
    sum = need_sum(box, item->severity);
    bool is_flooded =
        sum->body.size > 0 || last_delay(post, sum) > 0 || box->count >= post->flood;
    return is_flooded ? sum : NULL;
}

static void begin_body(struct sum *sum)
{
    json_open(&sum->body, '{');
    json_field_text(&sum->body, "severity", sum->severity);
    json_field_number(&sum->body, "since", sum->since);
    json_field_number(&sum->body, "until", sum->until);
    json_name(&sum->body, "items");
    json_open(&sum->body, '[');
}

static void add_item(const struct postbag *post, struct sum *sum, const char *json)
{
    if (sum->body.size == 0) {
        sum->until = post->now + delay_after(last_delay(post, sum));
        sum->since = post->now;
        begin_body(sum);
    }
    json_comma(&sum->body);
    strbuf_puts(&sum->body, json);
    sum->is_changed = true;
}

int postbag_put(struct postbag *post, const struct telling *telling,
                const struct postbag_item *item, struct error *err)
{
    struct box *box;
    post->has_any = true;
    if (strcmp(telling->notifier, "log") == 0)
        return store_put_telling(post->store, telling, err);
    int rc = find_box(post, telling, &box, err);
    if (rc < 0)
        return rc;
    struct sum *sum = find_sum(post, box, item);
    if (sum) {
        add_item(post, sum, item->json);
        return 0;
    }
    box->count++;
    return store_put_telling(post->store, telling, err);
}

/* ---- sums ---- */

static int put_row(const struct postbag *post, const struct box *box, struct sum *sum,
                   struct error *err)
{
    strbuf_puts(&sum->body, BODY_END);
    if (sum->number > 0)
        return store_change_sum(post->store, sum->number, strbuf_text(&sum->body), err);
    const struct telling_sum put = {.severity = sum->severity,
                                    .since = sum->since,
                                    .until = sum->until,
                                    .body = strbuf_text(&sum->body)};
    return store_put_sum(post->store, box->notifier, box->address, &put, post->now,
                         err);
}

static int put_sum(const struct postbag *post, const struct box *box, struct sum *sum,
                   struct error *err)
{
    int64_t delay = sum->until - sum->since;
    int rc = put_row(post, box, sum, err);
    if (rc < 0 || delay < LASTING || sum->has_next)
        return rc;
    struct sum next = {.severity = sum->severity,
                       .since = sum->until,
                       .until = sum->until + delay_after(delay)};
    begin_body(&next);
    rc = put_row(post, box, &next, err);
    strbuf_clear(&next.body);
    return rc;
}

int postbag_send(struct postbag *post, bool *ret_any, struct error *err)
{
    for (size_t i = 0; i < post->count; i++) {
        struct box *box = &post->boxes[i];
        for (size_t j = 0; j < box->sum_count; j++) {
            int rc =
                box->sums[j].is_changed ? put_sum(post, box, &box->sums[j], err) : 0;
            if (rc < 0)
                return rc;
        }
    }
    *ret_any = post->has_any;
    return 0;
}
