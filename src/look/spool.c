// SPDX-License-Identifier: GPL-3.0-or-later
/* spool - what waits on this machine, and why; and sends it now. Asks no server. */
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "bark/room.h"
#include "bark/spool.h"
#include "bark/tried.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/program.h"
#include "base/say.h"
#include "base/suggest.h"
#include "base/units.h"
#include "command/options.h"
#include "look/fetch.h"
#include "look/look.h"
#include "look/screen.h"
#include "look/waiting.h"

#define FLUSH_PATIENCE "10m"

struct spool_options {
    const char *conf;
    bool json;
};

#define AT(member) offsetof(struct spool_options, member)

static const struct option_row spool_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf), "the configuration to read"},
    {0, "json", NULL, OPTION_FLAG, AT(json), "as JSON"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

/* What every action gets. */
struct spool_call {
    const struct spool_options *options;
    const char *word;   /* behind the action's; NULL */
    const char *folder; /* of the spool */
    int64_t limit;      /* bytes */
};

/* ---- the spool as a whole ---- */

struct overview {
    struct spool_content content, rejected;
    struct tally tally;
    struct tried tried;
};

static int measure(const struct spool_call *call, struct overview *ret,
                   struct error *err)
{
    AUTO(str) char *rejected = text_format("%s/rejected", call->folder);
    int rc = spool_measure(call->folder, &ret->content, err);
    if (rc == 0)
        rc = spool_measure(rejected, &ret->rejected, err);
    if (rc == 0)
        rc = room_tally(call->folder, &ret->tally, err);
    tried_get(call->folder, &ret->tried);
    return rc;
}

static void put_time(struct strbuf *buf, int64_t time)
{
    char text[CLOCK_TEXT_SIZE], length[UNITS_TEXT_SIZE];
    int64_t ago = clock_now() - time;
    clock_format_local(time, CLOCK_MINUTES, text);
    strbuf_printf(buf, "%s (%s ago)", text, duration_format(ago > 0 ? ago : 0, length));
}

static void put_troubles(struct strbuf *buf, const struct spool_call *call,
                         const struct overview *overview)
{
    if (overview->tally.since != 0) {
        strbuf_puts(buf, "given up   ");
        weight_put_counts(buf, overview->tally.counts);
        strbuf_puts(buf, ", since ");
        put_time(buf, overview->tally.since);
        strbuf_putc(buf, '\n');
    }
    if (overview->rejected.count > 0)
        strbuf_printf(buf, "rejected   %zu, in %s/rejected\n", overview->rejected.count,
                      call->folder);
    if (overview->tried.time != 0) {
        const char *why = overview->tried.why.text;
        strbuf_puts(buf, "last try   ");
        put_time(buf, overview->tried.time);
        strbuf_puts(buf, *why ? ": " : " failed");
        screen_add_line(buf, why, strlen(why));
        strbuf_putc(buf, '\n');
    }
}

static void print_overview(const struct spool_call *call,
                           const struct overview *overview)
{
    const struct spool_content *content = &overview->content;
    AUTO(strbuf) struct strbuf buf = {0};
    char size[UNITS_TEXT_SIZE], limit[UNITS_TEXT_SIZE];
    strbuf_printf(&buf, "spool      %s\nwaiting    ", call->folder);
    weight_put_counts(&buf, content->counts);
    strbuf_printf(&buf, "\nsize       %s of %s\n", size_format(content->size, size),
                  size_format(call->limit, limit));
    if (content->count > 0) {
        strbuf_puts(&buf, "oldest     ");
        put_time(&buf, content->oldest);
        strbuf_putc(&buf, '\n');
    }
    put_troubles(&buf, call, overview);
    fputs(strbuf_text(&buf), stdout);
}

static json_t *json_time(int64_t time)
{
    char text[CLOCK_TEXT_SIZE];
    if (time == 0)
        return json_null();
    clock_format_utc(time, text);
    return json_string(text);
}

static json_t *json_counts(const size_t counts[WEIGHTS])
{
    json_t *object = json_object();
    for (int i = 0; i < WEIGHTS; i++)
        if (counts[i] > 0)
            json_object_set_new(object, weight_name((enum weight)i),
                                json_integer((json_int_t)counts[i]));
    return object;
}

static void print_overview_json(const struct spool_call *call,
                                const struct overview *overview)
{
    const struct spool_content *content = &overview->content;
    const struct tried *tried = &overview->tried;
    json_auto_t *object = json_object();
    json_object_set_new(object, "folder", json_string(call->folder));
    json_object_set_new(object, "count", json_integer((json_int_t)content->count));
    json_object_set_new(object, "waiting", json_counts(content->counts));
    json_object_set_new(object, "size", json_integer(content->size));
    json_object_set_new(object, "limit", json_integer(call->limit));
    json_object_set_new(object, "oldest", json_time(content->oldest));
    json_object_set_new(object, "given_up", json_counts(overview->tally.counts));
    json_object_set_new(object, "given_up_since", json_time(overview->tally.since));
    json_object_set_new(object, "rejected",
                        json_integer((json_int_t)overview->rejected.count));
    json_object_set_new(object, "tried", json_time(tried->time));
    json_object_set_new(object, "error",
                        *tried->why.text ? json_string(tried->why.text) : json_null());
    fetch_print(object);
}

static int overlook(const struct spool_call *call, struct error *err)
{
    struct overview overview = {0};
    int rc = measure(call, &overview, err);
    if (rc < 0)
        return rc;
    if (call->options->json)
        print_overview_json(call, &overview);
    else
        print_overview(call, &overview);
    return 0;
}

/* ---- its messages ---- */

static int list(const struct spool_call *call, struct error *err)
{
    return waiting_print_list(call->folder, call->options->json, err);
}

static int show(const struct spool_call *call, struct error *err)
{
    return waiting_print_one(call->folder, call->word, call->options->json, err);
}

/* Says itself what it did; so does its exit status. */
static int flush(const struct spool_call *call, struct error *err)
{
    const char *conf = call->options->conf;
    const char *words[] = {
        "sheepdog-deliver",     "--count", "--patience", FLUSH_PATIENCE,
        conf ? "--conf" : NULL, conf,      NULL};
    return program_become(words[0], (char *const *)words, err);
}

/* ---- the call ---- */

static const struct action {
    const char *name; /* NULL: no word is given */
    bool has_word;    /* it needs one more */
    int (*run)(const struct spool_call *call, struct error *err);
} actions[] = {
    {NULL, false, overlook},
    {"list", false, list},
    {"show", true, show},
    {"flush", false, flush},
};
#define ACTION_COUNT (sizeof actions / sizeof *actions)

static int find_action(const struct words *words, const struct action **ret,
                       struct error *err)
{
    const char *known[ACTION_COUNT] = {0};
    char hint[80];
    *ret = &actions[0];
    for (size_t i = 1; i < ACTION_COUNT; i++) {
        known[i - 1] = actions[i].name;
        if (words->count > 0 && strcmp(words->items[0], actions[i].name) == 0)
            *ret = &actions[i];
    }
    if (words->count > 0 && !(*ret)->name)
        return error_set(
            err, -EINVAL, "found \"%.60s\", expected list, show or flush%s",
            words->items[0], suggest_text(words->items[0], known, hint, sizeof hint));
    size_t wanted = ((*ret)->name ? 1U : 0U) + (*ret)->has_word;
    if (words->count > wanted)
        return error_set(err, -EINVAL, "found \"%.60s\", expected nothing more",
                         words->items[wanted]);
    if (words->count < wanted)
        return error_set(err, -EINVAL, "%s: the id is missing", (*ret)->name);
    return 0;
}

static int act(const struct action *action, struct spool_call *call, struct error *err)
{
    AUTO(config) struct config *config = NULL;
    AUTO(str) char *folder = NULL;
    int rc = config_open(call->options->conf, &config, err);
    if (rc == 0)
        rc = spool_folder(config, &folder, err);
    if (rc < 0)
        return rc;
    call->folder = folder;
    call->limit = config->spool_limit;
    return action->run(call, err);
}

static int run(int argc, char **argv)
{
    struct spool_options options = {0};
    struct words words = {0};
    const struct action *action;
    struct error why;
    int exit_status = look_begin_words(&look_spool, argc, argv, &options, &words);
    if (exit_status >= 0)
        return exit_status;
    if (find_action(&words, &action, &why) < 0)
        return look_refuse(&look_spool, &why);
    struct spool_call call = {.options = &options,
                              .word = action->has_word ? words.items[1] : NULL};
    if (act(action, &call, &why) == 0)
        return EXIT_OK;
    say("spool: %s", why.text);
    return EXIT_FAILED;
}

const struct command look_spool = {
    .name = "spool",
    .arguments = "[OPTIONS] [list | show ID | flush]",
    .summary = "what waits on this machine to be delivered, and why",
    .options = spool_rows,
    .run = run,
};
