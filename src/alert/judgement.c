// SPDX-License-Identifier: GPL-3.0-or-later
/* judgement - what all rules gave, put together; and what is wrong with them. */
#include <stdlib.h>
#include <string.h>

#include "alert/judge_parts.h"
#include "base/memory.h"
#include "store/incidents.h"

void judgement_clear(struct judgement *judgement)
{
    arena_free(judgement->arena);
    *judgement = (struct judgement){0};
}

/* ---- alerts ---- */

static int badness(const char *severity)
{
    static const char *const names[] = {"unknown", "warning", "fail"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(severity, names[i]) == 0)
            return (int)i;
    return -1;
}

static int compare_matters(const struct conclusion *one, const struct conclusion *other)
{
    int order = strcmp(one->host, other->host);
    if (order == 0)
        order = strcmp(one->tag, other->tag);
    return order ? order
                 : strcmp(incident_matter(one->severity),
                          incident_matter(other->severity));
}

static int compare_alerts(const void *left, const void *right)
{
    const struct conclusion *one = *(const struct conclusion *const *)left;
    const struct conclusion *other = *(const struct conclusion *const *)right;
    int order = compare_matters(one, other);
    if (order == 0)
        order = badness(other->severity) - badness(one->severity);
    return order ? order : strcmp(one->text, other->text);
}

static void add_trouble(struct conclusions *all, const char *trouble)
{
    if (trouble)
        conclusions_add(all, "", "rules", "fail", trouble);
}

static void add_file(void *context, const char *file, const char *why)
{
    AUTO(str)
    char *text = strncmp(why, file, strlen(file)) == 0
                     ? text_copy(why)
                     : text_format("%s: %s", file, why);
    add_trouble(context, text);
}

static void add_troubles(const struct judge *judge, struct conclusions *ret)
{
    add_trouble(ret, judge->refused);
    for (size_t i = 0; i < judge->aims.count; i++)
        add_trouble(ret, judge->aims.items[i].trouble);
    if (judge->library)
        library_each_trouble(judge->library, add_file, ret);
}

static size_t point_at_all(const struct judge *judge,
                           const struct conclusions *troubles,
                           const struct conclusion ***ret)
{
    size_t count = troubles->count;
    for (size_t i = 0; i < judge->aims.count; i++)
        count += judge->aims.items[i].found.count;
    const struct conclusion **all =
        memory_new((count + 1) * sizeof(struct conclusion *));
    count = 0;
    for (size_t i = 0; i < judge->aims.count; i++) {
        const struct aim *aim = &judge->aims.items[i];
        for (size_t j = 0; aim->head == HEAD_ALERT && j < aim->found.count; j++)
            all[count++] = &aim->found.items[j];
    }
    for (size_t i = 0; i < troubles->count; i++)
        all[count++] = &troubles->items[i];
    *ret = all;
    return count;
}

void judgement_collect(const struct judge *judge, struct conclusions *ret)
{
    AUTO(conclusions) struct conclusions troubles = {0};
    const struct conclusion **all;
    add_troubles(judge, &troubles);
    size_t count = point_at_all(judge, &troubles, &all);
    qsort(all, count, sizeof(struct conclusion *), compare_alerts);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && compare_matters(all[i - 1], all[i]) == 0)
            continue;
        struct conclusion *one = conclusions_add(ret, all[i]->host, all[i]->tag,
                                                 all[i]->severity, all[i]->text);
        one->why = text_copy(all[i]->why);
        one->lines = text_copy(all[i]->lines);
    }
    free(all);
}

/* ---- all of it ---- */

static const struct conclusions *found_of(const struct judge *judge, enum head head)
{
    static const struct conclusions nothing = {0};
    for (size_t i = 0; i < judge->aims.count; i++)
        if (judge->aims.items[i].head == head)
            return &judge->aims.items[i].found;
    return &nothing;
}

bool judgement_reminds(const struct judge *judge)
{
    return found_of(judge, HEAD_REMIND)->count > 0;
}

static void put_alerts(const struct conclusions *found, struct judgement *judgement)
{
    struct arena *arena = judgement->arena;
    judgement->alerts =
        arena_take(arena, (found->count + 1) * sizeof *judgement->alerts);
    for (; judgement->alert_count < found->count; judgement->alert_count++) {
        const struct conclusion *one = &found->items[judgement->alert_count];
        judgement->alerts[judgement->alert_count] = (struct alert){
            .host = arena_text(arena, one->host),
            .tag = arena_text(arena, one->tag),
            .severity = arena_text(arena, one->severity),
            .text = arena_text(arena, one->text),
            .why = one->why ? arena_text(arena, one->why) : NULL,
            .lines = one->lines ? arena_text(arena, one->lines) : NULL,
        };
    }
}

