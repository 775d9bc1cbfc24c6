// SPDX-License-Identifier: GPL-3.0-or-later
/* postbag - what is known of each address is read once, and its sum is written once. */
#include "alert/postbag.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"

#define MINUTE   INT64_C(60000)
#define HOUR     (60 * MINUTE)
#define SLOWER   4 /* times as long as the sum before */
#define BODY_END "]}"

/* An address, and the sum that waits for it. */
struct box {
    char *notifier, *address;
    int64_t count;      /* of the last minute */
    int64_t number;     /* of a sum that is put already; 0: none */
    int64_t delay;      /* of the last sum, while its flood lasts; 0: there is none */
    struct strbuf body; /* of the sum, without its end; empty: there is none */
    bool is_changed;
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

void postbag_free(struct postbag *post)
{
    if (!post)
        return;
    for (size_t i = 0; i < post->count; i++) {
        free(post->boxes[i].notifier);
        free(post->boxes[i].address);
        strbuf_clear(&post->boxes[i].body);
    }
    free(post->boxes);
    free(post);
}

/* ---- boxes ---- */

/* Its sum that waits, and what is known of the one before. */
static int load_sum(struct postbag *post, struct box *box, struct error *err)
{
    AUTO(str) char *body = NULL;
    int64_t made = 0, due = 0;
    int rc = store_find_last_sum(post->store, box->notifier, box->address, post->now,
                                 &made, &due, err);
    if (rc <= 0)
        return rc;
    if (post->now < due + (due - made))
        box->delay = due - made;
    rc = store_find_sum(post->store, box->notifier, box->address, post->now,
                        &box->number, &body, err);
    if (rc > 0)
        strbuf_add(&box->body, body, strlen(body) - strlen(BODY_END));
    return rc < 0 ? rc : 0;
}

static int find_box(struct postbag *post, const struct telling *telling,
                    struct box **ret, struct error *err)
{
    size_t i = 0;
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
        int rc = store_count_tellings(post->store, telling->notifier, telling->address,
                                      post->now - MINUTE, &post->boxes[i].count, err);
        if (rc == 0)
            rc = load_sum(post, &post->boxes[i], err);
        if (rc < 0)
            return rc;
    }
    *ret = &post->boxes[i];
    return 0;
}

static bool is_flooded(const struct postbag *post, const struct box *box)
{
    return box->delay > 0 || box->body.size > 0 || box->count >= post->flood;
}

static void add_item(struct box *box, const char *item)
{
    strbuf_puts(&box->body, box->body.size > 0 ? "," : "{\"items\":[");
    strbuf_puts(&box->body, item);
    box->is_changed = true;
}

int postbag_put(struct postbag *post, const struct telling *telling, const char *item,
                struct error *err)
{
    struct box *box;
    post->has_any = true;
    if (strcmp(telling->notifier, "log") == 0)
        return store_put_telling(post->store, telling, err);
    int rc = find_box(post, telling, &box, err);
    if (rc < 0)
        return rc;
    if (is_flooded(post, box)) {
        add_item(box, item);
        return 0;
    }
    box->count++;
    return store_put_telling(post->store, telling, err);
}

/* ---- sums ---- */

static int put_sum(struct postbag *post, struct box *box, struct error *err)
{
    int64_t delay = box->delay > 0 ? box->delay * SLOWER : MINUTE;
    if (delay > HOUR)
        delay = HOUR;
    strbuf_puts(&box->body, BODY_END);
    if (box->number > 0)
        return store_change_sum(post->store, box->number, strbuf_text(&box->body), err);
    return store_put_telling(post->store,
                             &(struct telling){.kind = TELLING_SUM,
                                               .host = "",
                                               .tag = "",
                                               .notifier = box->notifier,
                                               .address = box->address,
                                               .body = strbuf_text(&box->body),
                                               .made = post->now,
                                               .due = post->now + delay},
                             err);
}

int postbag_send(struct postbag *post, bool *ret_any, struct error *err)
{
    for (size_t i = 0; i < post->count; i++) {
        int rc = post->boxes[i].is_changed ? put_sum(post, &post->boxes[i], err) : 0;
        if (rc < 0)
            return rc;
    }
    *ret_any = post->has_any;
    return 0;
}
