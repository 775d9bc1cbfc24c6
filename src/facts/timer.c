// SPDX-License-Identifier: GPL-3.0-or-later
/* timer - the timers of systemd: when they go off, as in their files, and what they
 * start. When next is left out: it changes each time. */
#include <string.h>

#include "base/auto.h"
#include "base/strbuf.h"
#include "facts/facts.h"
#include "facts/systemd.h"

extern const struct fact_source source_timer;

enum { ID, LOAD, TRANSIENT, UNIT, CALENDAR, MONOTONIC };
static const char *const properties[] = {
    "Id", "LoadState", "Transient", "Unit", "TimersCalendar", "TimersMonotonic", NULL};

/* Appends what stands in each "{ OnCalendar=*-*-* 06:00:00 ; next_elapse=… }". */
static void add_schedule(const char *text, struct strbuf *schedule)
{
    while ((text = strstr(text, "{ ")) != NULL) {
        text += 2;
        const char *end = strstr(text, " ; ");
        if (!end)
            return;
        if (schedule->size > 0)
            strbuf_puts(schedule, "; ");
        strbuf_add(schedule, text, (size_t)(end - text));
        text = end;
    }
}

static void add_timer(const char *const *values, void *context)
{
    AUTO(strbuf) struct strbuf schedule = {0};
    if (strcmp(values[LOAD], "loaded") != 0 || strcmp(values[TRANSIENT], "yes") == 0)
        return;
    add_schedule(values[CALENDAR], &schedule);
    add_schedule(values[MONOTONIC], &schedule);
    rows_add(context, 3,
             (const char *const[]){values[ID], strbuf_text(&schedule), values[UNIT]});
}

static int collect(const char *root, struct rows *ret, struct error *err)
{
    static const char *const patterns[] = {"*.timer", NULL};
    struct systemd_question question = {.patterns = patterns,
                                        .properties = properties,
                                        .each = add_timer,
                                        .context = ret};
    return systemd_runs(root) ? systemd_ask(root, &question, err) : 0;
}

static const char *const columns[] = {"name text key", "schedule text", "command text",
                                      NULL};
static const char *const watched[] = {"/etc/systemd/system",
                                      "/etc/systemd/system/timers.target.wants", NULL};

const struct fact_source source_timer = {
    .name = "timer",
    .help = "the timers of systemd, and the unit that each starts",
    .columns = columns,
    .watched = watched,
    .collect = collect,
};
