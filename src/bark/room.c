// SPDX-License-Identifier: GPL-3.0-or-later
/* room - what all jobs of a user share is two small files, under the lock of the
 * first. */
#include "bark/room.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "bark/spool.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/units.h"

#define SIZE_FILE   ".size"
#define TALLY_FILE  ".given-up"
#define TALLY_MAX   4096
#define LOCK_WAIT   2000 /* ms; keeping a message matters more than counting it */
#define LOCK_STEP   5    /* ms */
#define SLACK_PARTS 64

struct room {
    const char *folder;
    int64_t limit, used; /* bytes */
    int size_fd;         /* of .size, locked */
};

/* ---- the two files ---- */

/* -EAGAIN: somebody who stands still holds it. */
static int lock_size(const char *folder, int *ret_fd)
{
    AUTO(str) char *path = text_format("%s/" SIZE_FILE, folder);
    AUTO(fd) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return -errno;
    int64_t deadline = clock_monotonic() + LOCK_WAIT * 1000;
    while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if ((errno != EWOULDBLOCK && errno != EINTR) || clock_monotonic() >= deadline)
            return -EAGAIN;
        nanosleep(&(struct timespec){.tv_nsec = LOCK_STEP * 1000000}, NULL);
    }
    *ret_fd = fd;
    fd = -1;
    return 0;
}

/* Always as long, so that it is written in place. -1: nobody has counted yet. */
static int64_t read_size(int fd)
{
    char text[24] = "", *end;
    if (pread(fd, text, sizeof text - 1, 0) != 21)
        return -1;
    int64_t size = strtoll(text, &end, 10);
    return *end == '\n' && size >= 0 ? size : -1;
}

static void write_size(int fd, int64_t size)
{
    char text[24];
    int length = snprintf(text, sizeof text, "%020lld\n", (long long)size);
    if (pwrite(fd, text, (size_t)length, 0) != length && ftruncate(fd, 0) < 0)
        return; /* an old number stays; it is counted anew when it seems too large */
}

static int64_t count_size(const char *folder)
{
    struct spool_content content = {0};
    return spool_measure(folder, &content, NULL) < 0 ? 0 : content.size;
}

int room_tally(const char *folder, struct tally *ret, struct error *err)
{
    AUTO(str) char *path = text_format("%s/" TALLY_FILE, folder);
    AUTO(strbuf) struct strbuf text = {0};
    struct tally tally = {0};
    int rc = files_read(path, TALLY_MAX, &text, err);
    if (rc == 0)
        rc = tally_parse(strbuf_text(&text), &tally, err);
    if (rc < 0 && rc != -ENOENT)
        return rc == -EINVAL ? error_prefix(err, rc, "%s", path) : rc;
    *ret = tally;
    return 0;
}

static int write_tally(const char *folder, const struct tally *tally, struct error *err)
{
    AUTO(strbuf) struct strbuf text = {0};
    tally_format(tally, &text);
    return files_put(folder, TALLY_FILE, strbuf_text(&text), text.size, err);
}

/* Under the lock. One that cannot be read counts no more: it begins anew. */
static int add_to_tally(const char *folder, int64_t limit, const size_t counts[WEIGHTS],
                        struct error *err)
{
    struct tally tally = {0};
    if (room_tally(folder, &tally, NULL) < 0)
        tally = (struct tally){0};
    tally.limit = limit;
    tally_add(&tally, counts, clock_now());
    return write_tally(folder, &tally, err);
}

/* ---- making room ---- */

struct victims {
    struct texts names;
    size_t counts[WEIGHTS];
    int64_t size; /* bytes */
};

static void victims_clear(struct victims *victims)
{
    texts_clear(&victims->names);
}
AUTO_DEFINE_CLEAR(victims)

static void add_victim(const struct room *room, const char *name,
                       struct victims *victims)
{
    AUTO(str) char *path = text_format("%s/%s", room->folder, name);
    struct stat status;
    if (lstat(path, &status) < 0)
        return;
    texts_add(&victims->names, name);
    victims->counts[weight_of_file(name)]++;
    victims->size += status.st_size;
}

