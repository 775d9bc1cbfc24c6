// SPDX-License-Identifier: GPL-3.0-or-later
/* sight - a child that was forked tells what it found as lines on stdout, and why it
 * could not look on stderr, with a status of its own. */
#include "daemon/sight.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "monitor/helper.h"
#include "monitor/lines.h"
#include "plugin/plugin.h"

/* Of a forked look: it could not look, or did so in part, as stderr says. */
#define STATUS_BLIND   77
#define STATUS_PARTIAL 78

struct sight {
    struct sight_plan plan;
    struct running *running;
};

static struct look make_look(const struct sight_plan *plan, struct findings *findings)
{
    return (struct look){.settings = plan->instance->settings,
                         .root = plan->root,
                         .now = clock_now(),
                         .monotonic = clock_monotonic(),
                         .memory = plan->memory,
                         .findings = findings};
}

static void tell(const struct sight_plan *plan, const struct findings *findings, int rc,
                 const struct error *why)
{
    bool is_partial = rc == -EAGAIN;
    struct seen seen = {.findings = findings,
                        .fault = rc < 0 && !is_partial ? why->text : NULL,
                        .is_partial = is_partial};
    plan->seen(plan->context, &seen);
}

/* ---- on the loop ---- */

static void look_inline(const struct sight_plan *plan)
{
    AUTO(findings) struct findings findings = {0};
    struct error why = {0};
    struct look look = make_look(plan, &findings);
    int rc = plan->instance->monitor->look(&look, &why);
    tell(plan, &findings, rc, &why);
}

/* ---- in a child ---- */

static int look_forked(void *context)
{
    const struct sight_plan *plan = context;
    struct findings findings = {0};
    struct strbuf lines = {0};
    struct error why = {0};
    void *memory = NULL;
    struct look look = make_look(plan, &findings);
    look.memory = &memory;
    int rc = plan->instance->monitor->look(&look, &why);
    for (size_t i = 0; i < findings.count; i++)
        lines_format(&findings.items[i], &lines);
    if (files_write_all(STDOUT_FILENO, strbuf_text(&lines), lines.size) < 0)
        return EXIT_FAILURE;
    if (rc < 0)
        fputs(why.text, stderr);
    return rc == -EAGAIN ? STATUS_PARTIAL : rc < 0 ? STATUS_BLIND : EXIT_SUCCESS;
}

/* ---- its end ---- */

static int read_lines(const struct instance *instance, const struct ended *ended,
                      struct findings *findings, struct error *err)
{
    static const struct relations none = {0};
    const struct relations *relations =
        instance->plugin ? &instance->plugin->relations : &none;
    int rc = lines_parse_all(ended->out, ended->out_size, relations, findings, err);
    return rc < 0 ? error_prefix(err, rc, "it printed what cannot be read") : 0;
}

/* What a look of ours in a child said. */
static int read_blind(const struct ended *ended, struct error *err)
{
    int rc = ended->status == STATUS_PARTIAL ? -EAGAIN : -EIO;
    return error_set(err, rc, "%s", ended->errors);
}

/* Beside what it printed; a monitor that reads the end itself knows what a status
 * means, and so does a look of ours. */
static int read_end(const struct sight *sight, const struct ended *ended,
                    struct findings *findings, bool *ret_is_crash, struct error *err)
{
    const struct instance *instance = sight->plan.instance;
    const struct monitor *monitor = instance->monitor;
    struct look look = make_look(&sight->plan, findings);
    int rc = ended_check(ended, instance->timeout, err);
    *ret_is_crash = ended->is_too_slow || ended->is_cut || ended->signal;
    if (ended->is_cut)
        return rc;
    if (monitor && monitor->read)
        return monitor->read(&look, ended, err);
    if (ended->is_too_slow)
        return rc;
    bool is_blind = monitor && monitor->place == MONITOR_FORKED &&
                    (ended->status == STATUS_BLIND || ended->status == STATUS_PARTIAL);
    struct error unread = {0};
    int read = read_lines(instance, ended, findings, &unread);
    *ret_is_crash = *ret_is_crash || (rc < 0 && !is_blind);
    if (is_blind)
        return read_blind(ended, err);
    if (rc == 0 && read < 0)
        return error_set(err, read, "%s", unread.text);
    return rc;
}

