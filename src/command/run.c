// SPDX-License-Identifier: GPL-3.0-or-later
/* run - reads how a job is to be watched, and has it watched. A wrong call is refused
 * before anything runs; the name of a monitor is not worth that. */
#include "command/run.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "bark/capture.h"
#include "bark/job.h"
#include "bark/tag.h"
#include "base/memory.h"
#include "base/say.h"
#include "base/suggest.h"
#include "command/command.h"
#include "command/expect.h"

struct call {
    struct job job;
    const char *line, *monitor;
    const char *require, *forbid;
};

#define AT(member) offsetof(struct call, member)

const struct option_row run_options[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(job.conf), "the configuration to read"},
    {'m', "monitor", "NAME", OPTION_TEXT, AT(monitor),
     "how to watch: monitor-error, which is the default"},
    {'e', "execute", "LINE", OPTION_TEXT, AT(line), "the job, for /bin/sh -c"},
    {0, "tag", "NAME", OPTION_TEXT, AT(job.tag),
     "what the job is called; else its command, cut"},
    {0, "timeout", "DURATION", OPTION_DURATION, AT(job.limit),
     "end it after so long: TERM, and KILL 10 s later"},
    {0, "lock", NULL, OPTION_FLAG, AT(job.is_locking),
     "not while a run of the same tag still runs"},
    {0, "wait", "DURATION", OPTION_DURATION, AT(job.wait),
     "wait so long for that one to end first"},
    {0, "retry", "N", OPTION_COUNT, AT(job.retries), "run it N times more if it fails"},
    {0, "delay", "DURATION", OPTION_DURATION, AT(job.delay), "before each retry"},
    {0, "require", "REGEX", OPTION_TEXT, AT(require),
     "a line of what it prints must match"},
    {0, "forbid", "REGEX", OPTION_TEXT, AT(forbid),
     "no line of what it prints may match"},
    {0, "quiet", NULL, OPTION_FLAG, AT(job.is_quiet), "print only when it failed"},
    {0, "keep", "SIZE", OPTION_SIZE, AT(job.keep),
     "of each end of stdout and stderr; else 32K"},
    {0, "store-stdout", NULL, OPTION_FLAG, AT(job.stores_stdout),
     "tell stdout on success too"},
    {0, "always", NULL, OPTION_FLAG, AT(job.is_always),
     "send a message on success too"},
    {0, "start", NULL, OPTION_FLAG, AT(job.tells_start),
     "send a message when it begins, too"},
    {0, "every", "TIME", OPTION_TEXT, AT(job.every), EXPECT_EVERY_HELP},
    {0, "grace", "DURATION", OPTION_DURATION, AT(job.grace), EXPECT_GRACE_HELP},
    {0, "mailto", "ADDRESS", OPTION_TEXT, AT(job.mailto), "tell this address too"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

/* The ways to watch a job. To add one: a name here, and what it does in bark/job.c. */
static const char *const monitors[] = {"monitor-error", NULL};

static void check_monitor(const char *name)
{
    char hint[80];
    for (int i = 0; monitors[i]; i++)
        if (!name || strcmp(name, monitors[i]) == 0)
            return;
    say("no monitor is called %s%s%s is used", name,
        suggest_text(name, monitors, hint, sizeof hint)[0] ? hint : ";",
        " monitor-error");
}

static int refuse(const struct error *why)
{
    say("%s; see sheepdog help run", why->text);
    return EXIT_USAGE;
}

static int check_call(const struct call *call, struct error *err)
{
    if (call->job.keep > CAPTURE_KEEP_MAX)
        return error_set(err, -EINVAL,
                         "--keep: more than 256K does not fit a message of 1 MiB");
    if (call->job.tag && tag_is_blank(call->job.tag))
        return error_set(err, -EINVAL, "--tag: expected a name");
    if (call->job.mailto && !tag_is_clean(call->job.mailto))
        return error_set(err, -EINVAL,
                         "--mailto: expected an address of at most 255 bytes");
    return expect_check(call->job.every, call->job.grace, err);
}

static int watch(struct call *call, char *const *argv, const char *command,
                 struct error *why)
{
    AUTO(search) struct search *search = NULL;
    int rc = check_call(call, why);
    if (rc == 0 && (call->require || call->forbid))
        rc = search_new(call->require, call->forbid, &search, why);
    if (rc < 0)
        return refuse(why);

    check_monitor(call->monitor);
    call->job.argv = argv;
    call->job.command = command;
    call->job.search = search;
    return job_run(&call->job);
}

static int read_call(int argc, char **argv, struct call *call, int *ret_next,
                     struct error *err)
{
    *call =
        (struct call){.job = {.keep = CAPTURE_KEEP_DEFAULT, .grace = EXPECT_NO_GRACE}};
    return options_parse(run_options, argc, argv, call, ret_next, err);
}

static int watch_line(struct call *call, struct error *why)
{
    char *const argv[] = {"/bin/sh", "-c", (char *)call->line, NULL};
    return watch(call, argv, call->line, why);
}

int run_line(int argc, char **argv)
{
    struct call call;
    struct error why;
    int next, rc = read_call(argc, argv, &call, &next, &why);
    if (rc == 0 && next < argc)
        rc = error_set(&why, -EINVAL,
                       "found %.60s; options of a command stand behind its name",
                       argv[next]);
    if (rc == 0 && !call.line)
        rc = error_set(&why, -EINVAL, "the job is missing: -e LINE");
    return rc < 0 ? refuse(&why) : watch_line(&call, &why);
}

static int run_program(int argc, char **argv)
{
    AUTO(strbuf) struct strbuf command = {0};
    struct call call;
    struct error why;
    int next, rc = read_call(argc, argv, &call, &next, &why);
    if (rc == 0 && (next < argc) == (call.line != NULL))
        rc = error_set(&why, -EINVAL,
                       "expected one job: -- PROGRAM [ARG …], or -e LINE");
    if (rc < 0)
        return refuse(&why);
    if (call.line)
        return watch_line(&call, &why);
    quote_argv(argv + next, &command);
    return watch(&call, argv + next, strbuf_text(&command), &why);
}

const struct command command_run = {
    .name = "run",
    .arguments = "[OPTIONS] -- PROGRAM [ARG …]",
    .summary = "run a job, watch it, and bark when it fails",
    .options = run_options,
    .run = run_program,
};