static void choose(const struct room *room, const struct texts *names, bool is_light,
                   int64_t wanted, struct victims *victims)
{
    for (size_t i = 0; i < names->count && victims->size < wanted; i++)
        if (weight_is_light(weight_of_file(names->items[i])) == is_light)
            add_victim(room, names->items[i], victims);
}

static void remove_victims(struct room *room, const struct victims *victims)
{
    for (size_t i = 0; i < victims->names.count; i++)
        if (spool_remove(room->folder, victims->names.items[i], NULL) < 0)
            continue; /* a delivery was faster */
    room->used -= victims->size;
}

static int fail_full(const struct room *room, struct error *err)
{
    char limit[UNITS_TEXT_SIZE];
    return error_set(err, -ENOSPC,
                     "%s: its limit of %s is reached, by messages that count more",
                     room->folder, size_format(room->limit, limit));
}

/* They are counted before they go. What weighs more goes only as far as it must. */
static int make_room(struct room *room, const struct room_message *message,
                     struct error *err)
{
    AUTO(texts) struct texts names = {0};
    AUTO(victims) struct victims victims = {0};
    int64_t needed = room->used + (int64_t)message->json->size - room->limit;
    int rc = spool_list(room->folder, &names, err);
    if (rc < 0)
        return rc;
    choose(room, &names, true, needed + room->limit / SLACK_PARTS, &victims);
    if (!weight_is_light(message->weight))
        choose(room, &names, false, needed, &victims);
    if (victims.size < needed)
        return fail_full(room, err);
    rc = add_to_tally(room->folder, room->limit, victims.counts, err);
    if (rc == 0)
        remove_victims(room, &victims);
    return rc;
}

/* Sets aside the room that the message will take. */
static int take_room(struct room *room, const struct room_message *message,
                     struct error *err)
{
    int64_t size = (int64_t)message->json->size;
    if (size > room->limit)
        return fail_full(room, err);
    room->used = read_size(room->size_fd);
    if (room->used < 0 || room->used + size > room->limit)
        room->used = count_size(room->folder);
    int rc = room->used + size > room->limit ? make_room(room, message, err) : 0;
    write_size(room->size_fd, room->used + (rc == 0 ? size : 0));
    return rc;
}

int room_put(const char *folder, int64_t limit, const struct room_message *message,
             struct error *err)
{
    int rc = spool_make(folder, err);
    if (rc < 0)
        return rc;
    struct room room = {.folder = folder, .limit = limit};
    if (lock_size(folder, &room.size_fd) == 0) {
        rc = take_room(&room, message, err);
        close(room.size_fd);
    }
    if (rc < 0)
        return rc;
    AUTO(str) char *name = weight_file(message->id, message->weight);
    return spool_put(folder, name, message->json, err);
}

/* ---- for those who look after it ---- */

void room_count_lost(const char *folder, int64_t limit, enum weight weight)
{
    size_t counts[WEIGHTS] = {0};
    AUTO(fd) int fd = -1;
    counts[weight] = 1;
    if (lock_size(folder, &fd) == 0 && add_to_tally(folder, limit, counts, NULL) < 0)
        return; /* it cannot even be counted; that it is lost was said */
}

void room_recount(const char *folder)
{
    AUTO(fd) int fd = -1;
    if (access(folder, F_OK) == 0 && lock_size(folder, &fd) == 0)
        write_size(fd, count_size(folder));
}

int room_told(const char *folder, const struct tally *told, struct error *err)
{
    AUTO(str) char *path = text_format("%s/" TALLY_FILE, folder);
    AUTO(fd) int fd = -1;
    struct tally tally = {0};
    int rc = lock_size(folder, &fd);
    if (rc < 0)
        return error_set(err, rc, "%s/" SIZE_FILE ": %s", folder, strerror(-rc));
    rc = room_tally(folder, &tally, err);
    if (rc < 0)
        return rc;
    tally_subtract(&tally, told, clock_now());
    if (tally.since != 0)
        return write_tally(folder, &tally, err);
    if (unlink(path) < 0 && errno != ENOENT)
        return error_set(err, -errno, "%s: %s", path, strerror(errno));
    return 0;
}
