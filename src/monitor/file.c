// SPDX-License-Identifier: GPL-3.0-or-later
/* file - whether files are there, and as old, as large, and whose they should be. Each
 * path is a part, file:/etc/passwd, and so is each pattern, whose state is that of the
 * worst file that fits it. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <pwd.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/units.h"
#include "monitor/monitor.h"
#include "monitor/verdict.h"

#define PIECE_SIZE 65536
#define SUM_SIZE   (2 * crypto_hash_sha256_BYTES + 1)

static const struct setting file_settings[] = {
    {"path", SETTING_TEXTS, setting_required, NULL, "files, or patterns of them"},
    {"newest", SETTING_FLAG, "#f", NULL, "of each pattern, look at the newest alone"},
    {"absent", SETTING_FLAG, "#f", NULL, "fail where there is one"},
    {"age-warn", SETTING_DURATION, NULL, NULL,
     "since it was written: warn from this on"},
    {"age-fail", SETTING_DURATION, NULL, NULL,
     "since it was written: fail from this on"},
    {"age-min", SETTING_DURATION, NULL, NULL,
     "fail when it was written later than this"},
    {"size-warn", SETTING_SIZE, NULL, NULL, "warn from this on"},
    {"size-fail", SETTING_SIZE, NULL, NULL, "fail from this on"},
    {"size-min", SETTING_SIZE, NULL, NULL, "fail when it is smaller"},
    {"sha256", SETTING_TEXT, NULL, NULL, "fail when its sum is another one"},
    {"mode", SETTING_TEXT, NULL, NULL, "fail when its mode is not this: \"0640\""},
    {"owner", SETTING_TEXT, NULL, NULL,
     "fail unless it is USER's, USER:GROUP's, :GROUP's"},
    {"newer-than", SETTING_TEXT, NULL, NULL, "fail when this other file is newer"},
    {NULL, SETTING_TEXT, NULL, NULL, NULL},
};

/* One file and what is thought of it. */
struct subject {
    const struct look *look;
    const char *path; /* with the root before it */
    const struct stat *status;
    struct verdict *verdict;
};

static double written(const struct stat *status)
{
    return (double)status->st_mtim.tv_sec + (double)status->st_mtim.tv_nsec / 1e9;
}

static double age(const struct look *look, const struct stat *status)
{
    return (double)look->now / 1000 - written(status);
}

static void fail(const struct subject *subject, char *text)
{
    verdict_add_state(subject->verdict, STATE_FAIL, text);
    free(text);
}

/* ---- age and size ---- */

static void judge_numbers(const struct subject *subject)
{
    const struct look *look = subject->look;
    double seconds = age(look, subject->status);
    double size = (double)subject->status->st_size;
    verdict_add(subject->verdict,
                &(struct threshold){.what = "age",
                                    .value = seconds,
                                    .unit = "s",
                                    .warn = look_bound(look, "age-warn"),
                                    .fail = look_bound(look, "age-fail")});
    verdict_add(subject->verdict,
                &(struct threshold){.what = "size",
                                    .value = size,
                                    .unit = "B",
                                    .warn = look_bound(look, "size-warn"),
                                    .fail = look_bound(look, "size-fail")});
    char value[UNITS_TEXT_SIZE], border[UNITS_TEXT_SIZE];
    if (seconds < look_bound(look, "age-min"))
        fail(subject,
             text_format("age %s, fail below %s",
                         duration_format((int64_t)(seconds * 1000), value),
                         duration_format(settings_duration(look->settings, "age-min"),
                                         border)));
    if (size < look_bound(look, "size-min"))
        fail(subject,
             text_format(
                 "size %s, fail below %s", size_format((int64_t)size, value),
                 size_format(settings_size(look->settings, "size-min"), border)));
}

/* ---- what must be exactly so ---- */

static int sum(const char *path, char ret[SUM_SIZE], struct error *err)
{
    unsigned char hash[crypto_hash_sha256_BYTES], piece[PIECE_SIZE];
    crypto_hash_sha256_state state;
    ssize_t size;
    AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_set(err, -errno, "it cannot be read: %s", strerror(errno));
    crypto_hash_sha256_init(&state);
    while ((size = read(fd, piece, sizeof piece)) > 0)
        crypto_hash_sha256_update(&state, piece, (unsigned long long)size);
    if (size < 0)
        return error_set(err, -errno, "it cannot be read: %s", strerror(errno));
    crypto_hash_sha256_final(&state, hash);
    sodium_bin2hex(ret, SUM_SIZE, hash, sizeof hash);
    return 0;
}

