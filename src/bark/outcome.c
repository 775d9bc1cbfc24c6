// SPDX-License-Identifier: GPL-3.0-or-later
/* outcome - fills a message, and fills it again with less when it has become too
 * large. */
#include "bark/outcome.h"

#include <string.h>

#include "bark/tag.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/utf8.h"

#define CUT_MARK " […]"

void outcome_clear(struct outcome *outcome)
{
    run_clear(&outcome->run);
    free(outcome->tag);
    free(outcome->attempts);
    outcome->attempts = NULL;
}

static void set_command(struct message *message, const char *command,
                        const struct redaction *redaction)
{
    AUTO(strbuf) struct strbuf text = {0};
    struct redact_part part = {.text = command, .size = strlen(command)};
    part.to = part.size;
    if (part.size > OUTCOME_COMMAND_MAX)
        part.to = OUTCOME_COMMAND_MAX - utf8_torn_tail(command, OUTCOME_COMMAND_MAX);
    redact(redaction, &part, &text);
    if (part.to < part.size)
        strbuf_puts(&text, CUT_MARK);
    message->command.size = text.size;
    message->command.data = strbuf_take(&text);
}

static int64_t printed_size(const struct run *run)
{
    uint64_t size = 0;
    for (int i = 0; i < SEARCH_STREAMS; i++)
        size += run->relays[i].capture.total;
    return (int64_t)size;
}

static void set_run(struct message *message, const struct run *run)
{
    message->status = run->status;
    message->signal = run->signal;
    message->printed = printed_size(run);
    message->max_rss = run->max_rss;
    message->user_time = run->user_time;
    message->system_time = run->system_time;
}

static void set_attempts(struct message *message, const struct outcome *outcome)
{
    size_t size = outcome->attempt_count * sizeof *outcome->attempts;
    message->attempts = memory_new(size);
    memcpy(message->attempts, outcome->attempts, size);
    message->attempt_count = outcome->attempt_count;
}

/* What a start and an outcome have. */
static struct message *compose_any(const struct outcome *outcome, const struct job *job,
                                   const struct report *report)
{
    struct message *message = message_new();
    message->tag = text_copy(outcome->tag);
    message->mailto = text_copy(job->mailto);
    message->expect = job->every ? tag_clean(job->every) : NULL;
    message->grace = job->grace;
    message->run = outcome->run_id[0] ? text_copy(outcome->run_id) : NULL;
    set_command(message, job->command, report_redaction(report));
    return message;
}

void outcome_format_start(struct outcome *outcome, const struct job *job,
                          const struct report *report, char ret_id[UUID_SIZE],
                          struct strbuf *json)
{
    uuid_make(clock_now(), outcome->run_id);
    AUTO(message) struct message *message = compose_any(outcome, job, report);
    message->kind = MESSAGE_START;
    report_sign(report, message);
    message_format(message, json);
    memcpy(ret_id, message->id, UUID_SIZE);
}

static struct message *compose(const struct outcome *outcome, const struct job *job,
                               const struct report *report)
{
    struct message *message = compose_any(outcome, job, report);
    message->kind = MESSAGE_OUTCOME;
    message->err = outcome->err;
    if (outcome->why.text[0])
        message->text = redact_text(report_redaction(report), outcome->why.text);
    if (outcome->has_run) {
        set_run(message, &outcome->run);
        message->elapsed = (double)outcome->elapsed / 1e6;
    }
    if (outcome->attempt_count > 1)
        set_attempts(message, outcome);
    report_sign(report, message);
    return message;
}

static void set_output(struct output *output, const struct capture *capture,
                       size_t keep, const struct redaction *redaction)
{
    free(output->kept.data);
    capture_output(capture, keep, redaction, output);
}

void outcome_format(const struct outcome *outcome, const struct job *job,
                    const struct report *report, char ret_id[UUID_SIZE],
                    struct strbuf *json)
{
    AUTO(message) struct message *message = compose(outcome, job, report);
    const struct redaction *redaction = report_redaction(report);
    const struct relay *relays = outcome->run.relays;
    bool tells_stdout = job->stores_stdout || outcome->err != ERR_SUCCESS;
    size_t keep = (size_t)job->keep;
    for (bool fits = false; !fits; keep /= 2) {
        const struct capture *out = &relays[SEARCH_STDOUT].capture;
        const struct capture *errors = &relays[SEARCH_STDERR].capture;
        strbuf_shorten(json, 0);
        if (outcome->has_run)
            set_output(&message->errors, errors, keep, redaction);
        if (outcome->has_run && tells_stdout)
            set_output(&message->out, out, keep, redaction);
        message_format(message, json);
        fits = json->size <= MESSAGE_SIZE_MAX || keep == 0;
    }
    memcpy(ret_id, message->id, UUID_SIZE);
}
