// SPDX-License-Identifier: GPL-3.0-or-later
/* user - who may be on this machine by /etc/passwd. The name services are not asked:
 * they may hang, and hold a whole company. */
#include <string.h>

#include "facts/facts.h"
#include "facts/machine.h"

extern const struct fact_source source_user;

#define PATH "/etc/passwd"

enum { NAME, PASSWORD, UID, GID, COMMENT, HOME, SHELL, FIELDS };

struct reading_users {
    struct rows *rows;
    struct damage damage;
};

static size_t split(char *line, char *fields[FIELDS])
{
    size_t count = 0;
    for (char *next = line; next && count < FIELDS; count++)
        fields[count] = strsep(&next, ":");
    return count;
}

static void read_line(char *line, size_t number, void *context)
{
    struct reading_users *reading = context;
    char *fields[FIELDS];
    if (!line[0] || strchr("#+-", line[0]))
        return; /* + and - speak of the name services */
    bool is_whole = split(line, fields) == FIELDS && fields[NAME][0];
    if (!is_whole || !fields[UID][0] ||
        fields[UID][strspn(fields[UID], "0123456789")]) {
        damage_add(&reading->damage, PATH ": line %zu is no user", number);
        return;
    }
    const char *shell = fields[SHELL][0] ? fields[SHELL] : "/bin/sh";
    rows_add(reading->rows, 3, (const char *const[]){fields[NAME], fields[UID], shell});
}

static int collect(const char *root, struct rows *ret, struct error *err)
{
    struct reading_users reading = {.rows = ret};
    int rc = machine_each_line(root, PATH, read_line, &reading, err);
    return rc < 0 ? rc : damage_result(&reading.damage, err);
}

static const char *const columns[] = {"name text key", "uid number", "shell text",
                                      NULL};
static const char *const watched[] = {PATH, NULL};

const struct fact_source source_user = {
    .name = "user",
    .help = "the users of /etc/passwd",
    .columns = columns,
    .watched = watched,
    .collect = collect,
};
