// SPDX-License-Identifier: GPL-3.0-or-later
/* nagios - any plugin written for Nagios, Icinga, Naemon: its exit status is the state,
 * its text the text, its perfdata the readings.
 *
 *     TEXT | PERFDATA          the first line
 *     LONG TEXT                any number of lines
 *     LONG TEXT | PERFDATA     from here on, all lines are perfdata
 *     PERFDATA
 *
 * Every other ending is critical, in the words of Nagios Core. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/strbuf.h"
#include "monitor/helper.h"
#include "monitor/lines.h"
#include "monitor/monitor.h"
#include "monitor/perfdata.h"

#define NAME_MAX_BYTES 200 /* of a reading's name */

static const struct setting settings[] = {
    {.name = "command",
     .type = SETTING_TEXTS,
     .fallback = setting_required,
     .help = "the plugin and its arguments; no shell is between"},
    {.name = "timeout",
     .type = SETTING_DURATION,
     .fallback = "60s",
     .help = "after which the plugin is ended, and critical"},
    {.name = NULL},
};

/* Where distributions put plugins. */
static const char *const folders[] = {
    "/usr/lib/nagios/plugins",
    "/usr/lib64/nagios/plugins",
    "/usr/lib/monitoring-plugins",
    "/usr/libexec/monitoring-plugins",
    "/usr/local/libexec/nagios",
    "/usr/local/nagios/libexec",
    NULL,
};

/* check_disk is looked for where plugins are, and then in PATH. */
static char *find_plugin(const char *name)
{
    for (size_t i = 0; folders[i] && !strchr(name, '/'); i++) {
        AUTO(str) char *path = text_format("%s/%s", folders[i], name);
        if (access(path, X_OK) == 0)
            return TAKE(path);
    }
    return text_copy(name);
}

static int nagios_command(const struct settings *told, struct texts *argv,
                          struct error *err)
{
    const struct texts *command = settings_texts(told, "command");
    if (command->count == 0 || !command->items[0][0])
        return error_set(err, -EINVAL, "the command is empty");
    AUTO(str) char *plugin = find_plugin(command->items[0]);
    texts_add(argv, plugin);
    for (size_t i = 1; i < command->count; i++)
        texts_add(argv, command->items[i]);
    return 0;
}

/* A plugin's output, taken apart. */
struct output {
    struct strbuf text, perfdata;
};

static void output_clear(struct output *output)
{
    strbuf_clear(&output->text);
    strbuf_clear(&output->perfdata);
}
AUTO_DEFINE_CLEAR(output)

static void add_line(struct strbuf *buf, const char *line, size_t size)
{
    while (size > 0 && strchr(" \t\r", line[size - 1]))
        size--;
    strbuf_add(buf, line, size);
    strbuf_putc(buf, '\n');
}

/* text: the whole output, without a NUL in it. */
static void split(const char *text, struct output *ret)
{
    bool is_perfdata = false;
    for (int number = 1; *text; number++) {
        size_t length = strcspn(text, "\n");
        size_t words = is_perfdata ? 0 : strcspn(text, "|\n");
        size_t bar = words < length && !is_perfdata;
        if (!is_perfdata)
            add_line(&ret->text, text, words);
        add_line(&ret->perfdata, text + words + bar, length - words - bar);
        is_perfdata = is_perfdata || (bar && number > 1);
        text += length + (text[length] == '\n');
    }
}

/* Without the blanks and newlines around it; the result begins within text. */
static const char *trim(char *text)
{
    size_t size = strlen(text);
    while (size > 0 && strchr(" \t\r\n", text[size - 1]))
        text[--size] = '\0';
    return text + strspn(text, " \t\r\n");
}

static char *said_on_stderr(const struct ended *ended)
{
    AUTO(str) char *errors = lines_text(ended->errors, ended->errors_size);
    return text_copy(trim(errors));
}

/* What a label may be called as a reading: printable ASCII without blanks. */
static char *reading_name(const char *label)
{
    char *name = text_copy(label);
    size_t size = strlen(name);
    size = size < NAME_MAX_BYTES ? size : NAME_MAX_BYTES;
    name[size] = '\0';
    for (char *c = name; *c; c++)
        if (*c <= ' ' || *c >= 0x7F)
            *c = '_';
    return name;
}

