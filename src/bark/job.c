// SPDX-License-Identifier: GPL-3.0-or-later
/* job - the job comes first: it runs before anything else is read; and whatever goes
 * wrong around it is said and got over. */
#include "bark/job.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bark/lock.h"
#include "bark/outcome.h"
#include "bark/report.h"
#include "bark/run.h"
#include "bark/signals.h"
#include "bark/tag.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/say.h"
#include "base/units.h"

#define STATUS_NOT_STARTED 126
#define NAMELESS           "nameless" /* the tag of an empty command */

static void start_run(const struct job *job, struct run *run)
{
    *run =
        (struct run){.argv = job->argv, .limit = job->limit, .is_quiet = job->is_quiet};
    for (int i = 0; i < SEARCH_STREAMS; i++)
        run->relays[i] = (struct relay){
            .from = -1, .search = job->search, .capture = {.keep = (size_t)job->keep}};
}

/* What the attempt that has ended is called, and the sentence that goes with it. */
static enum message_err judge(const struct job *job, const struct run *run,
                              struct error *why)
{
    char limit[UNITS_TEXT_SIZE];
    if (run->is_timed_out) {
        error_set(why, 0, "ended after %s, the time that --timeout gives it",
                  duration_format(job->limit, limit));
        return ERR_TIMEOUT;
    }
    if (run->status != 0)
        return ERR_FAIL;
    if (job->search && !search_is_satisfied(job->search, why))
        return ERR_CHECK;
    return ERR_SUCCESS;
}

static void note_attempt(struct outcome *outcome)
{
    const struct run *run = &outcome->run;
    outcome->attempts = memory_resize(outcome->attempts, (outcome->attempt_count + 1) *
                                                             sizeof *outcome->attempts);
    outcome->attempts[outcome->attempt_count++] = (struct attempt){
        .err = outcome->err,
        .status = run->status,
        .signal = run->signal,
        .elapsed = (double)(run->ended - run->began) / 1e6,
    };
}

/* A tag becomes the name of files, too: one that is made of the command is redacted. */
static void name_job(const struct job *job, struct outcome *outcome,
                     const struct report *report)
{
    if (!outcome->tag && job->tag)
        outcome->tag = tag_clean(job->tag);
    if (!outcome->tag) {
        AUTO(str) char *command = redact_text(report_redaction(report), job->command);
        outcome->tag = tag_of_command(command, strlen(command));
    }
    if (!outcome->tag[0]) {
        free(outcome->tag);
        outcome->tag = text_copy(NAMELESS);
    }
}

static void tell_start(const struct job *job, struct outcome *outcome,
                       const struct report *report)
{
    AUTO(strbuf) struct strbuf json = {0};
    char id[UUID_SIZE];
    outcome_format_start(outcome, job, report, id, &json);
    struct room_message message = {
        .id = id, .weight = weight_of(MESSAGE_START, ERR_NONE), .json = &json};
    if (report_send_aside(report, &message) < 0)
        outcome->run_id[0] = '\0'; /* it was said */
}

/* Runs it once. What can be done while it runs is done then. */
static void attempt(const struct job *job, struct outcome *outcome,
                    struct report **report)
{
    struct run *run = &outcome->run;
    outcome->why.text[0] = '\0';
    if (job->search)
        search_start(job->search);
    int rc = run_start(run, &outcome->why);
    if (!*report)
        *report = report_open(job->conf);
    name_job(job, outcome, *report);
    if (rc == 0 && job->tells_start && outcome->attempt_count == 0)
        tell_start(job, outcome, *report);
    if (rc == 0) {
        run_finish(run);
        outcome->err = judge(job, run, &outcome->why);
    } else {
        run->ended = run->began;
        run->status = STATUS_NOT_STARTED;
        outcome->err = ERR_FAIL;
    }
    if (outcome->why.text[0])
        say("%s: %s", outcome->tag, outcome->why.text);
    note_attempt(outcome);
}

static void run_attempts(const struct job *job, struct outcome *outcome,
                         struct report **report)
{
    start_run(job, &outcome->run);
    int64_t left = job->retries, began = clock_monotonic();
    do
        attempt(job, outcome, report);
    while (outcome->err != ERR_SUCCESS && left-- > 0 && signals_pause(job->delay));
    outcome->has_run = true;
    outcome->elapsed = outcome->run.ended - began;
}

static void print_capture(const struct capture *capture, int fd)
{
    AUTO(strbuf) struct strbuf text = {0};
    capture_format(capture, NULL, &text); /* as it would have been passed on */
    if (files_write_all(fd, strbuf_text(&text), text.size) < 0)
        return; /* nobody reads it any more */
}

static void tell(const struct job *job, const struct outcome *outcome,
                 const struct report *report)
{
    const struct relay *relays = outcome->run.relays;
    bool is_good = outcome->err == ERR_SUCCESS;
    if (job->is_quiet && !is_good && outcome->has_run) {
        print_capture(&relays[SEARCH_STDOUT].capture, STDOUT_FILENO);
        print_capture(&relays[SEARCH_STDERR].capture, STDERR_FILENO);
    }
    bool recovers = is_good && report_recovers(report, outcome->tag);
    if (is_good && !recovers && !job->is_always && !job->every && !outcome->run_id[0]) {
        report_flush(report);
        return;
    }
    AUTO(strbuf) struct strbuf json = {0};
    char id[UUID_SIZE];
    outcome_format(outcome, job, report, id, &json);
    if (!is_good)
        report_note(report, outcome->tag, false);
    struct room_message message = {
        .id = id, .weight = weight_of(MESSAGE_OUTCOME, outcome->err), .json = &json};
    if (report_send(report, &message) < 0)
        return; /* it was said; the exit status stays the job's */
    if (recovers)
        report_note(report, outcome->tag, true);
}

static int exit_status(const struct outcome *outcome)
{
    if (outcome->err == ERR_LOCKED)
        return JOB_STATUS_LOCKED;
    if (outcome->run.signal > 0)
        return 128 + outcome->run.signal;
    return outcome->run.status;
}

/* What is held does not hang on the configuration: that may be broken, or redact what
 * tells two jobs apart. */
static int take_lock(const struct job *job, struct outcome *outcome,
                     struct report **report, int *ret_fd)
{
    AUTO(str)
    char *name = job->tag ? tag_clean(job->tag) : tag_hide_command(job->command);
    int rc = lock_take(name, job->wait, ret_fd, &outcome->why);
    if (rc == 0)
        return 0;
    *report = report_open(job->conf);
    name_job(job, outcome, *report);
    say("%s: %s%s", outcome->tag, outcome->why.text,
        rc == -EAGAIN ? "; not started" : "; it runs without a lock");
    return rc;
}

int job_run(const struct job *job)
{
    AUTO(outcome) struct outcome outcome = {0};
    AUTO(report) struct report *report = NULL;
    int lock = -1;
    int rc = job->is_locking ? take_lock(job, &outcome, &report, &lock) : 0;
    if (rc == -EAGAIN) {
        outcome.err = ERR_LOCKED;
        start_run(job, &outcome.run);
    } else {
        run_attempts(job, &outcome, &report);
        lock_release(lock);
    }
    tell(job, &outcome, report);
    return exit_status(&outcome);
}