static void put_holds(const struct conclusions *found, struct judgement *judgement)
{
    judgement->holds =
        arena_take(judgement->arena, (found->count + 1) * sizeof *judgement->holds);
    for (; judgement->hold_count < found->count; judgement->hold_count++) {
        const struct conclusion *one = &found->items[judgement->hold_count];
        judgement->holds[judgement->hold_count] =
            (struct hold){arena_text(judgement->arena, one->host),
                          arena_text(judgement->arena, one->tag),
                          arena_text(judgement->arena, one->severity),
                          arena_text(judgement->arena, one->text)};
    }
}

static void put_routes(const struct conclusions *found, struct judgement *judgement)
{
    judgement->routes =
        arena_take(judgement->arena, (found->count + 1) * sizeof *judgement->routes);
    for (; judgement->route_count < found->count; judgement->route_count++) {
        const struct conclusion *one = &found->items[judgement->route_count];
        judgement->routes[judgement->route_count] =
            (struct route){arena_text(judgement->arena, one->host),
                           arena_text(judgement->arena, one->tag),
                           arena_text(judgement->arena, one->severity)};
    }
}

static void put_reminders(const struct conclusions *found, struct judgement *judgement)
{
    judgement->reminders =
        arena_take(judgement->arena, (found->count + 1) * sizeof *judgement->reminders);
    for (; judgement->reminder_count < found->count; judgement->reminder_count++) {
        const struct conclusion *one = &found->items[judgement->reminder_count];
        judgement->reminders[judgement->reminder_count] = (struct reminder){
            arena_text(judgement->arena, one->host),
            arena_text(judgement->arena, one->tag), strtoll(one->severity, NULL, 10)};
    }
}

static void put_explanations(const struct conclusions *found,
                             struct judgement *judgement)
{
    judgement->explanations = arena_take(
        judgement->arena, (found->count + 1) * sizeof *judgement->explanations);
    for (; judgement->explanation_count < found->count;
         judgement->explanation_count++) {
        const struct conclusion *one = &found->items[judgement->explanation_count];
        judgement->explanations[judgement->explanation_count] =
            (struct explanation){arena_text(judgement->arena, one->host),
                                 arena_text(judgement->arena, one->tag),
                                 arena_text(judgement->arena, one->severity),
                                 arena_text(judgement->arena, one->text)};
    }
}

/* ---- what is missing ---- */

struct places {
    struct arena *arena; /* NULL: they are counted */
    const char **items;  /* ends with NULL */
    size_t count;
};

static void add_place(struct places *places, const char *place, char end)
{
    if (places->arena)
        places->items[places->count] =
            arena_format(places->arena, "\"%s%c", place, end);
    places->count++;
}

static void add_left_out(void *context, const char *file, const char *why UNUSED)
{
    add_place(context, file, ':');
}

static void find_unjudged(const struct judge *judge, struct places *ret)
{
    if (judge->library)
        library_each_trouble(judge->library, add_left_out, ret);
    for (size_t i = 0; i < judge->aims.count; i++) {
        const struct aim *aim = &judge->aims.items[i];
        if (aim->trouble && !aim->was_judged)
            add_place(ret, aim->name, '"');
    }
}

static void put_unjudged(const struct judge *judge, struct judgement *judgement)
{
    struct places counted = {0}, places = {.arena = judgement->arena};
    find_unjudged(judge, &counted);
    places.items =
        arena_take(judgement->arena, (counted.count + 1) * sizeof *places.items);
    find_unjudged(judge, &places);
    judgement->unjudged = places.items;
}

void judgement_make(const struct judge *judge, const struct conclusions *alerts,
                    int64_t now, struct judgement *ret)
{
    struct judgement judgement = {.arena = arena_new(), .time = now};
    put_alerts(alerts, &judgement);
    put_holds(found_of(judge, HEAD_HOLD), &judgement);
    put_routes(found_of(judge, HEAD_ROUTE), &judgement);
    put_reminders(found_of(judge, HEAD_REMIND), &judgement);
    put_explanations(found_of(judge, HEAD_EXPLAINS), &judgement);
    put_unjudged(judge, &judgement);
    judgement_clear(ret);
    *ret = judgement;
}
