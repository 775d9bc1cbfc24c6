// SPDX-License-Identifier: GPL-3.0-or-later
/* uptime - since when the machine is up, and for a while after a start whether it was
 * shut down before, or lost its power, crashed, or was reset.
 *
 * Two know of that. Whoever shuts a machine down in order writes so into wtmp, between
 * the record of one start and that of the next. And systemd's journal, at its start,
 * sets aside a file that was not closed: "system@TIME-NUMBER.journal~". Where there is
 * neither, as on a machine without systemd that keeps no wtmp, nobody knows. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utmp.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/units.h"
#include "monitor/proc.h"
#include "monitor/verdict.h"

#define PATH        "/proc/uptime"
#define WTMP        "/var/log/wtmp"
#define JOURNALS    "/var/log/journal/*/system@*.journal~"
#define RECORDS_MAX 20000 /* that are looked at, from the last one on */
#define SAME_START  600 /* seconds between our reckoning of a start and the record's */

static const struct setting uptime_settings[] = {
    {"remember", SETTING_DURATION, "1h", NULL,
     "how long after a start that was not expected it is told"},
    {NULL, SETTING_TEXT, NULL, NULL, NULL},
};

/* What one look told the next: the records are read once. */
enum ending { ENDING_UNKNOWN, ENDING_SHUTDOWN, ENDING_UNEXPECTED };

struct memory {
    enum ending ending;
};

static bool is_shutdown(const struct utmp *record)
{
    return record->ut_type == RUN_LVL &&
           strncmp(record->ut_user, "shutdown", sizeof record->ut_user) == 0;
}

/* The records from the last one back: this start, then a shutdown or an earlier start.
 * Of the first start of all there is nothing to tell. */
static enum ending search(int fd, int64_t count, int64_t started)
{
    bool has_start = false;
    for (int64_t i = count - 1; i >= 0 && i > count - RECORDS_MAX; i--) {
        struct utmp record;
        if (pread(fd, &record, sizeof record, i * (off_t)sizeof record) !=
            (ssize_t)sizeof record)
            return ENDING_UNKNOWN;
        if (has_start && is_shutdown(&record))
            return ENDING_SHUTDOWN;
        if (record.ut_type != BOOT_TIME)
            continue;
        if (has_start)
            return ENDING_UNEXPECTED;
        if (llabs((long long)record.ut_tv.tv_sec - started) > SAME_START)
            return ENDING_UNKNOWN;
        has_start = true;
    }
    return ENDING_UNKNOWN;
}

/* Its TIME is in us, in hexadecimal digits. */
static bool is_of_start(const char *path, int64_t started)
{
    uint64_t time;
    return sscanf(strrchr(path, '@'), "@%16" SCNx64 "-", &time) == 1 &&
           llabs((long long)(time / 1000000) - started) <= SAME_START;
}

static bool has_open_journal(const struct look *look, int64_t started)
{
    AUTO(str) char *pattern = text_format("%s" JOURNALS, look->root);
    glob_t found = {0};
    bool is_found = false;
    if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0)
        for (size_t i = 0; !is_found && i < found.gl_pathc; i++)
            is_found = is_of_start(found.gl_pathv[i], started);
    globfree(&found);
    return is_found;
}

static enum ending read_wtmp(const struct look *look, int64_t started)
{
    AUTO(str) char *path = text_format("%s" WTMP, look->root);
    AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) < 0)
        return ENDING_UNKNOWN;
    return search(fd, status.st_size / (off_t)sizeof(struct utmp), started);
}

static enum ending ending_before(const struct look *look, int64_t started)
{
    enum ending ending = read_wtmp(look, started);
    if (ending == ENDING_UNKNOWN && has_open_journal(look, started))
        ending = ENDING_UNEXPECTED;
    return ending;
}

static enum ending recall(struct look *look, int64_t started)
{
    struct memory *memory = *look->memory;
    if (!memory) {
        memory = memory_new(sizeof *memory);
        memory->ending = ending_before(look, started / 1000);
        *look->memory = memory;
    }
    return memory->ending;
}

static int uptime_look(struct look *look, struct error *err)
{
    AUTO(strbuf) struct strbuf text = {0};
    int rc = look_read(look, PATH, &text, err);
    if (rc < 0)
        return rc;
    double up;
    if (sscanf(strbuf_text(&text), "%lf", &up) != 1 || !isfinite(up) || up < 0 ||
        up > 1e10)
        return proc_malformed(PATH, err);
    look_reading(look, NULL, "up", floor(up), "s");

    int64_t ms = llround(up * 1000), started = look->now - ms;
    if (ms < settings_duration(look->settings, "remember") &&
        recall(look, started) == ENDING_UNEXPECTED) {
        char ago[UNITS_TEXT_SIZE];
        findings_state(look->findings, NULL, STATE_WARNING,
                       "rebooted %s ago, and not by shutdown",
                       duration_format(ms, ago));
        return 0;
    }
    char since[CLOCK_TEXT_SIZE];
    clock_format_local(started, CLOCK_ZONED, since);
    findings_state(look->findings, NULL, STATE_OK, "up since %s", since);
    return 0;
}

const struct monitor monitor_uptime = {
    .name = "uptime",
    .help = "since when the machine is up, and whether it was shut down before",
    .settings = uptime_settings,
    .place = MONITOR_INLINE,
    .is_default = true,
    .look = uptime_look,
    .forget = free,
};
