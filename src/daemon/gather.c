// SPDX-License-Identifier: GPL-3.0-or-later
/* gather - errands wait in a line, and the first is run. Its child prints how many
 * messages it put on stdout, and sentences for people on stderr. */
#include "daemon/gather.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bark/redact.h"
#include "bark/spool.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/zone.h"
#include "facts/facts.h"

#define TIMEOUT     120000 /* ms */
#define ERRANDS_MAX 100    /* that wait */
#define ZONE_ROOM   128

enum errand_type {
    ERRAND_COLLECT,
    ERRAND_UPDATE, /* of a plugin's relation */
    ERRAND_WHOLE,
};

struct errand {
    enum errand_type type;
    struct relation *relation; /* of an update */
    struct rows rows;
    bool is_whole;
    struct gather *gather;
    struct errand *next;
};

struct gather {
    struct gather_parts parts;
    const struct config *config;
    struct errand *first; /* the one that runs, where one does */
    size_t count;
    struct running *running;
};

struct gather *gather_new(const struct gather_parts *parts, const struct config *config)
{
    struct gather *gather = memory_new(sizeof *gather);
    gather->parts = *parts;
    gather->config = config;
    return gather;
}

static void errand_free(struct errand *errand)
{
    relation_free(errand->relation);
    rows_clear(&errand->rows);
    free(errand);
}

static void drop_first(struct gather *gather)
{
    struct errand *errand = gather->first;
    gather->first = errand->next;
    gather->count--;
    errand_free(errand);
}

void gather_free(struct gather *gather)
{
    if (!gather)
        return;
    helpers_stop(gather->running);
    while (gather->first)
        drop_first(gather);
    free(gather);
}

void gather_use(struct gather *gather, const struct config *config)
{
    gather->config = config;
}

/* zone: ZONE_ROOM bytes that hold what the place lends. */
static struct facts_place make_place(const struct gather *gather, char *zone)
{
    return (struct facts_place){.folder = gather->parts.folder,
                                .spool = gather->parts.spool,
                                .spool_limit = gather->config->spool_limit,
                                .host = gather->parts.host,
                                .zone = zone ? zone_own_name(zone, ZONE_ROOM) : NULL,
                                .root = gather->config->root,
                                .now = clock_now()};
}

/* ---- in the child ---- */

static void print_sentence(void *context UNUSED, const char *sentence)
{
    fprintf(stderr, "%s\n", sentence);
}

static int run(const struct errand *errand, const struct facts_place *place,
               int *ret_sent, struct error *err)
{
    switch (errand->type) {
    case ERRAND_COLLECT:
        return facts_collect(place, errand->gather->config->facts_every, print_sentence,
                             NULL, ret_sent, err);
    case ERRAND_UPDATE:
        return facts_update(place, errand->relation, &errand->rows, errand->is_whole,
                            ret_sent, err);
    case ERRAND_WHOLE:
        return facts_send_whole(place, ret_sent, err);
    }
    return -EINVAL;
}

/* The patterns were checked. */
static struct redaction *make_redaction(const struct gather *gather)
{
    struct redaction *redaction;
    return redaction_new(&gather->config->redact, &redaction, NULL) == 0
               ? redaction
               : redaction_new_total();
}

