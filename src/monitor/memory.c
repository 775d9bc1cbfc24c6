// SPDX-License-Identifier: GPL-3.0-or-later
/* memory - how much programs can still have without swapping. In a container, which may
 * have less than its machine, the limit of the control group that is the root of what
 * we see. What ZFS caches the kernel does not count as available, though it is given
 * back to who needs it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "monitor/monitor.h"
#include "monitor/proc.h"
#include "monitor/verdict.h"

#define PATH "/proc/meminfo"

static const struct setting memory_settings[] = {
    {"warn", SETTING_PERCENT, "10%", NULL, "available, from there down"},
    {"fail", SETTING_PERCENT, "5%", NULL, "available, from there down"},
    {NULL, SETTING_TEXT, NULL, NULL, NULL},
};

struct amount {
    double total, available; /* bytes */
};

/* Kernels before 3.14 leave the reckoning to us. */
static bool available(const char *text, uint64_t *ret)
{
    uint64_t idle, cached, buffers = 0;
    if (proc_field(text, "MemAvailable:", ret))
        return true;
    if (!proc_field(text, "MemFree:", &idle) || !proc_field(text, "Cached:", &cached))
        return false;
    proc_field(text, "Buffers:", &buffers);
    *ret = idle + cached + buffers;
    return true;
}

/* "size                            4    8589934592", and c_min, which it keeps. */
static uint64_t cached_by_zfs(const struct look *look)
{
    AUTO(strbuf) struct strbuf text = {0};
    uint64_t size, least;
    if (look_read(look, "/proc/spl/kstat/zfs/arcstats", &text, NULL) < 0 ||
        !proc_field(strbuf_text(&text), "size                            4", &size) ||
        !proc_field(strbuf_text(&text), "c_min                           4", &least))
        return 0;
    return size > least ? (size - least) / 1024 : 0;
}

static int read_machine(const struct look *look, struct amount *ret, struct error *err)
{
    AUTO(strbuf) struct strbuf text = {0};
    int rc = look_read(look, PATH, &text, err);
    if (rc < 0)
        return rc;
    uint64_t total, rest;
    if (!proc_field(strbuf_text(&text), "MemTotal:", &total) || total == 0 ||
        !available(strbuf_text(&text), &rest))
        return proc_malformed(PATH, err);
    rest += cached_by_zfs(look);
    rest = rest < total ? rest : total;
    *ret = (struct amount){.total = (double)total * 1024,
                           .available = (double)rest * 1024};
    return 0;
}

/* Version 2 of control groups, and version 1. */
static const struct group_files {
    const char *limit, *used, *details, *inactive;
} group_files[] = {
    {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current",
     "/sys/fs/cgroup/memory.stat", "inactive_file"},
    {"/sys/fs/cgroup/memory/memory.limit_in_bytes",
     "/sys/fs/cgroup/memory/memory.usage_in_bytes", "/sys/fs/cgroup/memory/memory.stat",
     "total_inactive_file"},
};

/* What files keep in memory and nobody used lately is available. */
static bool read_group(const struct look *look, const struct group_files *files,
                       struct amount *ret)
{
    int64_t limit, used;
    if (proc_number(look, files->limit, &limit, NULL) < 0 || limit <= 0 ||
        proc_number(look, files->used, &used, NULL) < 0)
        return false;
    AUTO(strbuf) struct strbuf text = {0};
    uint64_t inactive = 0;
    if (look_read(look, files->details, &text, NULL) == 0)
        proc_field(strbuf_text(&text), files->inactive, &inactive);
    double rest = (double)limit - (double)used + (double)inactive;
    *ret = (struct amount){.total = (double)limit, .available = rest > 0 ? rest : 0};
    return true;
}

static bool narrow(const struct look *look, struct amount *amount)
{
    bool is_narrowed = false;
    for (size_t i = 0; i < sizeof group_files / sizeof *group_files; i++) {
        struct amount group = {0};
        if (!read_group(look, &group_files[i], &group) || group.total >= amount->total)
            continue;
        if (group.available > amount->available)
            group.available = amount->available;
        *amount = group;
        is_narrowed = true;
    }
    return is_narrowed;
}

static int memory_look(struct look *look, struct error *err)
{
    struct amount amount = {0};
    int rc = read_machine(look, &amount, err);
    if (rc < 0)
        return rc;
    bool is_limited = narrow(look, &amount);
    double percent = 100 * amount.available / amount.total;
    look_reading(look, NULL, "available", percent, "%");

    char detail[96], size[UNITS_TEXT_SIZE], all[UNITS_TEXT_SIZE];
    snprintf(detail, sizeof detail, "%s of %s%s",
             size_format((int64_t)amount.available, size),
             size_format((int64_t)amount.total, all),
             is_limited ? ", the limit of its control group" : "");
    look_judge(look, NULL,
               &(struct threshold){
                   .what = "memory available",
                   .value = percent,
                   .unit = "%",
                   .detail = detail,
                   .is_low_bad = true,
               });
    return 0;
}

const struct monitor monitor_memory = {
    .name = "memory",
    .help = "how much memory programs can still have",
    .settings = memory_settings,
    .place = MONITOR_INLINE,
    .is_default = true,
    .look = memory_look,
};
