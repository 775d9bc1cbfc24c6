// SPDX-License-Identifier: GPL-3.0-or-later
/* ledger - items that mean the same stand together, by time; each joins the event
 * before it, or begins one. */
#include "replay/ledger.h"

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct item {
    enum side side;
    int64_t time; /* when it was told, or put into a sum */
    enum telling_kind what;
    const char *host, *tag, *severity, *text;
    const char *whom;
};

void ledger_init(struct ledger *ledger)
{
    *ledger = (struct ledger){.arena = arena_new()};
}

void ledger_clear(struct ledger *ledger)
{
    arena_free(ledger->arena);
}

/* ---- items ---- */

static const char *field(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

/* said: a telling's own body, or what stands in a sum. */
static void add_item(struct ledger *ledger, const struct item *like, const json_t *said,
                     const char *host, const char *tag)
{
    struct arena *arena = ledger->arena;
    struct item *item = arena_take(arena, sizeof *item);
    *item = *like;
    item->host = arena_text(arena, host);
    item->tag = arena_text(arena, tag);
    item->severity = arena_text(arena, field(said, "severity"));
    item->text = arena_text(arena, field(said, "text"));
    arena_push(arena, (void ***)&ledger->items, &ledger->item_count, item);
}

static bool find_kind(const char *name, enum telling_kind *ret)
{
    for (int i = 0; i < TELLING_KINDS; i++)
        if (strcmp(telling_kind_name((enum telling_kind)i), name) == 0) {
            *ret = (enum telling_kind)i;
            return true;
        }
    return false;
}

static void add_sum(struct ledger *ledger, struct item *like, const json_t *sum)
{
    size_t i;
    const json_t *said;
    json_array_foreach(json_object_get(sum, "items"), i, said)
    {
        like->time = json_integer_value(json_object_get(said, "time"));
        if (find_kind(field(said, "what"), &like->what))
            add_item(ledger, like, said, field(said, "host"), field(said, "tag"));
    }
}

int ledger_add(struct ledger *ledger, enum side side, const struct telling *telling,
               struct error *err)
{
    bool is_sum = telling->kind == TELLING_SUM;
    if (telling->kind == TELLING_NOTE || telling->kind == TELLING_DIGEST)
        return 0;
    json_auto_t *body = json_loads(telling->body, 0, NULL);
    if (!json_is_object(body))
        return error_set(err, -EPROTO, "telling %lld: its body is no JSON object",
                         (long long)telling->number);
    struct item like = {.side = side,
                        .time = telling->made,
                        .what = telling->kind,
                        .whom = arena_format(ledger->arena, "%s%s%s", telling->notifier,
                                             *telling->address ? " " : "",
                                             telling->address)};
    if (is_sum)
        add_sum(ledger, &like, body);
    else
        add_item(ledger, &like, body, telling->host, telling->tag);
    return 0;
}

/* ---- events ---- */

static int compare_meaning(const struct item *one, const struct item *other)
{
    if (one->what != other->what)
        return one->what < other->what ? -1 : 1;
    int order = strcmp(one->host, other->host);
    if (order == 0)
        order = strcmp(one->tag, other->tag);
    return order != 0 ? order : strcmp(one->severity, other->severity);
}

static int compare_items(const void *one, const void *other)
{
    const struct item *a = *(struct item *const *)one;
    const struct item *b = *(struct item *const *)other;
    int order = compare_meaning(a, b);
    if (order == 0)
        order = (a->time > b->time) - (a->time < b->time);
    if (order == 0)
        order = (int)a->side - (int)b->side;
    return order != 0 ? order : strcmp(a->whom, b->whom);
}

static int compare_events(const void *one, const void *other)
{
    const struct event *a = *(struct event *const *)one;
    const struct event *b = *(struct event *const *)other;
    int order = (a->time > b->time) - (a->time < b->time);
    if (order == 0)
        order = strcmp(a->host, b->host);
    if (order == 0)
        order = strcmp(a->tag, b->tag);
    return order != 0 ? order : (int)a->what - (int)b->what;
}

/* An event under way. */
struct making {
    struct event *event;
    const struct item *first;
    int64_t slack;
    struct strbuf whom[SIDES];
};

static bool has(const struct strbuf *list, const char *whom)
{
    AUTO(strbuf) struct strbuf wanted = {0};
    AUTO(strbuf) struct strbuf all = {0};
    strbuf_printf(&wanted, ", %s,", whom);
    strbuf_printf(&all, ", %s,", strbuf_text(list));
    return strstr(strbuf_text(&all), strbuf_text(&wanted)) != NULL;
}

/* What the same one was told a second time was told at another. */
static bool joins(const struct making *making, const struct item *item)
{
    return making->event && compare_meaning(making->first, item) == 0 &&
           item->time <= making->first->time + making->slack &&
           !has(&making->whom[item->side], item->whom);
}

static void end_event(struct ledger *ledger, struct making *making)
{
    struct event *event = making->event;
    if (!event)
        return;
    for (int side = 0; side < SIDES; side++) {
        if (making->whom[side].size > 0)
            event->whom[side] =
                arena_text(ledger->arena, strbuf_text(&making->whom[side]));
        strbuf_shorten(&making->whom[side], 0);
    }
    if (event->whom[SIDE_THESE] && event->whom[SIDE_THEN])
        ledger->both++;
    else
        ledger->only[event->whom[SIDE_THESE] ? SIDE_THESE : SIDE_THEN]++;
    arena_push(ledger->arena, (void ***)&ledger->events, &ledger->count, event);
}

static void begin_event(struct ledger *ledger, struct making *making,
                        const struct item *item)
{
    struct event *event = arena_take(ledger->arena, sizeof *event);
    *event = (struct event){.time = item->time,
                            .what = item->what,
                            .host = item->host,
                            .tag = item->tag,
                            .severity = item->severity,
                            .text = item->text};
    making->event = event;
    making->first = item;
}

static void join_event(struct making *making, const struct item *item)
{
    struct strbuf *whom = &making->whom[item->side];
    if (item->side == SIDE_THESE && whom->size == 0) {
        making->event->time = item->time;
        making->event->text = item->text;
    }
    strbuf_printf(whom, "%s%s", whom->size > 0 ? ", " : "", item->whom);
}

void ledger_make(struct ledger *ledger, int64_t slack)
{
    struct making making = {.slack = slack};
    if (ledger->item_count > 0)
        qsort(ledger->items, ledger->item_count, sizeof *ledger->items, compare_items);
    for (size_t i = 0; i < ledger->item_count; i++) {
        const struct item *item = ledger->items[i];
        if (!joins(&making, item)) {
            end_event(ledger, &making);
            begin_event(ledger, &making, item);
        }
        join_event(&making, item);
    }
    end_event(ledger, &making);
    for (int side = 0; side < SIDES; side++)
        strbuf_clear(&making.whom[side]);
    if (ledger->count > 0)
        qsort(ledger->events, ledger->count, sizeof *ledger->events, compare_events);
}