/* A wrong item is logged when it is not the one that the look before logged. */
static void log_wrong(const struct look *look, const char *what)
{
    AUTO(str) char *text = text_format("perfdata: %s", what);
    char **last = (char **)look->memory;
    if (last && *last && strcmp(*last, text) == 0)
        return;
    if (last) {
        free(*last);
        *last = text_copy(text);
    }
    struct finding finding = {.type = FINDING_LOG, .text = TAKE(text)};
    findings_add(look->findings, &finding);
}

/* What is wrong with an item costs that item alone. */
static void read_perfdata(const struct look *look, const char *text)
{
    struct error first = {0}, err;
    size_t at = 0;
    for (;;) {
        AUTO(perfdata) struct perfdata item = {0};
        int rc = perfdata_next(text, &at, &item, &err);
        if (rc == 0)
            break;
        if (rc < 0 && !first.text[0])
            first = err;
        if (rc < 0 || !item.is_known)
            continue;
        AUTO(str) char *name = reading_name(item.label);
        findings_reading(look->findings, NULL, name, item.value, item.unit);
    }
    if (first.text[0])
        log_wrong(look, first.text);
}

static void add_state(const struct ended *ended, const char *text,
                      struct findings *findings)
{
    static const enum state states[] = {STATE_OK, STATE_WARNING, STATE_FAIL,
                                        STATE_UNKNOWN};
    AUTO(str) char *errors = said_on_stderr(ended);
    AUTO(str) char *readable = lines_text(text, strlen(text));
    const char *words = trim(readable);
    if (*words)
        findings_state(findings, NULL, states[ended->status], "%s", words);
    else if (*errors)
        findings_state(findings, NULL, states[ended->status],
                       "(No output on stdout) stderr: %s", errors);
    else
        findings_state(findings, NULL, states[ended->status],
                       "(No output returned from plugin)");
}

static void read_output(const struct look *look, const struct ended *ended)
{
    AUTO(str) char *whole = memory_copy(ended->out, ended->out_size);
    for (size_t i = 0; i < ended->out_size; i++)
        if (whole[i] == '\0')
            whole[i] = ' ';
    AUTO(output) struct output output = {0};
    split(whole, &output);
    add_state(ended, strbuf_text(&output.text), look->findings);
    read_perfdata(look, strbuf_text(&output.perfdata));
}

/* Nagios' words for what is no answer. */
static char *bad_ending(const struct look *look, const struct ended *ended)
{
    if (ended->is_too_slow)
        return text_format("(Service check timed out after %.2f seconds)",
                           (double)settings_duration(look->settings, "timeout") / 1000);
    if (ended->status < 0)
        return text_format("(Service check did not exit properly) signal %d (%s)",
                           ended->signal, strsignal(ended->signal));
    const char *why = ended->status == 126   ? " - plugin may not be executable"
                      : ended->status == 127 ? " - plugin may be missing"
                                             : "";
    return text_format("(Return code of %d is out of bounds%s)", ended->status, why);
}

static int nagios_read(const struct look *look, const struct ended *ended,
                       struct error *err)
{
    int64_t timeout = settings_duration(look->settings, "timeout");
    if (ended->is_cut)
        return ended_check(ended, timeout, err);
    bool is_answer = !ended->is_too_slow && ended->status >= 0 && ended->status <= 3;
    if (is_answer) {
        read_output(look, ended);
        return 0;
    }
    AUTO(str) char *words = bad_ending(look, ended);
    AUTO(str) char *errors = said_on_stderr(ended);
    findings_state(look->findings, NULL, STATE_FAIL, "%s%s%s", words,
                   *errors ? "\n" : "", errors);
    return 0;
}

const struct monitor monitor_nagios = {
    .name = "nagios",
    .help = "what a plugin written for Nagios says",
    .settings = settings,
    .place = MONITOR_PROGRAM,
    .command = nagios_command,
    .read = nagios_read,
    .forget = free,
};
