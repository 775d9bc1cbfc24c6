// SPDX-License-Identifier: GPL-3.0-or-later
/* trial - all on one thread: what the server does in turns is done at once. */
#include "alert/trial.h"

#include <limits.h>
#include <stdlib.h>

#include "alert/expected.h"
#include "alert/incidents.h"
#include "base/memory.h"
#include "handler/handler.h"

#define TICK       INT64_C(60000)  /* ms, where none is said */
#define LIMIT      INT64_C(600000) /* ms, of an evaluation */
#define ROUNDS_MAX 4               /* of rules that read what is told */

struct trial {
    struct store *store, *asker;
    const struct config *config;
    struct judge *judge;
    struct touched *touched;
    int64_t tick, now;
    bool is_expected; /* what the configuration expects is in the store */
    store_telling_fn *told;
    void *context;
};

/* ---- begin and end ---- */

static int open_stores(struct trial *trial, const char *path, struct error *err)
{
    int rc = store_open(path, &trial->store, err);
    if (rc == 0)
        rc = store_forgo_disk(trial->store, err);
    return rc == 0 ? store_open_asker(path, &trial->asker, err) : rc;
}

int trial_open(const struct trial_parts *parts, struct trial **ret, struct error *err)
{
    const struct evaluation_limits limits = {.time = LIMIT};
    struct trial *trial = memory_new(sizeof *trial);
    trial->config = parts->config;
    trial->tick = parts->tick > 0 ? parts->tick : TICK;
    trial->told = parts->told;
    trial->context = parts->context;
    trial->judge = judge_new(&limits);
    trial->touched = touched_new();
    int rc = open_stores(trial, parts->store, err);
    if (rc == 0)
        rc = judge_use(trial->judge, parts->library, trial->asker, err);
    if (rc == 0)
        *ret = trial;
    else
        trial_close(trial);
    return rc;
}

void trial_close(struct trial *trial)
{
    if (!trial)
        return;
    judge_free(trial->judge);
    touched_free(trial->touched);
    store_close(trial->asker);
    store_close(trial->store);
    free(trial);
}

struct store *trial_store(struct trial *trial)
{
    return trial->store;
}

/* Of a transaction in which this happened. */
static int end(struct trial *trial, int rc, struct error *err)
{
    if (rc == 0)
        return store_commit(trial->store, err);
    store_rollback(trial->store);
    return rc;
}

/* ---- what is told ---- */

struct due {
    struct trial *trial;
    int64_t *numbers; /* newest first */
    size_t count;
};

static int note_due(const struct telling *telling, void *context)
{
    struct due *due = context;
    if (telling->due > due->trial->now)
        return 0;
    due->numbers = memory_resize(due->numbers, (due->count + 1) * sizeof *due->numbers);
    due->numbers[due->count++] = telling->number;
    return 0;
}

static int tell_one(const struct telling *telling, void *context)
{
    struct trial *trial = context;
    return trial->told(telling, trial->context);
}

static int tell_number(struct trial *trial, int64_t number, struct error *err)
{
    const struct telling_filter filter = {
        .waiting = true, .before = number + 1, .limit = 1};
    int rc = store_each_telling(trial->store, &filter, tell_one, trial, err);
    return rc == 0 ? store_telling_told(trial->store, number, trial->now, err) : rc;
}

static int tell_due(struct trial *trial, struct error *err)
{
    struct due due = {.trial = trial};
    const struct telling_filter filter = {.waiting = true, .limit = INT_MAX};
    int rc = store_each_telling(trial->store, &filter, note_due, &due, err);
    while (rc == 0 && due.count > 0)
        rc = tell_number(trial, due.numbers[--due.count], err);
    free(due.numbers);
    return rc;
}

/* Within a transaction of its own. */
static int tell(struct trial *trial, struct error *err)
{
    if (!trial->told)
        return 0;
    int rc = store_begin(trial->store, err);
    if (rc == 0)
        rc = tell_due(trial, err);
    return end(trial, rc, err);
}