static void judge_sum(const struct subject *subject)
{
    const char *wanted = settings_text(subject->look->settings, "sha256");
    char found[SUM_SIZE];
    struct error why;
    if (!wanted)
        return;
    if (sum(subject->path, found, &why) < 0)
        verdict_add_state(subject->verdict, STATE_UNKNOWN, why.text);
    else if (strcasecmp(found, wanted) != 0)
        fail(subject,
             text_format("its sha256 is %.12s…, expected %.12s…", found, wanted));
    else
        verdict_add_state(subject->verdict, STATE_OK, "its sha256 is as expected");
}

static void judge_mode(const struct subject *subject)
{
    const char *wanted = settings_text(subject->look->settings, "mode");
    unsigned mode = subject->status->st_mode & 07777;
    if (wanted && strtoul(wanted, NULL, 8) != mode)
        fail(subject, text_format("its mode is %04o, expected %s", mode, wanted));
}

/* An id, where nobody has that name. */
static bool is_id(const char *text, unsigned long id)
{
    char *end;
    return *text && strtoul(text, &end, 10) == id && !*end;
}

static bool is_user(const char *name, uid_t id)
{
    const struct passwd *user = getpwnam(name);
    return user ? user->pw_uid == id : is_id(name, id);
}

static bool is_group(const char *name, gid_t id)
{
    const struct group *group = getgrnam(name);
    return group ? group->gr_gid == id : is_id(name, id);
}

static char *owner_of(const struct stat *status)
{
    const struct passwd *user = getpwuid(status->st_uid);
    const struct group *group = getgrgid(status->st_gid);
    AUTO(str)
    char *user_name = user ? text_copy(user->pw_name)
                           : text_format("%lu", (unsigned long)status->st_uid);
    AUTO(str)
    char *group_name = group ? text_copy(group->gr_name)
                             : text_format("%lu", (unsigned long)status->st_gid);
    return text_format("%s:%s", user_name, group_name);
}

static void judge_owner(const struct subject *subject)
{
    const char *wanted = settings_text(subject->look->settings, "owner");
    if (!wanted)
        return;
    const char *colon = strchrnul(wanted, ':');
    AUTO(str) char *user = memory_copy(wanted, (size_t)(colon - wanted));
    bool is_right = (!*user || is_user(user, subject->status->st_uid)) &&
                    (!*colon || is_group(colon + 1, subject->status->st_gid));
    AUTO(str) char *found = owner_of(subject->status);
    if (!is_right)
        fail(subject, text_format("its owner is %s, expected %s", found, wanted));
}

static void judge_order(const struct subject *subject)
{
    const char *other = settings_text(subject->look->settings, "newer-than");
    struct stat status;
    if (!other)
        return;
    AUTO(str) char *path = text_format("%s%s", subject->look->root, other);
    if (stat(path, &status) < 0)
        fail(subject, text_format("%s: %s", other, strerror(errno)));
    else if (written(subject->status) < written(&status))
        fail(subject, text_format("%s is newer", other));
}

static void judge(const struct look *look, const char *path, const struct stat *status,
                  struct verdict *verdict)
{
    struct subject subject = {look, path, status, verdict};
    if (settings_flag(look->settings, "absent")) {
        verdict_add_state(verdict, STATE_FAIL, "it is there, and must not be");
        return;
    }
    verdict_add_state(verdict, STATE_OK, "it is there");
    judge_numbers(&subject);
    judge_sum(&subject);
    judge_mode(&subject);
    judge_owner(&subject);
    judge_order(&subject);
}

/* ---- a path or a pattern, and the files that fit it ---- */

struct match {
    char *path;
    struct stat status;
};

struct matches {
    struct match *items;
    size_t count;
    struct error why; /* one that cannot be looked at; "" */
};

static void matches_clear(struct matches *matches)
{
    for (size_t i = 0; i < matches->count; i++)
        free(matches->items[i].path);
    free(matches->items);
}
AUTO_DEFINE_CLEAR(matches)

static void matches_add(struct matches *matches, const char *path)
{
    struct match match;
    if (stat(path, &match.status) < 0) {
        if (errno != ENOENT && errno != ENOTDIR)
            error_set(&matches->why, -errno, "%s: %s", path, strerror(errno));
        return;
    }
    match.path = text_copy(path);
    matches->items =
        memory_resize(matches->items, (matches->count + 1) * sizeof *matches->items);
    matches->items[matches->count++] = match;
}

