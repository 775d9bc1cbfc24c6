// SPDX-License-Identifier: GPL-3.0-or-later
/* replay - reads the call, lets the past happen again, and prints what differs. */
#include "replay/replay.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/say.h"
#include "base/units.h"
#include "config/config.h"
#include "look/look.h"
#include "look/progress.h"
#include "look/when.h"
#include "replay/course.h"
#include "replay/ledger.h"
#include "replay/print.h"

#define SINCE      "30d"
#define TICKS      8640 /* of the whole, where nothing is said: 5m of a month … */
#define TICK_SHORT INT64_C(60000) /* ms; … and between these two */
#define TICK_LONG  INT64_C(900000)
#define SLACK      INT64_C(60000) /* ms, besides the tick, until a server has told */
#define TICK_LEAST INT64_C(1000)
#define TICK_MOST  INT64_C(3600000)
#define SHOWN_MS   200 /* between two looks at how far it is */

struct replay_options {
    const char *conf, *store, *since_text, *until_text;
    int64_t tick;
    bool json;
};

#define AT(member) offsetof(struct replay_options, member)

static const struct option_row option_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf), "the server's configuration"},
    {0, "store", "FILE", OPTION_TEXT, AT(store), "another store than it names"},
    {0, "since", "TIME", OPTION_TEXT, AT(since_text),
     "from then on: 90d, 2026-11-01, \"2026-11-01 09:30\"; usually " SINCE},
    {0, "until", "TIME", OPTION_TEXT, AT(until_text), "until then; usually now"},
    {0, "tick", "DURATION", OPTION_DURATION, AT(tick),
     "look that often at what time alone changes; usually 1m to 15m"},
    {0, "json", NULL, OPTION_FLAG, AT(json), "as one JSON object"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

/* What one call works with. */
struct replay {
    const struct replay_options *options;
    struct texts rules;
    struct period period;
    struct config *config;
    struct store *reader;
    struct library *library;
    char *scratch;
    struct ledger ledger;
    struct progress progress;
    size_t left;       /* messages that were left out */
    int64_t shown;     /* when it was last said how far it is */
    struct error *err; /* what it fails by */
};

static void replay_clear(struct replay *replay)
{
    texts_clear(&replay->rules);
    config_free(replay->config);
    store_close(replay->reader);
    library_free(replay->library);
    files_remove_scratch(replay->scratch);
    free(replay->scratch);
    ledger_clear(&replay->ledger);
}
AUTO_DEFINE_CLEAR(replay)

/* ---- signals ---- */

/* A signal has no other way to us than a variable of the file. */
static volatile sig_atomic_t ended_by;

static void note_signal(int number)
{
    ended_by = number;
}

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

static void take_signals(void)
{
    struct sigaction action = {.sa_handler = note_signal};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
}

/* Nothing of ours is left: it ends as it would have without us. */
static void give_signal_back(void)
{
    if (ended_by == 0)
        return;
    signal(ended_by, SIG_DFL);
    raise(ended_by);
}

/* ---- the call ---- */

static int64_t usual_tick(int64_t length)
{
    int64_t tick = length / TICKS;
    return tick < TICK_SHORT ? TICK_SHORT : tick > TICK_LONG ? TICK_LONG : tick;
}

static int read_times(struct replay *replay, struct error *err)
{
    const struct replay_options *options = replay->options;
    struct period *period = &replay->period;
    int64_t now = clock_now();
    const char *since = options->since_text ? options->since_text : SINCE;
    *period = (struct period){.until = now, .tick = options->tick};
    int rc = when_parse_option("--since", since, now, &period->since, err);
    if (rc == 0)
        rc =
            when_parse_option("--until", options->until_text, now, &period->until, err);
    if (rc < 0)
        return rc;
    if (period->until > now)
        return error_set(err, -EINVAL, "--until: that is still to come");
    if (period->since >= period->until)
        return error_set(err, -EINVAL, "--since is not before --until");
    if (!options->tick)
        period->tick = usual_tick(period->until - period->since);
    if (period->tick < TICK_LEAST || period->tick > TICK_MOST)
        return error_set(err, -EINVAL, "--tick: expected 1s to 1h");
    return 0;
}

static void note_trouble(void *context, const char *file UNUSED, const char *why)
{
    char **first = context;
    if (!*first)
        *first = text_copy(why);
}

static int load_rules(struct replay *replay, struct error *err)
{
    AUTO(str) char *trouble = NULL;
    replay->library = library_load_tried(&replay->config->rules, &replay->rules);
    library_each_trouble(replay->library, note_trouble, &trouble);
    return trouble ? error_set(err, -EINVAL, "%s", trouble) : 0;
}

static int read_call(struct replay *replay, const struct words *words,
                     struct error *err)
{
    for (size_t i = 0; i < words->count; i++)
        texts_add(&replay->rules, words->items[i]);
    if (words->count == 0)
        return error_set(err, -EINVAL, "a folder or a file of rules is missing");
    int rc = read_times(replay, err);
    if (rc == 0)
        rc = config_open(replay->options->conf, &replay->config, err);
    return rc == 0 ? load_rules(replay, err) : rc;
}

/* ---- the past ---- */

static int note_these(const struct telling *telling, void *context)
{
    struct replay *replay = context;
    return ledger_add(&replay->ledger, SIDE_THESE, telling, replay->err);
}

static int note_then(const struct telling *telling, void *context)
{
    struct replay *replay = context;
    if (telling->made >= replay->period.until)
        return 0;
    return ledger_add(&replay->ledger, SIDE_THEN, telling, replay->err);
}

/* What came before the beginning is stored first. */
static void say_progress(const struct replay *replay, int64_t time)
{
    const struct period *period = &replay->period;
    int64_t done = time - period->since;
    char when[CLOCK_TEXT_SIZE];
    clock_format_local(time, CLOCK_MINUTES, when);
    AUTO(str)
    char *text = text_format(
        "%s, %d %%", when,
        done <= 0 ? 0 : (int)(done * 100 / (period->until - period->since)));
    progress_say(&replay->progress, text);
}

static bool is_ended(void *context, int64_t time)
{
    struct replay *replay = context;
    int64_t now = clock_monotonic() / 1000;
    if (now - replay->shown >= SHOWN_MS) {
        say_progress(replay, time);
        replay->shown = now;
    }
    return ended_by != 0;
}

static int run_course(struct replay *replay, struct error *err)
{
    const struct course course = {.reader = replay->reader,
                                  .scratch = replay->scratch,
                                  .config = replay->config,
                                  .library = replay->library,
                                  .since = replay->period.since,
                                  .until = replay->period.until,
                                  .tick = replay->period.tick,
                                  .told = note_these,
                                  .ends = is_ended,
                                  .context = replay};
    replay->progress = progress_start();
    int rc = course_run(&course, &replay->period.since, &replay->left, err);
    progress_end(&replay->progress);
    return rc;
}

static int compare(struct replay *replay, struct error *err)
{
    const char *store = replay->options->store;
    int rc =
        store_open_reader(store ? store : replay->config->store, &replay->reader, err);
    if (rc < 0)
        return error_prefix(err, rc,
                            "run it where the server's store is, as the user "
                            "who keeps it");
    rc = files_make_scratch("sheepdog-replay", &replay->scratch, err);
    if (rc == 0)
        rc = run_course(replay, err);
    const struct telling_filter filter = {.since = replay->period.since,
                                          .limit = INT32_MAX};
    if (rc == 0)
        rc = store_each_telling(replay->reader, &filter, note_then, replay, err);
    if (rc == 0)
        ledger_make(&replay->ledger, replay->period.tick + SLACK);
    return rc;
}

/* All that it made is gone when it returns. */
static int replay(const struct replay_options *options, const struct words *words)
{
    struct error err = {0};
    AUTO(replay) struct replay replay = {.options = options, .err = &err};
    ledger_init(&replay.ledger);
    if (read_call(&replay, words, &err) < 0)
        return look_refuse(&replay_command, &err);
    take_signals();
    if (compare(&replay, &err) < 0) {
        say("%s", err.text);
        return EXIT_FAILED;
    }
    (options->json ? print_json : print_people)(&replay.ledger, &replay.period);
    if (replay.left > 0)
        say("replay: %zu messages could not be handled, and were left out",
            replay.left);
    return EXIT_OK;
}

static int run(int argc, char **argv)
{
    struct replay_options options = {0};
    struct words words;
    int exit_status = look_begin_words(&replay_command, argc, argv, &options, &words);
    if (exit_status >= 0)
        return exit_status;
    exit_status = replay(&options, &words);
    give_signal_back();
    return exit_status;
}

const struct command replay_command = {
    .name = "replay",
    .arguments = "[OPTIONS] RULES…",
    .summary = "what rules would have told of the past, beside what was told",
    .options = option_rows,
    .run = run,
};
