// SPDX-License-Identifier: GPL-3.0-or-later
/* round - each step leaves its rc and its time. */
#include "alert/round.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "alert/expected.h"
#include "alert/incidents.h"
#include "alert/stranded.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/log.h"
#include "base/memory.h"

#define SLOW_MS 1000           /* of a rule that is named in the log */
#define TIME_MS INT64_C(10000) /* of all rules; more is a fault of one */
#define BYTES   (INT64_C(1) << 30)

void round_init(struct round *round, const char *path, struct store *store)
{
    const struct evaluation_limits limits = {.time = TIME_MS, .bytes = BYTES};
    *round = (struct round){.path = path, .store = store, .lock = -1};
    round->touched = touched_new();
    round->judge = judge_new(&limits);
}

void round_clear(struct round *round)
{
    judge_free(round->judge);
    judgement_clear(&round->judgement);
    touched_free(round->touched);
    store_close(round->asker);
    texts_clear(&round->folders);
    free(round->stamp);
    free(round->refused);
    free(round->slow);
    fd_auto(&round->lock);
}

/* ---- turn ---- */

/* 1: it is ours. */
static int lock(struct round *round)
{
    if (round->lock >= 0)
        return 1;
    AUTO(str) char *name = text_format("%s-judge", round->path);
    int rc = files_lock(name, &round->lock, &round->err);
    if (rc == -EAGAIN)
        return 0;
    touched_add_all(round->touched);
    return rc < 0 ? rc : 1;
}

/* What a new configuration changes in the store. */
static int use_config(struct round *round)
{
    int rc = expected_put(round->store, round->config, round->now, round->touched,
                          &round->err);
    return rc == 0 ? stranded_tell(round->store, round->config, round->now, &round->err)
                   : rc;
}

static int turn(struct round *round)
{
    int64_t next;
    int rc = store_begin(round->store, &round->err);
    if (rc < 0)
        return rc;
    rc = store_turn_silences(round->store, round->now, &next, &round->err);
    if (rc == 0 && round->lock >= 0 && !round->is_used)
        rc = use_config(round);
    if (rc < 0) {
        store_rollback(round->store);
        return rc;
    }
    rc = store_commit(round->store, &round->err);
    round->is_used |= rc == 0 && round->lock >= 0;
    return rc;
}

/* Whatever they stored: it is not known what. */
static int note_others(struct round *round)
{
    int64_t version;
    int rc = store_find_data_version(round->store, &version, &round->err);
    if (rc == 0 && version != round->version) {
        touched_add_all(round->touched);
        round->version = version;
    }
    return rc;
}

void round_turn(void *context)
{
    struct round *round = context;
    int64_t begin = clock_work();
    round->rc = lock(round);
    if (round->rc >= 0)
        round->rc = note_others(round);
    if (round->rc == 0)
        round->rc = turn(round);
    touched_add(round->touched, "silence", NULL, NULL);
    round->work += clock_work() - begin;
}

/* ---- rules ---- */

static void say_refused(struct round *round, const char *why)
{
    if (round->refused && strcmp(round->refused, why) == 0)
        return;
    free(round->refused);
    round->refused = text_copy(why);
    log_error("watch: the rules stay as they were: %s", why);
}

static int use_rules(struct round *round)
{
    struct error why = {0};
    AUTO(library) struct library *library = library_load(&round->folders);
    int rc = judge_use(round->judge, library, round->asker, &why);
    if (rc == 0) {
        if (round->refused)
            log_info("watch: the rules are read again");
        free(TAKE(round->refused));
    } else if (rc == -EINVAL) {
        say_refused(round, why.text);
        rc = 0;
    } else {
        rc = error_set(&round->err, rc, "%s", why.text);
    }
    return rc;
}

/* Those that were refused are tried again and again: a relation that they name may be
 * there now. */
static int read_rules(struct round *round)
{
    AUTO(str) char *stamp = library_stamp(&round->folders);
    bool is_new = !round->stamp || strcmp(stamp, round->stamp) != 0;
    if (!is_new && !round->is_forced && !round->refused)
        return 0;
    int rc = use_rules(round);
    if (rc == 0) {
        free(round->stamp);
        round->stamp = TAKE(stamp);
        round->is_forced = false;
    }
    return rc;
}

/* ---- judge ---- */

static bool is_new(void *context, const struct alert *alert)
{
    const struct round *round = context;
    return incidents_is_new(round->asker, alert, round->now);
}

static void say_slow(struct round *round)
{
    int64_t ms;
    const char *rule = judge_slowest(round->judge, &ms);
    if (!rule || ms < SLOW_MS || (round->slow && strcmp(round->slow, rule) == 0))
        return;
    free(round->slow);
    round->slow = text_copy(rule);
    log_warning("watch: %s is slow: it took %lld ms; alerts come late", rule,
                (long long)ms);
}

static int judge(struct round *round)
{
    const struct judge_round asked = {.asker = round->asker,
                                      .touched = round->touched,
                                      .now = round->now,
                                      .is_timed = round->is_timed,
                                      .is_new = is_new,
                                      .context = round};
    int rc = round->is_timed || !round->stamp ? read_rules(round) : 0;
    if (rc == 0)
        rc = judge_round(round->judge, &asked, &round->judgement, &round->err);
    say_slow(round);
    return rc;
}

/* Once; and the thread gets a name, for who looks at the process. */
static int open_asker(struct round *round)
{
    pthread_setname_np(pthread_self(), "watch");
    return store_open_asker(round->path, &round->asker, &round->err);
}

void round_judge(void *context)
{
    struct round *round = context;
    int64_t begin = clock_work();
    if (round->lock >= 0 && !round->asker)
        round->rc = open_asker(round);
    if (round->rc >= 0 && round->asker)
        round->rc = judge(round);
    round->work += clock_work() - begin;
}

/* ---- apply ---- */

static int apply(struct round *round)
{
    int rc = store_begin(round->store, &round->err);
    if (rc < 0)
        return rc;
    rc = incidents_apply(round->store, round->config, &round->judgement, round->touched,
                         &round->has_news, &round->err);
    if (rc == 0)
        return store_commit(round->store, &round->err);
    store_rollback(round->store);
    return rc;
}

void round_apply(void *context)
{
    struct round *round = context;
    int64_t begin = clock_work();
    round->rc = apply(round);
    if (round->rc == -ESTALE)
        round->rc = 1;
    round->work += clock_work() - begin;
}