static bool is_pattern(const char *text)
{
    return strpbrk(text, "*?[") != NULL;
}

static void matches_find(struct matches *matches, const char *path)
{
    glob_t found = {0};
    if (!is_pattern(path)) {
        matches_add(matches, path);
        return;
    }
    int rc = glob(path, GLOB_NOSORT | GLOB_ERR, NULL, &found);
    for (size_t i = 0; rc == 0 && i < found.gl_pathc; i++)
        matches_add(matches, found.gl_pathv[i]);
    if (rc != 0 && rc != GLOB_NOMATCH)
        error_set(&matches->why, -EIO, "%s: %s", path, strerror(errno));
    globfree(&found);
}

static size_t newest(const struct matches *matches)
{
    size_t best = 0;
    for (size_t i = 1; i < matches->count; i++)
        if (written(&matches->items[i].status) > written(&matches->items[best].status))
            best = i;
    return best;
}

/* A folder and a root stand before what a person wants to read. */
static const char *shown(const struct look *look, const struct match *match)
{
    return match->path + strlen(look->root);
}

static void say(const struct look *look, const char *part, enum state state,
                const char *name, const struct strbuf *text)
{
    findings_state(look->findings, part, state, "%s%s%s", name, *name ? ": " : "",
                   strbuf_text(text));
}

/* Of many, the first of the worst is named. */
static void judge_all(const struct look *look, const char *part,
                      const struct matches *matches)
{
    AUTO(verdict) struct verdict worst = {0};
    size_t worst_at = 0, wrong = 0;
    for (size_t i = 0; i < matches->count; i++) {
        struct verdict verdict = {0};
        judge(look, matches->items[i].path, &matches->items[i].status, &verdict);
        wrong += state_is_wrong(verdict.state);
        if (verdict.state > worst.state) {
            verdict_clear(&worst);
            worst = verdict;
            worst_at = i;
        } else {
            verdict_clear(&verdict);
        }
    }
    if (wrong > 1)
        strbuf_printf(&worst.text, "; and %zu more", wrong - 1);
    if (wrong == 0 && matches->count > 1)
        findings_state(look->findings, part, STATE_OK, "all %zu files are fine",
                       matches->count);
    else
        say(look, part, worst.state,
            is_pattern(part) ? shown(look, &matches->items[worst_at]) : "",
            &worst.text);
}

static void read_out(const struct look *look, const char *part,
                     const struct matches *matches)
{
    const struct stat *status = &matches->items[newest(matches)].status;
    look_reading(look, part, "age", age(look, status), "s");
    look_reading(look, part, "size", (double)status->st_size, "B");
    if (is_pattern(part))
        look_reading(look, part, "count", (double)matches->count, "");
}

/* The newest takes the first place, and the others are left out. */
static void keep_newest(struct matches *matches)
{
    size_t best = newest(matches);
    struct match kept = matches->items[best];
    matches->items[best] = matches->items[0];
    matches->items[0] = kept;
    for (size_t i = 1; i < matches->count; i++)
        free(matches->items[i].path);
    matches->count = 1;
}

static void look_at(const struct look *look, const char *part)
{
    AUTO(str) char *path = text_format("%s%s", look->root, part);
    AUTO(matches) struct matches matches = {0};
    bool is_absent = settings_flag(look->settings, "absent");
    matches_find(&matches, path);
    if (matches.why.text[0]) {
        findings_state(look->findings, part, STATE_UNKNOWN, "%s", matches.why.text);
    } else if (matches.count == 0) {
        findings_state(look->findings, part, is_absent ? STATE_OK : STATE_FAIL, "%s",
                       is_pattern(part) ? "there is no such file" : "it is not there");
    } else {
        read_out(look, part, &matches);
        if (settings_flag(look->settings, "newest"))
            keep_newest(&matches);
        judge_all(look, part, &matches);
    }
}

static int file_look(struct look *look, struct error *err UNUSED)
{
    const struct texts *paths = settings_texts(look->settings, "path");
    for (size_t i = 0; i < paths->count; i++)
        look_at(look, paths->items[i]);
    return 0;
}

const struct monitor monitor_file = {
    .name = "file",
    .help = "files by their age, size, sum, mode and owner, or that there is one",
    .settings = file_settings,
    .place = MONITOR_FORKED,
    .look = file_look,
};
