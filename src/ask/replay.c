// SPDX-License-Identifier: GPL-3.0-or-later
/* replay - what rules would have told over the real past, beside what was told: on the
 * server, whose store is read, and played into one of our own. */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ask/ask.h"
#include "ask/past.h"
#include "ask/replayed.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/say.h"
#include "config/config.h"
#include "look/look.h"
#include "look/progress.h"
#include "look/when.h"

#define LEAD_USUAL  (7 * 86400000LL) /* ms */
#define TICK_USUAL  60000            /* ms; of a week, and for each further … */
#define TICK_WEEKS  (7 * 86400000LL)
#define TICK_MOST   300000
#define WITHIN      600000 /* ms: what is told so much later is the same */
#define RULES_BYTES ((size_t)16 << 20)

struct replay_options {
    const char *conf, *store, *since_text;
    int64_t lead, tick;
    bool json;
};

#define AT(member) offsetof(struct replay_options, member)

static const struct option_row replay_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf),
     "the server's configuration, which names its store"},
    {0, "store", "FILE", OPTION_TEXT, AT(store), "another store"},
    {0, "since", "TIME", OPTION_TEXT, AT(since_text),
     "from then on: 90d, 2026-11-01; else of the last 30 days"},
    {0, "lead", "DURATION", OPTION_DURATION, AT(lead),
     "so much before that is played too, not listed; else 7d"},
    {0, "tick", "DURATION", OPTION_DURATION, AT(tick),
     "how often rules look at the time; else 1m to 5m"},
    {0, "json", NULL, OPTION_FLAG, AT(json), "as one JSON object"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

/* One replay; what it owns goes with it. */
struct replay {
    const struct replay_options *options;
    int64_t since, now, tick;
    char *folder; /* of our own store, and of rules that are single files */
    struct config *config;
    struct library *library;
    struct store *store;
    struct trial *trial;
    struct replayed replayed;
    struct progress progress;
    size_t left_out;
};

static void replay_clear(struct replay *replay)
{
    trial_close(replay->trial);
    store_close(replay->store);
    library_free(replay->library);
    config_free(replay->config);
    replayed_clear(&replay->replayed);
    files_remove_scratch(replay->folder);
    free(replay->folder);
}
AUTO_DEFINE_CLEAR(replay)

/* ---- the rules ---- */

static int copy_file(const char *path, const char *folder, struct error *err)
{
    AUTO(strbuf) struct strbuf text = {0};
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    size_t length = strlen(name);
    if (length < 4 || strcmp(name + length - 3, ".dl") != 0)
        return error_set(err, -EINVAL, "%s: expected a folder, or a file NAME.dl",
                         path);
    int rc = files_read(path, RULES_BYTES, &text, err);
    return rc < 0 ? rc : files_put(folder, name, strbuf_text(&text), text.size, err);
}

static void note_trouble(void *context, const char *file, const char *why)
{
    char **first = context;
    if (!*first)
        *first = text_format("%s: %s", file, why);
}

/* Files are used as if they stood in one folder. */
static int load_rules(struct replay *replay, const struct words *rules,
                      struct error *err)
{
    AUTO(texts) struct texts folders = {0};
    AUTO(str) char *trouble = NULL;
    struct stat status;
    bool has_files = false;
    for (size_t i = 0; i < rules->count; i++) {
        const char *path = rules->items[i];
        if (stat(path, &status) < 0)
            return error_set(err, -errno, "%s: %s", path, strerror(errno));
        int rc = S_ISDIR(status.st_mode) ? 0 : copy_file(path, replay->folder, err);
        if (rc < 0)
            return rc;
        if (S_ISDIR(status.st_mode))
            texts_add(&folders, path);
        else
            has_files = true;
    }
    if (has_files)
        texts_add(&folders, replay->folder);
    replay->library = library_load(&folders);
    library_each_trouble(replay->library, note_trouble, &trouble);
    return trouble ? error_set(err, -EINVAL, "%s", trouble) : 0;
}

/* ---- playing ---- */

static int note_told(const struct telling *telling, void *context)
{
    struct replay *replay = context;
    if (telling->made >= replay->since)
        replayed_add(&replay->replayed, REPLAYED_RULES, telling);
    return 0;
}

static int note_then(const struct telling *telling, void *context)
{
    struct replay *replay = context;
    if (telling->told != 0 && telling->made <= replay->now)
        replayed_add(&replay->replayed, REPLAYED_THEN, telling);
    return 0;
}

static void tell_progress(void *context, size_t messages)
{
    const struct replay *replay = context;
    progress_tell(&replay->progress, messages);
}

static int open_trial(struct replay *replay, struct error *err)
{
    AUTO(str) char *path = text_format("%s/store.db", replay->folder);
    struct trial_parts parts = {.store = path,
                                .config = replay->config,
                                .library = replay->library,
                                .tick = replay->tick,
                                .told = note_told,
                                .context = replay};
    return trial_open(&parts, &replay->trial, err);
}

static int play(struct replay *replay, struct error *err)
{
    const struct past_span span = {.from = replay->since - replay->options->lead,
                                   .until = replay->now,
                                   .tell = tell_progress,
                                   .context = replay};
    const struct telling_filter told = {.since = replay->since, .limit = INT_MAX};
    replay->progress = progress_start();
    int rc = past_play(replay->store, replay->trial, &span, &replay->left_out, err);
    progress_end(&replay->progress);
    if (rc == 0)
        rc = store_each_telling(replay->store, &told, note_then, replay, err);
    replayed_match(&replay->replayed, WITHIN + 2 * replay->tick);
    return rc;
}

static int run_replay(struct replay *replay, const struct words *rules,
                      struct error *err)
{
    const char *store = replay->options->store;
    int rc = config_open(replay->options->conf, &replay->config, err);
    if (rc == 0)
        rc = files_make_scratch("sheepdog-replay", &replay->folder, err);
    if (rc == 0)
        rc = load_rules(replay, rules, err);
    if (rc == 0)
        rc = store_open_reader(store ? store : replay->config->store, &replay->store,
                               err);
    if (rc == 0)
        rc = open_trial(replay, err);
    return rc == 0 ? play(replay, err) : rc;
}

/* ---- the call ---- */

static void print(const struct replay *replay)
{
    struct screen screen = screen_find();
    AUTO(strbuf) struct strbuf text = {0};
    if (replay->options->json) {
        replayed_put_json(&replay->replayed, &text);
        strbuf_putc(&text, '\n');
    } else {
        replayed_format(&replay->replayed, &screen, &text);
    }
    fwrite(strbuf_text(&text), 1, text.size, stdout);
    fflush(stdout);
    if (replay->left_out > 0)
        say("replay: %zu messages could not be handled, and were left out",
            replay->left_out);
}

/* Over a long time less often: it is looked at thousands of times. */
static int64_t choose_tick(const struct replay_options *options, int64_t span)
{
    int64_t tick = TICK_USUAL * (1 + span / TICK_WEEKS);
    return options->tick > 0 ? options->tick : tick < TICK_MOST ? tick : TICK_MOST;
}

static int check(const struct words *rules, struct replay *replay, struct error *err)
{
    const struct replay_options *options = replay->options;
    const char *since = options->since_text ? options->since_text : "30d";
    replay->now = clock_now();
    int rc = when_parse(since, replay->now, &replay->since, err);
    if (rc < 0)
        return error_prefix(err, rc, "--since");
    if (replay->since >= replay->now)
        return error_set(err, -EINVAL, "--since: expected a time that is past");
    if (options->lead > replay->since)
        return error_set(err, -EINVAL, "--lead: nothing is that long ago");
    if (rules->count == 0)
        return error_set(err, -EINVAL,
                         "which rules? a folder of them, or files NAME.dl");
    replay->tick = choose_tick(options, replay->now - replay->since + options->lead);
    return 0;
}

static int run(int argc, char **argv)
{
    struct replay_options options = {.lead = LEAD_USUAL};
    AUTO(replay) struct replay replay = {.options = &options};
    struct words rules;
    struct error err;
    int exit_status = look_begin_words(&ask_replay, argc, argv, &options, &rules);
    if (exit_status >= 0)
        return exit_status;
    if (check(&rules, &replay, &err) < 0)
        return look_refuse(&ask_replay, &err);
    if (run_replay(&replay, &rules, &err) < 0) {
        say("replay: %s", err.text);
        return EXIT_FAILED;
    }
    print(&replay);
    return EXIT_OK;
}

const struct command ask_replay = {
    .name = "replay",
    .arguments = "[OPTIONS] RULES…",
    .summary = "what rules would have told over the past, beside what was told",
    .options = replay_rows,
    .run = run,
};