static void see_end(const struct sight *sight, const struct ended *ended)
{
    AUTO(findings) struct findings findings = {0};
    struct error why = {0};
    bool is_crash = false;
    int rc = read_end(sight, ended, &findings, &is_crash, &why);
    bool is_partial = rc == -EAGAIN && !is_crash;
    struct seen seen = {.findings = &findings,
                        .fault = rc < 0 && !is_partial ? why.text : NULL,
                        .is_crash = is_crash,
                        .is_partial = is_partial,
                        .is_stuck = ended->is_stuck};
    sight->plan.seen(sight->plan.context, &seen);
}

static void on_stuck(void *context, const struct ended *ended)
{
    see_end(context, ended);
}

static void on_over(void *context, const struct ended *ended)
{
    AUTO(sight) struct sight *sight = context;
    sight->running = NULL;
    see_end(sight, ended);
}

/* ---- its beginning ---- */

static void make_argv(const struct instance *instance, const struct texts *words,
                      char *plugin_words[3], struct helper_plan *plan)
{
    plugin_words[0] = instance->plugin ? instance->plugin->path : NULL;
    plugin_words[1] = "monitor";
    plugin_words[2] = NULL;
    plan->argv = instance->plugin ? plugin_words : words->items;
    plan->memory = instance->plugin ? HELPER_MEMORY : 0;
}

/* As an argv ends with a NULL. */
static int list_words(const struct instance *instance, struct texts *ret,
                      struct error *err)
{
    if (instance->plugin)
        return 0;
    int rc = instance->monitor->command(instance->settings, ret, err);
    ret->items = memory_resize(ret->items, (ret->count + 1) * sizeof *ret->items);
    ret->items[ret->count] = NULL;
    return rc;
}

static int start_program(struct sight *sight, struct helpers *helpers,
                         const struct helper_end *end, struct error *err)
{
    const struct instance *instance = sight->plan.instance;
    AUTO(texts) struct texts words = {0};
    AUTO(texts) struct texts environment = {0};
    AUTO(strbuf) struct strbuf json = {0};
    char *plugin_words[3];
    int rc = list_words(instance, &words, err);
    if (rc < 0)
        return rc;
    if (!instance->plugin && words.count == 0)
        return -ENOENT; /* nothing to watch here */
    if (instance->plugin)
        plugin_environment(&environment);
    settings_environment(instance->settings, &environment);
    settings_format(instance->settings, &json);
    strbuf_putc(&json, '\n');
    struct helper_plan plan = {.input = strbuf_text(&json),
                               .input_size = json.size,
                               .environment = &environment,
                               .timeout = instance->timeout};
    make_argv(instance, &words, plugin_words, &plan);
    return helpers_start(helpers, &plan, end, &sight->running, err);
}

static int start_fork(struct sight *sight, struct helpers *helpers,
                      const struct helper_end *end, struct error *err)
{
    struct helper_plan plan = {.call = look_forked,
                               .context = &sight->plan,
                               .timeout = sight->plan.instance->timeout};
    return helpers_start(helpers, &plan, end, &sight->running, err);
}

static bool is_inline(const struct instance *instance)
{
    return instance->monitor && instance->monitor->place == MONITOR_INLINE;
}

static bool is_forked(const struct instance *instance)
{
    return instance->monitor && instance->monitor->place == MONITOR_FORKED;
}

void sight_begin(const struct sight_plan *plan, struct helpers *helpers,
                 struct sight **ret)
{
    static const struct findings nothing = {0};
    if (is_inline(plan->instance)) {
        look_inline(plan);
        return;
    }
    AUTO(sight) struct sight *sight = memory_new(sizeof *sight);
    struct helper_end end = {.over = on_over, .stuck = on_stuck, .context = sight};
    struct error why = {0};
    sight->plan = *plan;
    int rc = is_forked(plan->instance) ? start_fork(sight, helpers, &end, &why)
                                       : start_program(sight, helpers, &end, &why);
    if (sight->running)
        *ret = TAKE(sight);
    else
        tell(plan, &nothing, why.text[0] ? rc : 0, &why);
}

void sight_use(struct sight *sight, const struct instance *instance)
{
    sight->plan.instance = instance;
}

void sight_free(struct sight *sight)
{
    if (!sight)
        return;
    helpers_stop(sight->running);
    free(sight);
}
