// SPDX-License-Identifier: GPL-3.0-or-later
/* disk - what is left on each file system, in bytes and in inodes, and whether it can
 * still be written.
 *
 * A file system is looked at once, however often it is mounted. Blocks that are kept
 * for root count as df counts them: they are neither used nor free. */
#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/files.h"
#include "base/memory.h"
#include "base/mounts.h"
#include "base/units.h"
#include "monitor/choice.h"
#include "monitor/monitor.h"
#include "monitor/verdict.h"

#define FSTAB_MAX (1 << 20) /* bytes */

static const struct setting disk_settings[] = {
    {"warn", SETTING_PERCENT, "90%", NULL, "space used, from which on it warns"},
    {"fail", SETTING_PERCENT, "97%", NULL, "space used, from which on it fails"},
    {"free-warn", SETTING_SIZE, NULL, NULL, "space free, below which it warns"},
    {"free-fail", SETTING_SIZE, NULL, NULL, "space free, below which it fails"},
    {"inodes-warn", SETTING_PERCENT, "90%", NULL,
     "inodes used, from which on it warns"},
    {"inodes-fail", SETTING_PERCENT, "97%", NULL,
     "inodes used, from which on it fails"},
    {"only", SETTING_TEXTS, NULL, NULL, "mount points, or patterns of them"},
    {"except", SETTING_TEXTS, NULL, NULL, "mount points, or patterns, to leave out"},
    {"network", SETTING_FLAG, "#f", NULL, "network file systems too"},
    {NULL, SETTING_TEXT, NULL, NULL, NULL},
};

/* In a container, what is mounted on / is an overlay. */
static bool is_usual(const struct look *look, const struct mount *mount)
{
    switch (mount_kind(mount)) {
    case MOUNT_STORAGE:
        return true;
    case MOUNT_NETWORK:
        return settings_flag(look->settings, "network");
    case MOUNT_OVERLAY:
        return strcmp(mount->place, "/") == 0;
    default:
        return false;
    }
}

/* What is named in full is looked at, whatever it is. */
static bool is_watched(const struct look *look, const struct mounts *mounts,
                       const struct mount *mount)
{
    if (choice_names(look->settings, mount->place))
        return true;
    return choice_has(look->settings, mount->place) && is_usual(look, mount) &&
           !mounts_has_better(mounts, mount);
}

/* Whether a line of fstab, "SOURCE PLACE TYPE OPTIONS …", says that it is written. */
static bool is_writable_entry(char *line, const char *place)
{
    char *words[4];
    size_t count = 0;
    for (char *word; count < 4 && (word = strsep(&line, " \t")) != NULL;)
        if (*word)
            words[count++] = word;
    if (count < 4 || words[0][0] == '#')
        return false;
    mount_unescape(words[1]);
    return strcmp(words[1], place) == 0 && !mount_has_option(words[3], "ro");
}

static bool is_meant_to_be_written(const char *fstab, const char *place)
{
    AUTO(str) char *copy = text_copy(fstab);
    char *at = copy;
    for (char *line = strsep(&at, "\n"); line; line = strsep(&at, "\n"))
        if (is_writable_entry(line, place))
            return true;
    return false;
}

/* After an error the kernel lets nobody write to the file system, while the mount
 * itself still says rw; and who remounted it by hand may have forgotten it. */
static void judge_writing(struct verdict *verdict, const struct mount *mount,
                          const char *fstab)
{
    bool is_mount_read_only = mount_has_option(mount->options, "ro");
    if (!is_mount_read_only && mount_has_option(mount->own_options, "ro"))
        verdict_add_state(verdict, STATE_FAIL,
                          "read-only, though it was mounted to be written: the "
                          "kernel's log says why");
    if (is_mount_read_only && is_meant_to_be_written(fstab, mount->place))
        verdict_add_state(verdict, STATE_FAIL,
                          "read-only, though /etc/fstab says that it is written");
}

