// SPDX-License-Identifier: GPL-3.0-or-later
/* exec - any program that prints lines (lines.h). A state that it prints holds; where
 * it prints none, its exit status is the state: 0 ok, another one fail, with the last
 * line of its stderr. Where it could not be run, or did not end by itself, nothing is
 * known. */
#include <errno.h>
#include <string.h>

#include "monitor/helper.h"
#include "monitor/lines.h"
#include "monitor/monitor.h"

#define STATUS_CANNOT_RUN 126 /* and 127: as shells have it */
#define STATUS_MISSING    127

static const struct setting settings[] = {
    {.name = "command",
     .type = SETTING_TEXTS,
     .fallback = setting_required,
     .help = "the program and its arguments; no shell is between"},
    {.name = NULL},
};

static int exec_command(const struct settings *told, struct texts *argv,
                        struct error *err)
{
    const struct texts *command = settings_texts(told, "command");
    if (command->count == 0 || !command->items[0][0])
        return error_set(err, -EINVAL, "the command is empty");
    for (size_t i = 0; i < command->count; i++)
        texts_add(argv, command->items[i]);
    return 0;
}

static bool is_run(const struct ended *ended)
{
    return ended->status >= 0 && ended->status != STATUS_CANNOT_RUN &&
           ended->status != STATUS_MISSING;
}

static int exec_read(const struct look *look, const struct ended *ended,
                     struct error *err)
{
    struct findings *findings = look->findings;
    struct error why = {0};
    int wrong = ended_check(ended, settings_duration(look->settings, "timeout"), &why);
    bool is_over = wrong == 0 || (wrong == -EIO && is_run(ended));

    int rc = lines_parse_all(ended->out, ended->out_size, NULL, findings, err);
    if (!is_over)
        return error_set(err, wrong, "%s", why.text);
    if (rc < 0 || findings_worst(findings, NULL) != STATE_NONE)
        return rc;
    if (wrong < 0)
        findings_state(findings, NULL, STATE_FAIL, "%s", why.text);
    else
        findings_state(findings, NULL, STATE_OK, "it ended with status 0");
    return 0;
}

const struct monitor monitor_exec = {
    .name = "exec",
    .help = "what a program of yours says",
    .settings = settings,
    .place = MONITOR_PROGRAM,
    .command = exec_command,
    .read = exec_read,
};
