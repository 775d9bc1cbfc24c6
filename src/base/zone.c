// SPDX-License-Identifier: GPL-3.0-or-later
/* zone - a sorted table of the moments at which the clocks were set, or will be. */
#include "base/zone.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/suggest.h"
#include "base/zone_parts.h"

#define FILE_MAX    (1 << 20)
#define NAME_SIZE   255
#define DEPTH_MAX   4 /* posix/America/Indiana/Knox */
#define OWN_FILE    "/etc/localtime"
#define OWN_NAME    "/etc/timezone"
#define ZONE_FOLDER "/usr/share/zoneinfo"

void zone_add(struct zone *zone, int64_t time, int64_t offset)
{
    const struct change *last = zone->count ? &zone->changes[zone->count - 1] : NULL;
    if (last ? time <= last->time || offset == last->offset : offset == zone->offset)
        return;
    if (zone->count == zone->room) {
        zone->room = zone->room * 2 + 64;
        zone->changes =
            memory_resize(zone->changes, zone->room * sizeof *zone->changes);
    }
    zone->changes[zone->count++] = (struct change){.time = time, .offset = offset};
}

void zone_free(struct zone *zone)
{
    if (!zone)
        return;
    free(zone->changes);
    free(zone);
}

bool zone_is_name(const char *text)
{
    bool is_begun = false; /* a part */
    for (const char *at = text; *at; at++) {
        bool is_slash = *at == '/';
        if (is_slash ? !is_begun : !isalnum((unsigned char)*at) && !strchr("_+-", *at))
            return false;
        is_begun = !is_slash;
    }
    return is_begun && strlen(text) <= NAME_SIZE;
}

static const char *folder(void)
{
    const char *named = getenv("TZDIR");
    return named && *named == '/' ? named : ZONE_FOLDER;
}

static int load_file(const char *path, struct zone *zone, struct error *err)
{
    AUTO(strbuf) struct strbuf bytes = {0};
    int rc = files_read(path, FILE_MAX, &bytes, err);
    if (rc < 0)
        return rc;
    rc = zone_read_file(zone, strbuf_text(&bytes), bytes.size, err);
    return rc < 0 ? error_prefix(err, rc, "%s", path) : 0;
}

/* What stands in the folder and is nearest to the part of a name; false: nothing is. */
static bool find_part(const char *path, const char *part, struct strbuf *name)
{
    DIR *entries = opendir(path);
    if (!entries)
        return false;
    char best[sizeof((struct dirent *)NULL)->d_name] = "";
    for (struct dirent *entry; (entry = readdir(entries));) {
        const char *rivals[] = {entry->d_name, *best ? best : NULL, NULL};
        if (zone_is_name(entry->d_name) && suggest(part, rivals) == entry->d_name)
            memcpy(best, entry->d_name, strlen(entry->d_name) + 1);
    }
    closedir(entries);
    strbuf_puts(name, best);
    return *best != '\0';
}

/* The name that is meant, part by part; "" where one of them is like none, or where it
 * is that of a folder. */
static void guess_name(const char *wrong, struct strbuf *name)
{
    AUTO(strbuf) struct strbuf path = {0};
    AUTO(str) char *rest = text_copy(wrong);
    char *save = NULL;
    for (char *part = strtok_r(rest, "/", &save); part;
         part = strtok_r(NULL, "/", &save)) {
        strbuf_shorten(&path, 0);
        strbuf_printf(&path, "%s/%s", folder(), strbuf_text(name));
        if (name->size > 0)
            strbuf_putc(name, '/');
        if (!find_part(strbuf_text(&path), part, name)) {
            strbuf_shorten(name, 0);
            return;
        }
    }
    if (strcmp(strbuf_text(name), wrong) == 0)
        strbuf_shorten(name, 0);
}

static int refuse_name(const char *name, struct error *err)
{
    AUTO(strbuf) struct strbuf meant = {0};
    guess_name(name, &meant);
    return error_set(err, -ENOENT, "no time zone is called %.60s%s%s%s", name,
                     meant.size ? "; did you mean " : "", strbuf_text(&meant),
                     meant.size ? "?" : "");
}

static int load_named(const char *name, struct zone *zone, struct error *err)
{
    if (strcmp(name, "UTC") == 0)
        return 0;
    if (!zone_is_name(name))
        return error_set(err, -EINVAL,
                         "\"%.60s\" names no time zone; expected one such as "
                         "Europe/Berlin",
                         name);
    AUTO(str) char *path = text_format("%s/%s", folder(), name);
    int rc = load_file(path, zone, err);
    return rc == -ENOENT || rc == -ENOTDIR || rc == -EISDIR ? refuse_name(name, err)
                                                            : rc;
}

