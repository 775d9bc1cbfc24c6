// SPDX-License-Identifier: GPL-3.0-or-later
/* outcome - how a job went, as the message that tells it.
 *
 * Comes from: job.c.  Goes to: report.h. */
#ifndef BARK_OUTCOME_H
#define BARK_OUTCOME_H

#include "bark/job.h"
#include "bark/report.h"
#include "bark/run.h"
#include "base/compiler.h"
#include "base/strbuf.h"
#include "message/message.h"

#define OUTCOME_COMMAND_MAX (32 << 10) /* bytes of a command that are told */

struct outcome {
    char *tag; /* clean, see tag.h */
    enum message_err err;
    struct error why; /* a sentence beside err; "" */
    struct run run;   /* the last attempt */
    bool has_run;     /* false: there is nothing in it */
    int64_t elapsed;  /* microseconds, over all attempts */
    struct attempt *attempts;
    size_t attempt_count;
    char run_id[UUID_SIZE]; /* that its start was told with; "" */
};

void outcome_clear(struct outcome *outcome);
AUTO_DEFINE_CLEAR(outcome)

/* Writes the message that it began, with what it makes its run_id. ret_id is the
 * message's id. */
void outcome_format_start(struct outcome *outcome, const struct job *job,
                          const struct report *report, char ret_id[UUID_SIZE],
                          struct strbuf *json);

/* Writes the message into json, at most MESSAGE_SIZE_MAX bytes: where it would be more,
 * less of the output is kept. ret_id is its id. */
void outcome_format(const struct outcome *outcome, const struct job *job,
                    const struct report *report, char ret_id[UUID_SIZE],
                    struct strbuf *json);

#endif
