// SPDX-License-Identifier: GPL-3.0-or-later
/* os - which system this is, by os-release(5): its ID and VERSION_ID. */
#include <string.h>

#include "base/auto.h"
#include "base/memory.h"
#include "facts/facts.h"
#include "facts/machine.h"

extern const struct fact_source source_os;

struct release {
    char *name, *version; /* NULL: not said */
};

/* The value as a shell reads it: quotes go, and a backslash within them. */
static char *unquote(const char *text)
{
    AUTO(strbuf) struct strbuf value = {0};
    char quote = *text == '"' || *text == '\'' ? *text++ : '\0';
    for (; *text && *text != quote; text++) {
        if (*text == '\\' && text[1] && quote != '\'')
            text++;
        strbuf_putc(&value, *text);
    }
    return strbuf_take(&value);
}

static void read_line(char *line, size_t number UNUSED, void *context)
{
    struct release *release = context;
    char *equals = strchr(line, '=');
    if (!equals)
        return;
    *equals = '\0';
    char **place = strcmp(line, "ID") == 0           ? &release->name
                   : strcmp(line, "VERSION_ID") == 0 ? &release->version
                                                     : NULL;
    if (!place)
        return;
    free(*place);
    *place = unquote(equals + 1);
}

static int collect(const char *root, struct rows *ret, struct error *err)
{
    static const char *const paths[] = {"/etc/os-release", "/usr/lib/os-release"};
    struct release release = {0};
    const char *path = paths[machine_has(root, paths[0]) ? 0 : 1];
    int rc = machine_each_line(root, path, read_line, &release, err);
    AUTO(str) char *name = release.name;
    AUTO(str) char *version = release.version;
    if (rc == 0 && name && name[0])
        rows_add(ret, 2, (const char *const[]){name, version});
    return rc;
}

static const char *const columns[] = {"name text", "version version", NULL};
static const char *const watched[] = {"/etc/os-release", "/usr/lib/os-release", NULL};

const struct fact_source source_os = {
    .name = "os",
    .help = "the operating system: its ID and version, as in os-release",
    .columns = columns,
    .watched = watched,
    .collect = collect,
};
