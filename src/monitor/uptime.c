// SPDX-License-Identifier: GPL-3.0-or-later
/* uptime - since when the machine is up, and for a while after a start whether it was
 * shut down before, or lost its power, crashed, or was reset.
 *
 * What is known of that is wtmp: whoever shuts a machine down in order writes so there,
 * between the record of one start and that of the next. Where nothing of this start is
 * in it, nobody knows. */
#include <errno.h>
#include <fcntl.h>
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
#define RECORDS_MAX 20000 /* that are looked at, from the last one on */
#define SAME_START  600 /* seconds between our reckoning of a start and the record's */

static const struct setting uptime_settings[] = {
    {"remember", SETTING_DURATION, "1h", NULL,
     "how long after a start that was not expected it is told"},
    {NULL, SETTING_TEXT, NULL, NULL, NULL},
};

/* What one look told the next: wtmp is read once. */
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

static enum ending ending_before(const struct look *look, int64_t started)
{
    AUTO(str) char *path = text_format("%s" WTMP, look->root);
    AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) < 0)
        return ENDING_UNKNOWN;
    return search(fd, status.st_size / (off_t)sizeof(struct utmp), started / 1000);
}

static enum ending recall(struct look *look, int64_t started)
{
    struct memory *memory = *look->memory;
    if (!memory) {
        memory = memory_new(sizeof *memory);
        memory->ending = ending_before(look, started);
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
