// SPDX-License-Identifier: GPL-3.0-or-later
/* judge - keeps what each rule gave last; those alone give it again whose store was
 * touched, or for whom time has passed. */
#include "alert/judge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alert/judge_parts.h"
#include "base/memory.h"

#define KEPT 16 /* programs */

struct judge *judge_new(const struct evaluation_limits *limits)
{
    struct judge *judge = memory_new(sizeof *judge);
    judge->limits = *limits;
    pthread_mutex_init(&judge->lock, NULL);
    return judge;
}

void judge_free(struct judge *judge)
{
    if (!judge)
        return;
    aims_clear(&judge->aims);
    kept_free(judge->kept);
    relations_free(judge->relations);
    library_free(judge->library);
    free(judge->refused);
    free(judge->slowest);
    pthread_mutex_destroy(&judge->lock);
    free(judge);
}

static void use_asker(struct judge *judge, struct store *asker)
{
    if (judge->asker == asker)
        return;
    kept_free(judge->kept);
    relations_free(judge->relations);
    judge->kept = kept_new(store_database(asker), KEPT);
    judge->relations = relations_new(asker);
    judge->asker = asker;
}

struct relations *judge_relations(struct judge *judge, struct store *asker)
{
    use_asker(judge, asker);
    return judge->relations;
}

struct kept *judge_kept(struct judge *judge, struct store *asker)
{
    use_asker(judge, asker);
    return judge->kept;
}

void judge_set_evaluation(struct judge *judge, struct evaluation *evaluation)
{
    pthread_mutex_lock(&judge->lock);
    judge->evaluation = evaluation;
    if (evaluation && judge->is_stopped)
        evaluation_stop(evaluation);
    pthread_mutex_unlock(&judge->lock);
}

void judge_stop(struct judge *judge)
{
    pthread_mutex_lock(&judge->lock);
    judge->is_stopped = true;
    if (judge->evaluation)
        evaluation_stop(judge->evaluation);
    pthread_mutex_unlock(&judge->lock);
}

/* ---- rules ---- */

struct trouble_search {
    const char *file;
    bool is_found;
    char *first; /* of the troubles of one library, that another has not */
    const struct library *other;
};

static void compare_trouble(void *context, const char *file, const char *why UNUSED)
{
    struct trouble_search *search = context;
    search->is_found |= strcmp(search->file, file) == 0;
}

static void find_trouble(void *context, const char *file, const char *why)
{
    struct trouble_search *search = context;
    struct trouble_search known = {.file = file};
    library_each_trouble(search->other, compare_trouble, &known);
    if (!known.is_found && !search->first)
        search->first = text_copy(why);
}

/* A file that was read before, and now is not: then all stays as it was. */
static int check_files(const struct judge *judge, const struct library *library,
                       struct complaint *complaint)
{
    struct trouble_search search = {.other = judge->library};
    if (judge->library)
        library_each_trouble(library, find_trouble, &search);
    if (!search.first)
        return 0;
    AUTO(str) char *first = search.first;
    return complain(complaint, NULL, -EINVAL, "%s", first);
}

static int find_aims(struct judge *judge, struct library *library, struct store *asker,
                     struct aims *ret, struct complaint *complaint)
{
    struct reading reading = {.judge = judge, .library = library, .asker = asker};
    struct error why = {0};
    int rc = store_begin_reading(asker, &why);
    if (rc < 0)
        return complain(complaint, NULL, rc, "%s", why.text);
    rc = aims_find(&reading, ret, complaint);
    store_end_reading(asker);
    return rc;
}

int judge_use(struct judge *judge, struct library *library, struct store *asker,
              struct error *err)
{
    AUTO(complaint) struct complaint complaint = {0};
    struct aims aims;
    int rc = check_files(judge, library, &complaint);
    if (rc == 0)
        rc = find_aims(judge, library, asker, &aims, &complaint);
    judge->has_changed = true;
    free(TAKE(judge->refused));
    if (rc < 0) {
        judge->refused = complaint_line(&complaint);
        return error_set(err, rc, "%s", judge->refused);
    }
    library_free(judge->library);
    judge->library = library_share(library);
    aims_clear(&judge->aims);
    judge->aims = aims;
    return 0;
}

