// SPDX-License-Identifier: GPL-3.0-or-later
/* aims - the rules are read as a program, with those heads as outputs that mean
 * something; first alert alone, then the others, with alert as input. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alert/judge_parts.h"
#include "base/memory.h"
#include "datalog/check.h"
#include "datalog/parse.h"

static const struct head_row {
    const char *name, *columns;
    enum type types[4];
    size_t count;
} heads[] = {
    [HEAD_ALERT] = {.name = "alert",
                    .columns = "host: text, tag: text, severity: text, text: text",
                    .types = {TYPE_TEXT, TYPE_TEXT, TYPE_TEXT, TYPE_TEXT},
                    .count = 4},
    [HEAD_HOLD] = {.name = "hold",
                   .columns = "host: text, tag: text, severity: text, why: text",
                   .types = {TYPE_TEXT, TYPE_TEXT, TYPE_TEXT, TYPE_TEXT},
                   .count = 4},
    [HEAD_ROUTE] = {.name = "route",
                    .columns = "host: text, tag: text, notifier: text",
                    .types = {TYPE_TEXT, TYPE_TEXT, TYPE_TEXT},
                    .count = 3},
    [HEAD_REMIND] = {.name = "remind",
                     .columns = "host: text, tag: text, every: duration",
                     .types = {TYPE_TEXT, TYPE_TEXT, TYPE_DURATION},
                     .count = 3},
    [HEAD_EXPLAINS] = {.name = "explains",
                       .columns = "host: text, tag: text, of_host: text, of_tag: text",
                       .types = {TYPE_TEXT, TYPE_TEXT, TYPE_TEXT, TYPE_TEXT},
                       .count = 4},
};

#define HEAD_NAMES "alert hold route remind explains" /* what is wanted of a library */

/* ---- a program ---- */

static bool is_wanted(const struct reading *reading, enum head head)
{
    return reading->is_telling == (head != HEAD_ALERT);
}

struct predicate *reading_head(const struct program *program, enum head head)
{
    return predicate_find(program, heads[head].name);
}

/* Alert is no longer derived. */
static void put_input(const struct reading *reading, struct strbuf *text)
{
    struct predicate *alert = reading_head(reading->program, HEAD_ALERT);
    if (alert)
        alert->rule_count = 0;
    if (!alert || !alert->is_declared)
        strbuf_printf(text, ".decl alert(%s)\n", heads[HEAD_ALERT].columns);
    strbuf_puts(text, ".input alert\n");
}

static int add_directives(const struct reading *reading, struct complaint *complaint)
{
    AUTO(strbuf) struct strbuf text = {0};
    if (reading->is_telling)
        put_input(reading, &text);
    for (enum head head = 0; head < HEADS; head++)
        if (is_wanted(reading, head) && reading_head(reading->program, head))
            strbuf_printf(&text, ".output %s\n", heads[head].name);
    return parse_text(reading->program, "judge", strbuf_text(&text), text.size,
                      PARSE_RULES, complaint);
}

static int check_head(const struct reading *reading, enum head head,
                      struct complaint *complaint)
{
    const struct predicate *predicate = reading_head(reading->program, head);
    const struct head_row *row = &heads[head];
    bool is_right = !predicate || predicate->count == row->count;
    for (size_t i = 0; predicate && is_right && i < row->count; i++)
        is_right = predicate->columns[i].type == row->types[i];
    if (is_right)
        return 0;
    return complain(complaint, &predicate->place, -EINVAL,
                    "%s means something here: its columns have to be (%s)", row->name,
                    row->columns);
}

static int check(struct reading *reading, struct complaint *complaint)
{
    struct check_settings settings = {.catalogue = &reading->catalogue,
                                      .now = reading->now,
                                      .is_now_moving = reading->is_moving};
    int rc = check_program(reading->program, &settings, complaint);
    for (enum head head = 0; rc == 0 && head < HEADS; head++)
        if (is_wanted(reading, head))
            rc = check_head(reading, head, complaint);
    if (rc == 0)
        reading->narrowing = narrow_new(reading->program, "host", "tag");
    return rc;
}

int reading_open(struct reading *reading, struct complaint *complaint)
{
    struct error why = {0};
    const struct relations_time time = {reading->now, reading->is_moving};
    reading->program = program_new();
    int rc = relations_load(judge_relations(reading->judge, reading->asker), &time,
                            reading->program->arena, &reading->catalogue, &why);
    if (rc < 0)
        return complain(complaint, NULL, rc, "%s", why.text);
    rc = library_read_for(reading->library, HEAD_NAMES, reading->program, complaint);
    if (rc == 0)
        rc = add_directives(reading, complaint);
    return rc == 0 ? check(reading, complaint) : rc;
}

void reading_clear(struct reading *reading)
{
    program_free(reading->program);
    reading->program = NULL;
}

/* ---- what it derives ---- */

void aims_clear(struct aims *aims)
{
    for (size_t i = 0; i < aims->count; i++) {
        struct aim *aim = &aims->items[i];
        free(aim->name);
        free(aim->trouble);
        scope_clear(&aim->scope);
        conclusions_clear(&aim->found);
    }
    free(aims->items);
    *aims = (struct aims){0};
}

static struct aim *add_aim(struct aims *aims, enum head head, const char *name)
{
    aims->items = memory_resize(aims->items, (aims->count + 1) * sizeof *aims->items);
    aims->items[aims->count] = (struct aim){
        .head = head, .name = text_copy(name), .columns = heads[head].count};
    return &aims->items[aims->count++];
}

static void add_alerts(const struct reading *reading, struct aims *aims)
{
    const struct predicate *alert = reading_head(reading->program, HEAD_ALERT);
    for (size_t i = 0; alert && i < alert->rule_count; i++) {
        struct aim *aim = add_aim(aims, HEAD_ALERT, alert->rules[i]->name);
        aim->number = i;
        scope_add(&aim->scope, reading->narrowing, alert->rules[i]);
    }
}

static void add_head(const struct reading *reading, enum head head, struct aims *aims)
{
    const struct predicate *predicate = reading_head(reading->program, head);
    if (!predicate)
        return;
    struct aim *aim = add_aim(aims, head, heads[head].name);
    for (size_t i = 0; i < predicate->rule_count; i++)
        scope_add(&aim->scope, reading->narrowing, predicate->rules[i]);
}

static int find_some(const struct reading *like, bool is_telling, struct aims *aims,
                     struct complaint *complaint)
{
    AUTO(reading) struct reading reading = *like;
    reading.is_telling = is_telling;
    int rc = reading_open(&reading, complaint);
    if (rc < 0)
        return rc;
    if (!is_telling)
        add_alerts(&reading, aims);
    for (enum head head = 0; is_telling && head < HEADS; head++)
        if (head != HEAD_ALERT)
            add_head(&reading, head, aims);
    return 0;
}

int aims_find(struct reading *reading, struct aims *ret, struct complaint *complaint)
{
    AUTO(aims) struct aims aims = {0};
    int rc = find_some(reading, false, &aims, complaint);
    if (rc == 0)
        rc = find_some(reading, true, &aims, complaint);
    if (rc < 0)
        return rc;
    *ret = aims;
    aims = (struct aims){0};
    return 0;
}