static void judge_space(struct verdict *verdict, struct look *look, const char *part,
                        const struct statvfs *status)
{
    double used = (double)(status->f_blocks - status->f_bfree);
    double available = (double)status->f_bavail;
    double percent = used + available > 0 ? 100 * used / (used + available) : 100;
    double free_bytes = available * (double)status->f_frsize;
    char text[UNITS_TEXT_SIZE];
    AUTO(str)
    char *detail = text_format("%s free", size_format((int64_t)free_bytes, text));
    verdict_add(verdict, &(struct threshold){.what = "space used",
                                             .value = percent,
                                             .unit = "%",
                                             .detail = detail,
                                             .warn = look_bound(look, "warn"),
                                             .fail = look_bound(look, "fail")});
    verdict_add(verdict, &(struct threshold){.what = "space free",
                                             .value = free_bytes,
                                             .unit = "B",
                                             .warn = look_bound(look, "free-warn"),
                                             .fail = look_bound(look, "free-fail"),
                                             .is_low_bad = true});
    if (!choice_is_read(look, part))
        return;
    look_reading(look, part, "used", percent, "%");
    look_reading(look, part, "free", free_bytes, "B");
}

/* Some file systems make inodes as they need them, and count none. */
static void judge_inodes(struct verdict *verdict, struct look *look, const char *part,
                         const struct statvfs *status)
{
    if (status->f_files == 0)
        return;
    double percent =
        100 * (double)(status->f_files - status->f_ffree) / (double)status->f_files;
    verdict_add(verdict, &(struct threshold){.what = "inodes used",
                                             .value = percent,
                                             .unit = "%",
                                             .warn = look_bound(look, "inodes-warn"),
                                             .fail = look_bound(look, "inodes-fail")});
    if (choice_is_read(look, part))
        look_reading(look, part, "inodes", percent, "%");
}

static void judge(struct look *look, const struct mount *mount, const char *fstab)
{
    AUTO(str) char *path = text_format("%s%s", look->root, mount->place);
    AUTO(verdict) struct verdict verdict = {0};
    struct statvfs status;
    if (statvfs(path, &status) < 0) {
        findings_state(look->findings, mount->place, STATE_UNKNOWN,
                       "it cannot be looked at: %s", strerror(errno));
        return;
    }
    if (status.f_blocks > 0) {
        judge_space(&verdict, look, mount->place, &status);
        judge_inodes(&verdict, look, mount->place, &status);
    }
    judge_writing(&verdict, mount, fstab);
    verdict_say(&verdict, look->findings, mount->place);
}

static bool is_mounted(const struct mounts *mounts, const char *place)
{
    for (size_t i = 0; i < mounts->count; i++)
        if (strcmp(mounts->items[i].place, place) == 0)
            return true;
    return false;
}

/* A mount point that is named shall be one. */
static void miss_mounts(struct look *look, const struct mounts *mounts)
{
    size_t at = 0;
    for (const char *place; (place = choice_next_name(look->settings, &at)) != NULL;)
        if (!is_mounted(mounts, place))
            findings_state(look->findings, place, STATE_FAIL,
                           "nothing is mounted there");
}

static int disk_look(struct look *look, struct error *err)
{
    AUTO(mounts) struct mounts mounts = {0};
    AUTO(strbuf) struct strbuf fstab = {0};
    AUTO(str) char *path = text_format("%s/etc/fstab", look->root);
    int rc = mounts_read(look->root, &mounts, err);
    if (rc < 0)
        return rc;
    rc = files_read(path, FSTAB_MAX, &fstab, err);
    if (rc < 0 && rc != -ENOENT)
        return rc;
    for (size_t i = 0; i < mounts.count; i++)
        if (is_watched(look, &mounts, &mounts.items[i]))
            judge(look, &mounts.items[i], strbuf_text(&fstab));
    miss_mounts(look, &mounts);
    return 0;
}

const struct monitor monitor_disk = {
    .name = "disk",
    .help = "space, inodes and read-only remounts of each file system",
    .settings = disk_settings,
    .place = MONITOR_FORKED,
    .is_default = true,
    .look = disk_look,
};
