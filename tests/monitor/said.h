// SPDX-License-Identifier: GPL-3.0-or-later
/* said - what a monitor that runs a program found, as a text to compare:
 *
 *     STATE TEXT            newlines of the text as blanks
 *     NAME VALUE UNIT       each reading
 *     log TEXT
 */
#ifndef TESTS_MONITOR_SAID_H
#define TESTS_MONITOR_SAID_H

#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "monitor/monitor.h"

/* The settings of (monitor NAME (command …)), to be freed; command ends with NULL. */
static inline struct settings *said_settings(const struct monitor *monitor,
                                             const char *const *command)
{
    struct form_setting setting = {.name = "command", .line = 1, .column = 1};
    for (; *command; command++)
        texts_add(&setting.values, *command);
    struct monitor_form form = {.name = (char *)monitor->name,
                                .settings = &setting,
                                .count = 1,
                                .line = 1,
                                .column = 1};
    struct settings_tables tables = {.own = monitor->settings, .path = "conf"};
    struct settings *settings = NULL;
    struct error err = {0};
    if (settings_read(&tables, &form, &settings, &err) < 0)
        fail_msg("%s", err.text);
    texts_clear(&setting.values);
    return settings;
}

static inline void said_put(const struct finding *finding, struct strbuf *ret)
{
    if (finding->type == FINDING_READING)
        strbuf_printf(ret, "%s %.12g %s\n", finding->name, finding->value,
                      finding->unit);
    if (finding->type == FINDING_LOG)
        strbuf_printf(ret, "log %s\n", finding->text);
    if (finding->type != FINDING_STATE)
        return;
    strbuf_printf(ret, "%s ", state_name(finding->state));
    for (const char *c = finding->text; *c; c++)
        strbuf_putc(ret, *c == '\n' ? ' ' : *c);
    strbuf_putc(ret, '\n');
}

/* What the monitor makes of an end; an error is the state unknown, as in the daemon. */
static inline void said(const struct monitor *monitor, const struct settings *settings,
                        const struct ended *ended, struct strbuf *ret)
{
    AUTO(findings) struct findings findings = {0};
    struct look look = {.settings = settings, .root = "", .findings = &findings};
    struct error err = {0};
    if (monitor->read(&look, ended, &err) < 0)
        strbuf_printf(ret, "unknown %s\n", err.text);
    for (size_t i = 0; i < findings.count; i++)
        said_put(&findings.items[i], ret);
}

/* Takes the log away, which comes last: other readers say nothing of wrong items. */
static inline void said_drop_log(struct strbuf *said)
{
    const char *log = strstr(strbuf_text(said), "\nlog ");
    if (log)
        strbuf_shorten(said, (size_t)(log + 1 - said->data));
}

#endif
