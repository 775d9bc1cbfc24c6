// SPDX-License-Identifier: GPL-3.0-or-later
/* diskio - what each whole disk did since the last look: how busy it was, how much went
 * in and out, and how long an operation took. A disk that is busy does what it is there
 * for; one whose operations take seconds, for minutes, is about to die, or is asked for
 * far too much. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "monitor/choice.h"
#include "monitor/counters.h"
#include "monitor/proc.h"
#include "monitor/verdict.h"

#define PATH      "/proc/diskstats"
#define SECTOR    512 /* bytes, whatever the disk's own are */
#define NAME_SIZE 64

static const struct setting diskio_settings[] = {
    {"only", SETTING_TEXTS, NULL, NULL, "disks, as patterns; default: all but except"},
    {"except", SETTING_TEXTS, "loop* ram* zram* sr* fd* dm-* md* nbd*", NULL,
     "disks that are left out, as patterns"},
    {"warn", SETTING_PERCENT, NULL, NULL, "of the time busy"},
    {"fail", SETTING_PERCENT, NULL, NULL, "of the time busy"},
    {"wait-warn", SETTING_DURATION, "2s", NULL, "an operation took, on average"},
    {"wait-fail", SETTING_DURATION, NULL, NULL, "an operation took, on average"},
    {"times", SETTING_NUMBER, "10", NULL,
     "how many looks in a row must find it worse until that is said"},
    {NULL, SETTING_TEXT, NULL, NULL, NULL},
};

enum { READS, READ_SECTORS, READ_MS, WRITES, WRITE_SECTORS, WRITE_MS, BUSY_MS, FIELDS };

struct disk {
    char name[NAME_SIZE];
    uint64_t now[FIELDS];
};

/* "   8       0 sda 1234 …" */
static bool parse(const char *line, struct disk *ret)
{
    uint64_t *now = ret->now;
    return sscanf(line,
                  "%*u %*u %63s %" SCNu64 " %*u %" SCNu64 " %" SCNu64 " %" SCNu64
                  " %*u %" SCNu64 " %" SCNu64 " %*u %" SCNu64,
                  ret->name, &now[READS], &now[READ_SECTORS], &now[READ_MS],
                  &now[WRITES], &now[WRITE_SECTORS], &now[WRITE_MS],
                  &now[BUSY_MS]) == FIELDS + 1;
}

/* Partitions are within the folder of their disk. */
static bool is_whole(const struct look *look, const char *name)
{
    AUTO(str) char *path = text_format("%s/sys/block/%s", look->root, name);
    return access(path, F_OK) == 0;
}

static void judge(struct look *look, const char *name, double busy, double wait,
                  double count)
{
    AUTO(verdict) struct verdict verdict = {0};
    verdict_add(&verdict, &(struct threshold){
                              .what = "busy",
                              .value = busy,
                              .unit = "%",
                              .warn = look_bound(look, "warn"),
                              .fail = look_bound(look, "fail"),
                          });
    if (count == 0)
        verdict_add_state(&verdict, STATE_OK, "idle");
    verdict_add(&verdict, &(struct threshold){
                              .what = "an operation took",
                              .value = wait,
                              .unit = "s",
                              .warn = look_bound(look, "wait-warn"),
                              .fail = look_bound(look, "wait-fail"),
                          });
    verdict_say(&verdict, look->findings, name);
}

/* Nothing divided by nothing is not known: a disk that did nothing was not slow. */
static void compare(struct look *look, const struct disk *disk, const uint64_t *before,
                    double seconds)
{
    double rises[FIELDS];
    for (int i = 0; i < FIELDS; i++)
        rises[i] = counter_rise(before[i], disk->now[i]);
    double count = rises[READS] + rises[WRITES];
    double wait = (rises[READ_MS] + rises[WRITE_MS]) / count / 1000;
    double busy = rises[BUSY_MS] / (10 * seconds);
    busy = busy > 100 ? 100 : busy;

    judge(look, disk->name, busy, wait, count);
    if (!choice_is_read(look, disk->name))
        return;
    look_reading(look, disk->name, "busy", busy, "%");
    look_reading(look, disk->name, "read", rises[READ_SECTORS] * SECTOR / seconds,
                 "B/s");
    look_reading(look, disk->name, "write", rises[WRITE_SECTORS] * SECTOR / seconds,
                 "B/s");
    look_reading(look, disk->name, "wait", wait, "s");
}

/* -EAGAIN: it was not there at the last look. */
static int look_at(struct look *look, struct counters *counters, const char *line)
{
    struct disk disk;
    uint64_t before[FIELDS];
    if (!parse(line, &disk))
        return -EBADMSG;
    if (!choice_has(look->settings, disk.name) ||
        (!choice_names(look->settings, disk.name) && !is_whole(look, disk.name)))
        return 0;
    if (!counters_swap(counters, disk.name, disk.now, FIELDS, before))
        return -EAGAIN;
    compare(look, &disk, before, counters_seconds(counters));
    return 0;
}

static int diskio_look(struct look *look, struct error *err)
{
    AUTO(strbuf) struct strbuf text = {0};
    int rc = look_read(look, PATH, &text, err);
    if (rc < 0)
        return rc == -ENOENT ? 0 : rc;
    struct counters *counters = counters_begin(look);
    bool is_new = false;
    const char *line = strbuf_text(&text);
    while (*line) {
        rc = look_at(look, counters, line);
        if (rc == -EBADMSG)
            return proc_malformed(PATH, err);
        is_new = is_new || rc == -EAGAIN;
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    counters_end(counters);
    return is_new ? counters_need_look(err) : 0;
}

const struct monitor monitor_diskio = {
    .name = "diskio",
    .help = "how busy disks are, and how slow",
    .settings = diskio_settings,
    .place = MONITOR_INLINE,
    .is_default = true,
    .look = diskio_look,
    .forget = counters_forget,
};
