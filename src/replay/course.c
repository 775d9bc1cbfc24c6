// SPDX-License-Identifier: GPL-3.0-or-later
/* course - from the beginning to the end, tick by tick. */
#include "replay/course.h"

#include <errno.h>

#include "alert/trial.h"
#include "base/memory.h"
#include "replay/past.h"
#include "replay/pulse.h"
#include "replay/quiet.h"

#define PULSE_BEFORE INT64_C(604800000) /* ms: readings of the week before … */
#define PULSE_STEP   INT64_C(3600000)   /* … one an hour */
#define NO_FLOOD     INT64_MAX

struct running {
    const struct course *course;
    struct config config; /* the server's, without what is of no use to the past */
    struct trial *trial;
    struct past *past;
    struct pulse *pulse;
    struct quiet *quiet;
    bool has_begun; /* before that nobody is told */
    size_t left;    /* messages that could not be handled */
};

static void running_clear(struct running *running)
{
    trial_close(running->trial);
    past_free(running->past);
    pulse_free(running->pulse);
    quiet_free(running->quiet);
}
AUTO_DEFINE_CLEAR(running)

static int tell(const struct telling *telling, void *context)
{
    struct running *running = context;
    return running->has_begun ? running->course->told(telling, running->course->context)
                              : 0;
}

static int check_end(const struct running *running, int64_t time, struct error *err)
{
    if (running->course->ends(running->course->context, time))
        return error_set(err, -ECANCELED, "it was interrupted");
    return 0;
}

/* ---- one step ---- */

/* What cannot be handled would spoil what is put with it: then each is put alone. */
static int put_each(struct running *running, const struct trial_arrival *arrivals,
                    size_t count, struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        size_t done;
        int rc = trial_put(running->trial, &arrivals[i], 1, &done, err);
        if (rc < 0 && store_is_trouble(rc))
            return rc;
        running->left += rc < 0;
        rc = rc > 0 && running->has_begun
                 ? trial_judge(running->trial, arrivals[i].came, false, err)
                 : 0;
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* Once it has begun it is judged where a state changes. */
static int put_arrivals(struct running *running, const struct trial_arrival *arrivals,
                        size_t count, struct error *err)
{
    for (size_t done = count; count > 0; arrivals += done, count -= done) {
        int rc = trial_put(running->trial, arrivals, count,
                           running->has_begun ? &done : NULL, err);
        if (rc < 0 && !store_is_trouble(rc))
            return put_each(running, arrivals, count, err);
        if (rc > 0)
            rc = trial_judge(running->trial, arrivals[done - 1].came, false, err);
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* What came until then. */
static int put_past(struct running *running, int64_t until, struct error *err)
{
    for (;;) {
        const struct trial_arrival *arrivals;
        size_t count;
        int rc = check_end(running, until, err);
        if (rc == 0)
            rc = past_look(running->past, until, &arrivals, &count, err);
        if (rc < 0 || count == 0)
            return rc;
        rc = put_arrivals(running, arrivals, count, err);
        if (rc < 0)
            return rc;
        past_take(running->past, count);
    }
}

static int put_pulse(struct running *running, int64_t until, struct error *err)
{
    const struct trial_arrival *beats;
    size_t count;
    int rc = pulse_next(running->pulse, until, &beats, &count, err);
    if (rc < 0 || count == 0)
        return rc;
    return trial_put(running->trial, beats, count, NULL, err);
}

static int know(struct running *running, int64_t until, struct error *err)
{
    bool is_any = false;
    int rc = quiet_acknowledge(running->quiet, running->trial, until, &is_any, err);
    return rc == 0 && is_any ? trial_touch(running->trial, err) : rc;
}

static int step(struct running *running, int64_t until, struct error *err)
{
    int rc = quiet_silence(running->quiet, running->trial, until, err);
    if (rc == 0)
        rc = put_past(running, until, err);
    if (rc == 0)
        rc = put_pulse(running, until, err);
    if (rc == 0)
        rc = trial_judge(running->trial, until, true, err);
    return rc == 0 ? know(running, until, err) : rc;
}

/* ---- the whole ---- */

static int begin(struct running *running, int64_t since, struct error *err)
{
    int rc = quiet_silence(running->quiet, running->trial, since, err);
    if (rc == 0)
        rc = put_past(running, since, err);
    for (int64_t time = since - PULSE_BEFORE; rc == 0 && time <= since;
         time += PULSE_STEP)
        rc = put_pulse(running, time, err);
    if (rc == 0)
        rc = trial_judge(running->trial, since, true, err);
    if (rc == 0)
        rc = know(running, since, err);
    running->has_begun = true;
    return rc;
}

static int open_parts(struct running *running, int64_t since, struct error *err)
{
    const struct course *course = running->course;
    AUTO(str) char *path = text_format("%s/store.db", course->scratch);
    running->config = *course->config;
    running->config.flood = NO_FLOOD;
    const struct trial_parts parts = {.store = path,
                                      .config = &running->config,
                                      .library = course->library,
                                      .told = tell,
                                      .context = running};
    running->past = past_new(course->reader);
    int rc = pulse_new(course->reader, since - PULSE_BEFORE, &running->pulse, err);
    if (rc == 0)
        rc = quiet_new(course->reader, &running->quiet, err);
    return rc == 0 ? trial_open(&parts, &running->trial, err) : rc;
}

static int note_came(const struct message_row *row, void *context)
{
    int64_t *came = context;
    *came = row->came;
    return 0;
}

/* Before anything came there is nothing to look at. */
static int find_since(const struct course *course, int64_t *ret, struct error *err)
{
    int64_t first = course->until;
    int rc = store_each_stored(course->reader, 0, 0, 1, note_came, &first, err);
    if (rc < 0)
        return rc;
    first = first > course->until ? course->until : first;
    *ret = first > course->since ? first - 1 : course->since;
    return 0;
}

int course_run(const struct course *course, int64_t *ret_since, size_t *ret_left,
               struct error *err)
{
    AUTO(running) struct running running = {.course = course};
    int64_t since = course->since;
    int rc = find_since(course, &since, err);
    if (rc == 0)
        rc = open_parts(&running, since, err);
    if (rc == 0)
        rc = begin(&running, since, err);
    for (int64_t time = since; rc == 0 && time < course->until;) {
        time =
            course->until - time > course->tick ? time + course->tick : course->until;
        rc = step(&running, time, err);
    }
    if (rc < 0)
        return rc;
    *ret_since = since;
    *ret_left = running.left;
    return 0;
}