/* ---- a round ---- */

static void choose(struct judge *judge, const struct judge_round *round,
                   struct given *given)
{
    for (size_t i = 0; i < judge->aims.count; i++) {
        struct aim *aim = &judge->aims.items[i];
        aim->reach = scope_touched(&aim->scope, round->touched, round->is_timed, given);
        if (!aim->was_judged || (aim->trouble && round->is_timed) ||
            (aim->head != HEAD_ALERT && aim->reach != NARROW_NONE))
            aim->reach = NARROW_ALL;
        if (round->now < aim->rests_until)
            aim->reach = NARROW_NONE;
    }
    given_take(given, round->touched);
}

/* What is told hangs on the alerts too. Whether any of it is to be derived. */
static bool choose_telling(struct judge *judge, int64_t now)
{
    bool is_any = judge->has_changed;
    for (size_t i = 0; i < judge->aims.count; i++) {
        struct aim *aim = &judge->aims.items[i];
        if (aim->head != HEAD_ALERT && judge->has_changed && now >= aim->rests_until)
            aim->reach = NARROW_ALL;
        is_any |= aim->head != HEAD_ALERT && aim->reach != NARROW_NONE;
    }
    return is_any;
}

static int judge_all(struct judge *judge, const struct judge_round *round,
                     const struct given *given, struct judgement *ret,
                     struct complaint *complaint)
{
    AUTO(conclusions) struct conclusions alerts = {0};
    struct deriving deriving = {.judge = judge, .round = round, .given = given};
    int rc = derive(&deriving, complaint);
    if (rc < 0)
        return rc;
    judge->has_changed |= round->is_timed && judgement_reminds(judge);
    if (!choose_telling(judge, round->now))
        return 0;
    judgement_collect(judge, &alerts);
    deriving.alerts = &alerts;
    rc = derive(&deriving, complaint);
    if (rc < 0 || !judge->has_changed)
        return rc;
    AUTO(conclusions) struct conclusions all = {0}; /* with what is wrong since */
    judgement_collect(judge, &all);
    judgement_make(judge, &all, round->now, ret);
    judge->has_changed = false;
    return 1;
}

static void empty(struct touched *touched)
{
    AUTO(touched) struct touched *done = touched_new();
    touched_move(touched, done);
}

/* What was judged before something was forgotten is not applied: all is given anew. */
static int look_at_store(struct judge *judge, const struct judge_round *round,
                         int64_t *ret_stored, struct error *err)
{
    int64_t forgotten;
    int rc = store_find_forgotten(round->asker, &forgotten, err);
    if (rc == 0)
        rc = store_last_stored(round->asker, ret_stored, err);
    if (rc < 0 || forgotten == judge->forgotten)
        return rc;
    judge->forgotten = forgotten;
    judge->has_changed = true;
    touched_add_all(round->touched);
    return 0;
}

/* Within one read of the store. */
static int judge_read(struct judge *judge, const struct judge_round *round,
                      struct judgement *ret, struct error *err)
{
    AUTO(complaint) struct complaint complaint = {0};
    AUTO(given) struct given given = {0};
    int64_t stored;
    int rc = look_at_store(judge, round, &stored, err);
    if (rc < 0)
        return rc;
    choose(judge, round, &given);
    rc = judge_all(judge, round, &given, ret, &complaint);
    if (rc < 0)
        return error_set(err, rc, "%s", complaint.what ? complaint.what : "");
    if (rc > 0) {
        ret->stored = stored;
        ret->forgotten = judge->forgotten;
    }
    return rc;
}

int judge_round(struct judge *judge, const struct judge_round *round,
                struct judgement *ret, struct error *err)
{
    free(TAKE(judge->slowest));
    judge->slowest_ms = 0;
    int rc = store_begin_reading(round->asker, err);
    if (rc < 0)
        return rc;
    rc = judge_read(judge, round, ret, err);
    store_end_reading(round->asker);
    if (rc >= 0)
        empty(round->touched);
    return rc;
}

const char *judge_slowest(const struct judge *judge, int64_t *ret_ms)
{
    *ret_ms = judge->slowest_ms;
    return judge->slowest;
}