/* ---- rounds ---- */

static bool is_new(void *context, const struct alert *alert)
{
    const struct trial *trial = context;
    return incidents_is_new(trial->asker, alert, trial->now);
}

static int apply(struct trial *trial, const struct judgement *judgement,
                 struct error *err)
{
    bool has_news = false;
    int rc = store_begin(trial->store, err);
    if (rc == 0)
        rc = incidents_apply(trial->store, trial->config, judgement, trial->touched,
                             &has_news, err);
    return end(trial, rc, err);
}

/* What is told may be judged too: then there is another round. */
static int judge(struct trial *trial, bool is_timed, struct error *err)
{
    AUTO(judgement) struct judgement judgement = {0};
    struct judge_round round = {.asker = trial->asker,
                                .touched = trial->touched,
                                .now = trial->now,
                                .is_timed = is_timed,
                                .is_new = is_new,
                                .context = trial};
    int rc = 0;
    for (int i = 0; rc == 0 && i < ROUNDS_MAX; i++) {
        rc = judge_round(trial->judge, &round, &judgement, err);
        if (rc > 0)
            rc = apply(trial, &judgement, err);
        else
            break;
        round.is_timed = false;
    }
    return rc < 0 ? rc : tell(trial, err);
}

/* The windows of silences, and what the configuration expects from now on. */
static int turn(struct trial *trial, struct error *err)
{
    int64_t next;
    int rc = store_begin(trial->store, err);
    if (rc == 0)
        rc = store_turn_silences(trial->store, trial->now, &next, err);
    if (rc == 0 && !trial->is_expected)
        rc = expected_put(trial->store, trial->config, trial->now, trial->touched, err);
    trial->is_expected |= rc == 0;
    touched_add(trial->touched, "silence", NULL, NULL);
    return end(trial, rc, err);
}

int trial_judge(struct trial *trial, int64_t now, bool is_timed, struct error *err)
{
    trial->now = now;
    int rc = is_timed ? turn(trial, err) : 0;
    return rc == 0 ? judge(trial, is_timed, err) : rc;
}

int trial_wait(struct trial *trial, int64_t until, struct error *err)
{
    int rc = 0;
    while (rc == 0 && trial->now < until) {
        int64_t next = trial->now + trial->tick;
        rc = trial_judge(trial, trial->now == 0 || next > until ? until : next, true,
                         err);
    }
    return rc;
}

/* ---- messages ---- */

static int handle(struct trial *trial, struct message *message, struct error *err)
{
    struct handling handling = {.store = trial->store,
                                .config = trial->config,
                                .came = trial->now,
                                .now = trial->now,
                                .touched = trial->touched};
    return handler_run(&handling, message, err);
}

int trial_take(struct trial *trial, struct message *const *messages, size_t count,
               struct error *err)
{
    int rc = store_begin(trial->store, err);
    for (size_t i = 0; rc == 0 && i < count; i++)
        rc = handle(trial, messages[i], err);
    rc = end(trial, rc, err);
    return rc == 0 ? judge(trial, false, err) : rc;
}

int trial_put(struct trial *trial, const struct trial_arrival *arrivals, size_t count,
              size_t *ret_count, struct error *err)
{
    size_t done = 0;
    bool is_changed = false; /* by the last one: those before it changed none */
    int rc = store_begin(trial->store, err);
    for (; rc == 0 && !is_changed && done < count; done++) {
        trial->now = arrivals[done].came;
        rc = handle(trial, arrivals[done].message, err);
        is_changed = ret_count && touched_has(trial->touched, "state");
    }
    rc = end(trial, rc, err);
    if (rc < 0)
        return rc;
    if (ret_count)
        *ret_count = done;
    return is_changed;
}

int trial_touch(struct trial *trial, struct error *err)
{
    touched_add_all(trial->touched);
    return judge(trial, true, err);
}