/* Where TZ says nothing that can be understood, it is UTC, as to the C library. */
static void load_own(struct zone *zone)
{
    const char *text = getenv("TZ");
    if (text && *text == ':')
        text++;
    int rc;
    if (!text || *text == '/')
        rc = load_file(text ? text : OWN_FILE, zone, NULL);
    else
        rc = load_named(text, zone, NULL);
    if (rc < 0 && text && *text != '/')
        rc = zone_read_rule(zone, text, strlen(text));
    if (rc < 0) {
        free(zone->changes);
        *zone = (struct zone){0};
    }
}

/* Where a path leads into the zone folder, its tail from there is the zone's name. */
static const char *name_in_path(const char *path)
{
    const char *tail = strstr(path, "zoneinfo/");
    return tail ? tail + strlen("zoneinfo/") : "";
}

static bool is_known(const char *name)
{
    if (!zone_is_name(name))
        return false;
    AUTO(str) char *path = text_format("%s/%s", folder(), name);
    return strcmp(name, "UTC") == 0 || access(path, R_OK) == 0;
}

/* Of TZ; "" where that names none. */
static const char *named_zone(void)
{
    const char *text = getenv("TZ");
    if (!text)
        return "";
    if (*text == ':')
        text++;
    const char *name = *text == '\0' ? "UTC" : *text == '/' ? name_in_path(text) : text;
    return is_known(name) ? name : "";
}

const char *zone_own_name(char *ret, size_t size)
{
    AUTO(strbuf) struct strbuf line = {0};
    char link[PATH_MAX];
    const char *name = named_zone();
    if (!*name) {
        ssize_t length = readlink(OWN_FILE, link, sizeof link - 1);
        link[length > 0 ? length : 0] = '\0';
        name = name_in_path(link);
    }
    if (!zone_is_name(name) && files_read(OWN_NAME, NAME_SIZE, &line, NULL) == 0) {
        strbuf_shorten(&line, strcspn(strbuf_text(&line), " \t\n"));
        name = strbuf_text(&line);
    }
    snprintf(ret, size, "%s", zone_is_name(name) ? name : "UTC");
    return ret;
}

/* Those of a folder, and of the folders in it; name: where that is, "" at the top. */
static void each_in(const char *name, int depth,
                    void (*each)(void *context, const char *name), void *context)
{
    AUTO(str) char *path = text_format("%s/%s", folder(), name);
    DIR *entries = depth < DEPTH_MAX ? opendir(path) : NULL;
    if (!entries) {
        each(context, name);
        return;
    }
    for (struct dirent *entry; (entry = readdir(entries));) {
        AUTO(str)
        char *inner = text_format("%s%s%s", name, *name ? "/" : "", entry->d_name);
        if (zone_is_name(inner))
            each_in(inner, depth + 1, each, context);
    }
    closedir(entries);
}

void zone_each_name(void (*each)(void *context, const char *name), void *context)
{
    each_in("", 0, each, context);
}

int zone_load(const char *name, struct zone **ret, struct error *err)
{
    AUTO(zone) struct zone *zone = memory_new(sizeof *zone);
    int rc = 0;
    if (*name)
        rc = load_named(name, zone, err);
    else
        load_own(zone);
    if (rc < 0)
        return rc;
    *ret = TAKE(zone);
    return 0;
}

/* How many changes there were until then, that moment included. */
static size_t count_until(const struct zone *zone, int64_t time)
{
    size_t low = 0, high = zone->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->changes[middle].time <= time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The offset that holds after so many changes. */
static int64_t offset_after(const struct zone *zone, size_t count)
{
    return count ? zone->changes[count - 1].offset : zone->offset;
}

int64_t zone_offset(const struct zone *zone, int64_t time)
{
    return offset_after(zone, count_until(zone, time));
}

int64_t zone_wall(const struct zone *zone, int64_t time)
{
    return time + zone_offset(zone, time);
}

struct civil zone_local(const struct zone *zone, int64_t time)
{
    return civil_of(zone_wall(zone, time));
}

int64_t zone_change(const struct zone *zone, int64_t time)
{
    size_t past = count_until(zone, time);
    return past < zone->count ? zone->changes[past].time : INT64_MAX;
}

/* Looks at each stretch between two changes that can have that wall time: offsets stay
 * below a day and a bit. */
int zone_instants(const struct zone *zone, int64_t wall, int64_t ret[2])
{
    int64_t from = wall - 2 * CIVIL_DAY, until = wall + 2 * CIVIL_DAY;
    int found = 0;
    for (size_t i = count_until(zone, from); found < 2; i++) {
        int64_t begin = i ? zone->changes[i - 1].time : INT64_MIN;
        int64_t end = i < zone->count ? zone->changes[i].time : INT64_MAX;
        if (begin > until)
            break;
        int64_t time = wall - offset_after(zone, i);
        if (time >= begin && time < end)
            ret[found++] = time;
        else if (found == 0 && time >= end)
            ret[0] = end; /* leapt over, unless the next stretch has it */
        if (end == INT64_MAX)
            break;
    }
    return found;
}
