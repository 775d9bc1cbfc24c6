// SPDX-License-Identifier: GPL-3.0-or-later
/* systemd - "PROPERTY=value" lines, an empty line behind each unit. */
#include "facts/systemd.h"

#include <stddef.h>
#include <string.h>

#include "base/auto.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "facts/machine.h"

#define ARGUMENTS_MAX 16

/* One unit, while its lines come. */
struct answer {
    const struct systemd_question *question;
    struct strbuf values[SYSTEMD_PROPERTIES_MAX];
    bool is_begun;
};

bool systemd_runs(const char *root)
{
    return machine_has(root, "/run/systemd/system");
}

static void read_line(struct answer *answer, const char *line)
{
    size_t length = strcspn(line, "=");
    const char *const *names = answer->question->properties;
    for (size_t i = 0; line[length] && names[i]; i++)
        if (strlen(names[i]) == length && strncmp(names[i], line, length) == 0) {
            if (answer->values[i].size > 0)
                strbuf_putc(&answer->values[i], '\n');
            strbuf_puts(&answer->values[i], line + length + 1);
            answer->is_begun = true;
        }
}

static void end_unit(struct answer *answer)
{
    const char *values[SYSTEMD_PROPERTIES_MAX];
    for (size_t i = 0; i < SYSTEMD_PROPERTIES_MAX; i++)
        values[i] = strbuf_text(&answer->values[i]);
    if (answer->is_begun)
        answer->question->each(values, answer->question->context);
    for (size_t i = 0; i < SYSTEMD_PROPERTIES_MAX; i++)
        strbuf_clear(&answer->values[i]);
    answer->is_begun = false;
}

static char *list_properties(const char *const *properties)
{
    AUTO(strbuf) struct strbuf list = {0};
    strbuf_puts(&list, "--property=");
    for (size_t i = 0; properties[i]; i++)
        strbuf_printf(&list, "%s%s", i ? "," : "", properties[i]);
    return strbuf_take(&list);
}

int systemd_ask(const char *root, const struct systemd_question *question,
                struct error *err)
{
    AUTO(strbuf) struct strbuf out = {0};
    AUTO(str) char *properties = list_properties(question->properties);
    const char *argv[ARGUMENTS_MAX] = {"systemctl", "show", "--no-pager", properties,
                                       "--"};
    size_t count = 5;
    for (size_t i = 0; question->patterns[i] && count + 1 < ARGUMENTS_MAX; i++)
        argv[count++] = question->patterns[i];
    int rc = machine_run(root, argv, &out, err);
    if (rc < 0 || out.size == 0)
        return rc;

    struct answer answer = {.question = question};
    char *next = out.data;
    for (char *line; (line = strsep(&next, "\n")) != NULL;) {
        if (line[0])
            read_line(&answer, line);
        else
            end_unit(&answer);
    }
    end_unit(&answer);
    return 0;
}
