// SPDX-License-Identifier: GPL-3.0-or-later
/* spool - what waits on this machine, and why; and sends it now. Asks no server. */
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "bark/room.h"
#include "bark/self.h"
#include "bark/spool.h"
#include "bark/tried.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/program.h"
#include "base/say.h"
#include "base/suggest.h"
#include "base/units.h"
#include "command/options.h"
#include "look/describe.h"
#include "look/fetch.h"
#include "look/ids.h"
#include "look/look.h"
#include "look/table.h"

#define FLUSH_PATIENCE "10m"
#define PART_MIN       4 /* characters of an id */
#define LAST_WORD_SIZE 512

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

/* What stands before the weight; to be freed. */
static char *id_of(const char *name)
{
    return memory_copy(name, strcspn(name, "."));
}

static int read_waiting(const struct spool_call *call, const char *name,
                        struct fetched *ret, struct error *err)
{
    AUTO(strbuf) struct strbuf json = {0};
    AUTO(str) char *path = text_format("%s/%s", call->folder, name);
    AUTO(str) char *host = self_host();
    struct message_defaults defaults = {.now = clock_now(), .host = host};
    struct stat status;
    int rc = spool_read(call->folder, name, &json, err);
    if (rc == 0)
        rc =
            message_parse(strbuf_text(&json), json.size, &defaults, &ret->message, err);
    if (rc < 0)
        return rc;
    ret->time = ret->came = ret->message->time;
    ret->state = message_state(ret->message);
    if (stat(path, &status) == 0)
        ret->came = (int64_t)status.st_mtim.tv_sec * 1000;
    return 0;
}

static const struct table_column columns[] = {
    {"WAITS SINCE", false}, {"KIND", false},      {"TAG", false},
    {"ID", false},          {"LAST WORD", false}, {NULL, false},
};

static void add_row(struct table *rows, const struct spool_call *call, const char *name,
                    size_t id_length)
{
    AUTO(fetched) struct fetched waiting = {0};
    AUTO(str) char *id = id_of(name);
    char time[CLOCK_TEXT_SIZE] = "", word[LAST_WORD_SIZE] = "";
    struct error why = {0};
    if (read_waiting(call, name, &waiting, &why) == 0) {
        clock_format_local(waiting.came, CLOCK_SECONDS, time);
        message_last_word(waiting.message, word, sizeof word);
    }
    table_add(rows, PAINT_NONE, time);
    table_add(rows, screen_paint_of(waiting.state), weight_name(weight_of_file(name)));
    table_add(rows, PAINT_NONE, waiting.message ? waiting.message->tag : "");
    table_add(rows, PAINT_NONE, id_tail(id, id_length));
    table_add(rows, PAINT_NONE, waiting.message ? word : why.text);
}

static size_t longest_tail(const struct texts *names)
{
    AUTO(texts) struct texts owned = {0};
    AUTO(ids) struct ids ids = {0};
    for (size_t i = 0; i < names->count; i++) {
        AUTO(str) char *id = id_of(names->items[i]);
        texts_add(&owned, id);
        ids_add(&ids, owned.items[i]);
    }
    return ids_tail_length(&ids);
}

static void print_list(const struct spool_call *call, const struct texts *names)
{
    AUTO(table) struct table *rows = table_new(columns);
    AUTO(strbuf) struct strbuf text = {0};
    struct screen screen = screen_find();
    size_t id_length = longest_tail(names);
    for (size_t i = 0; i < names->count; i++)
        add_row(rows, call, names->items[i], id_length);
    table_format(rows, &screen, &text);
    if (names->count > 0)
        fputs(strbuf_text(&text), stdout);
    else if (screen.width > 0)
        puts("nothing waits");
}

/* The messages as they wait; what cannot be read is left out. */
static void print_list_json(const struct spool_call *call, const struct texts *names)
{
    json_auto_t *array = json_array();
    for (size_t i = 0; i < names->count; i++) {
        AUTO(strbuf) struct strbuf json = {0};
        if (spool_read(call->folder, names->items[i], &json, NULL) == 0)
            json_array_append_new(
                array, json_loadb(strbuf_text(&json), json.size, JSON_ALLOW_NUL, NULL));
    }
    fetch_print(array);
}

static int list(const struct spool_call *call, struct error *err)
{
    AUTO(texts) struct texts names = {0};
    int rc = spool_list(call->folder, &names, err);
    if (rc < 0)
        return rc;
    if (call->options->json)
        print_list_json(call, &names);
    else
        print_list(call, &names);
    return 0;
}

/* The one whose name holds that part of an id; lent. */
static int find_name(const struct texts *names, const char *part, const char **ret,
                     struct error *err)
{
    const char *found = NULL;
    if (strlen(part) < PART_MIN)
        return error_set(err, -EINVAL, "\"%s\": expected %d characters of an id", part,
                         PART_MIN);
    for (size_t i = 0; i < names->count; i++) {
        AUTO(str) char *id = id_of(names->items[i]);
        if (!strstr(id, part))
            continue;
        if (found)
            return error_set(err, -ENOTUNIQ, "\"%.60s\" is a part of several ids",
                             part);
        found = names->items[i];
    }
    if (!found)
        return error_set(err, -ENOENT, "no message that waits has \"%.60s\" in its id",
                         part);
    *ret = found;
    return 0;
}

static int show(const struct spool_call *call, struct error *err)
{
    AUTO(texts) struct texts names = {0};
    AUTO(fetched) struct fetched waiting = {0};
    AUTO(strbuf) struct strbuf text = {0};
    const char *name = NULL;
    struct screen screen = screen_find();
    int rc = spool_list(call->folder, &names, err);
    if (rc == 0)
        rc = find_name(&names, call->word, &name, err);
    if (rc == 0 && call->options->json) {
        struct texts only = {.items = (char **)&name, .count = 1};
        print_list_json(call, &only);
        return 0;
    }
    if (rc == 0)
        rc = read_waiting(call, name, &waiting, err);
    if (rc < 0)
        return rc;
    describe(&waiting, clock_now(), &screen, &text);
    fwrite(text.data, 1, text.size, stdout);
    return 0;
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