static int run_in_child(void *context)
{
    const struct errand *errand = context;
    char zone[ZONE_ROOM];
    struct facts_place place = make_place(errand->gather, zone);
    AUTO(redaction) struct redaction *redaction = make_redaction(errand->gather);
    place.redaction = redaction;
    struct error why = {0};
    int sent = 0;
    int rc = run(errand, &place, &sent, &why);
    printf("%d\n", sent);
    if (rc < 0)
        fprintf(stderr, "%s\n", why.text);
    return rc < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* ---- one after the other ---- */

static void start_first(struct gather *gather);

static void say_sentences(const struct gather *gather, const char *text)
{
    while (*text) {
        size_t size = strcspn(text, "\n");
        AUTO(str) char *sentence = memory_copy(text, size);
        if (size > 0)
            gather->parts.say(gather->parts.context, sentence, false);
        text += size + (text[size] == '\n');
    }
}

static void on_over(void *context, const struct ended *ended)
{
    struct gather *gather = context;
    struct error why;
    gather->running = NULL;
    if (ended_check(ended, TIMEOUT, &why) < 0) {
        gather->parts.say(gather->parts.context, why.text, true);
    } else {
        say_sentences(gather, ended->errors);
        gather->parts.say(gather->parts.context, NULL, true);
    }
    if (strtol(ended->out, NULL, 10) > 0)
        gather->parts.sent(gather->parts.context);
    drop_first(gather);
    start_first(gather);
}

static void start_first(struct gather *gather)
{
    struct error why;
    while (gather->first && !gather->running) {
        struct helper_plan plan = {
            .call = run_in_child, .context = gather->first, .timeout = TIMEOUT};
        struct helper_end end = {.over = on_over, .context = gather};
        if (helpers_start(gather->parts.helpers, &plan, &end, &gather->running, &why) ==
            0)
            return;
        gather->parts.say(gather->parts.context, why.text, true);
        drop_first(gather);
    }
}

static bool is_waiting(const struct gather *gather, enum errand_type type)
{
    for (const struct errand *each = gather->first; each; each = each->next)
        if (each->type == type)
            return true;
    return false;
}

static struct errand *add_errand(struct gather *gather, enum errand_type type)
{
    struct errand *errand = memory_new(sizeof *errand), **last = &gather->first;
    errand->type = type;
    errand->gather = gather;
    while (*last)
        last = &(*last)->next;
    *last = errand;
    gather->count++;
    return errand;
}

bool gather_turn(struct gather *gather)
{
    struct facts_place place = make_place(gather, NULL);
    bool is_wanted = spool_take_want(gather->parts.spool);
    if (is_wanted && !is_waiting(gather, ERRAND_WHOLE))
        add_errand(gather, ERRAND_WHOLE);
    if (!is_waiting(gather, ERRAND_COLLECT) &&
        facts_are_due(&place, gather->config->facts_every))
        add_errand(gather, ERRAND_COLLECT);
    start_first(gather);
    return is_wanted;
}

/* ---- of plugins ---- */

static void copy_rows(const struct rows *rows, struct rows *ret)
{
    for (size_t i = 0; i < rows->count; i++)
        rows_add(ret, rows->width, (const char *const *)rows->items[i].values);
}

/* A row that can be put with those of the finding before it: no child for each. */
static struct errand *find_open(struct gather *gather, const struct relation *relation,
                                bool is_whole, size_t width)
{
    struct errand *last = gather->first;
    while (last && last->next)
        last = last->next;
    bool is_open = last && (last != gather->first || !gather->running) &&
                   last->type == ERRAND_UPDATE && !last->is_whole && !is_whole &&
                   last->rows.width == width &&
                   relation_is_same(last->relation, relation);
    return is_open ? last : NULL;
}

int gather_find(const struct relations *relations, const struct finding *finding,
                const struct relation **ret, struct error *err)
{
    const struct relation *relation = relations_find(relations, finding->name);
    if (!relation)
        return error_set(err, -EINVAL,
                         "it speaks of the relation %.63s, which it does not declare",
                         finding->name);
    *ret = relation;
    return 0;
}

static int take(struct gather *gather, const struct relations *relations,
                const struct finding *finding, struct error *err)
{
    const struct relation *relation = NULL;
    bool is_whole = finding->type == FINDING_FACTS;
    int rc = gather_find(relations, finding, &relation, err);
    if (rc < 0)
        return rc;
    struct errand *errand = find_open(gather, relation, is_whole, finding->rows.width);
    if (!errand && gather->count >= ERRANDS_MAX)
        return error_set(err, -ENOSPC, "too many facts wait to be sent");
    if (!errand) {
        errand = add_errand(gather, ERRAND_UPDATE);
        errand->relation = relation_copy(relation);
        errand->is_whole = is_whole;
    }
    copy_rows(&finding->rows, &errand->rows);
    return 0;
}

int gather_take(struct gather *gather, const struct relations *relations,
                const struct findings *findings, struct error *err)
{
    int rc = 0;
    for (size_t i = 0; i < findings->count && rc == 0; i++)
        if (findings->items[i].type == FINDING_FACT ||
            findings->items[i].type == FINDING_FACTS)
            rc = take(gather, relations, &findings->items[i], err);
    start_first(gather);
    return rc;
}

void gather_mark(const struct gather *gather, int64_t *ret_epoch, int64_t *ret_counter)
{
    struct facts_place place = make_place(gather, NULL);
    int64_t epoch = 0, counter = 0;
    struct error why;
    if (facts_mark(&place, &epoch, &counter, &why) < 0)
        log_debug("facts: %s", why.text);
    *ret_epoch = epoch;
    *ret_counter = counter;
}
