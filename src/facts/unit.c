// SPDX-License-Identifier: GPL-3.0-or-later
/* unit - the services, sockets, timers and paths of systemd, or the services of
 * Shepherd, and whether each is active, inactive, failed or masked.
 *
 * So that a row stays while nothing is done to the machine: what runs once and ends is
 * inactive while it runs too; what is inactive is named only where it is enabled; and
 * sessions, what is made by programs, and what starts when somebody asks it and ends by
 * itself are left out. */
#include <fnmatch.h>
#include <string.h>

#include "facts/facts.h"
#include "facts/machine.h"
#include "facts/systemd.h"

extern const struct fact_source source_unit;

/* ---- systemd ---- */

enum { ID, LOAD, ACTIVE, TYPE, FILE_STATE, TRANSIENT };
static const char *const properties[] = {
    "Id", "LoadState", "ActiveState", "Type", "UnitFileState", "Transient", NULL};

static bool is_passing(const char *id)
{
    static const char *const patterns[] = {
        "user@*.service",
        "user-runtime-dir@*.service",
        "session-*",
        "run-*",
        "systemd-coredump@*",
        "systemd-hostnamed.service",
        "systemd-localed.service",
        "systemd-timedated.service",
        "packagekit.service",
        "fprintd.service",
        "dbus-:*",
        NULL,
    };
    for (size_t i = 0; patterns[i]; i++)
        if (fnmatch(patterns[i], id, 0) == 0)
            return true;
    return false;
}

/* NULL: it is not worth a row. */
static const char *state_of(const char *const *values)
{
    const char *active = values[ACTIVE];
    bool runs_once = strcmp(values[TYPE], "oneshot") == 0;
    if (strcmp(values[LOAD], "masked") == 0)
        return "masked";
    if (strcmp(active, "failed") == 0)
        return "failed";
    if (strcmp(active, "active") == 0 || strcmp(active, "reloading") == 0)
        return "active";
    if (strcmp(active, "inactive") != 0 && !runs_once)
        return "active"; /* on its way there, or from there */
    return strcmp(values[FILE_STATE], "enabled") == 0 ? "inactive" : NULL;
}

static void add_unit(const char *const *values, void *context)
{
    const char *state = state_of(values);
    bool is_known =
        strcmp(values[LOAD], "loaded") == 0 || strcmp(values[LOAD], "masked") == 0;
    if (is_known && state && strcmp(values[TRANSIENT], "yes") != 0 &&
        !is_passing(values[ID]))
        rows_add(context, 2, (const char *const[]){values[ID], state});
}

static int collect_systemd(const char *root, struct rows *rows, struct error *err)
{
    static const char *const patterns[] = {"*.service", "*.socket", "*.timer", "*.path",
                                           NULL};
    struct systemd_question question = {.patterns = patterns,
                                        .properties = properties,
                                        .each = add_unit,
                                        .context = rows};
    return systemd_ask(root, &question, err);
}

/* ---- Shepherd ---- */

/* "Started:", and below it " + nginx". What ran once ("*") is in no state. */
static void read_status_line(struct rows *rows, const char *line)
{
    static const struct {
        char sign;
        const char *state;
    } signs[] = {{'+', "active"}, {'^', "active"}, {'-', "inactive"}, {'!', "failed"}};
    if (line[0] != ' ' || !line[1] || line[2] != ' ' || !line[3])
        return;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (signs[i].sign == line[1])
            rows_add(rows, 2, (const char *const[]){line + 3, signs[i].state});
}

static int collect_shepherd(const char *root, struct rows *rows, struct error *err)
{
    static const char *const argv[] = {"herd", "status", NULL};
    AUTO(strbuf) struct strbuf out = {0};
    int rc = machine_run(root, argv, &out, err);
    char *next = rc == 0 ? out.data : NULL;
    for (char *line; (line = strsep(&next, "\n")) != NULL;)
        read_status_line(rows, line);
    return rc;
}

static int collect(const char *root, struct rows *ret, struct error *err)
{
    if (systemd_runs(root))
        return collect_systemd(root, ret, err);
    if (machine_has(root, "/run/shepherd/socket") ||
        machine_has(root, "/var/run/shepherd/socket"))
        return collect_shepherd(root, ret, err);
    return 0;
}

static const char *const columns[] = {"unit text key", "state text", NULL};
static const char *const watched[] = {"/etc/systemd/system",
                                      "/etc/systemd/system/multi-user.target.wants",
                                      "/run/current-system", NULL};

const struct fact_source source_unit = {
    .name = "unit",
    .help = "the services of systemd or Shepherd: active, inactive, failed, masked",
    .columns = columns,
    .watched = watched,
    .collect = collect,
};
