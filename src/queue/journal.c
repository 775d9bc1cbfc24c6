// SPDX-License-Identifier: GPL-3.0-or-later
/* journal - a segment is a line that says what it is, then records. */
#include "queue/journal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/memory.h"
#include "queue/record.h"

#define NAME_SIZE 48

static const char title[SEGMENT_START + 1] = "sheepdog journal 1     \n";

struct journal {
    char *path; /* of the folder, for sentences */
    int folder;
    int fd;          /* of the segment that grows; -1: none */
    uint64_t number; /* of that one, or of the last that bears one */
    uint64_t end;    /* where it ends */
};

/* ---- files ---- */

static const char *name_of(uint64_t number, const char *kind, char ret[NAME_SIZE])
{
    snprintf(ret, NAME_SIZE, "%08llu.%s", (unsigned long long)number, kind);
    return ret;
}

/* 0: the name is none of ours. *ret_is_journal: none that was put aside. */
static uint64_t number_of(const char *name, bool *ret_is_journal)
{
    char *kind;
    if (*name < '0' || *name > '9')
        return 0;
    unsigned long long number = strtoull(name, &kind, 10);
    *ret_is_journal = strcmp(kind, ".journal") == 0;
    bool is_ours = *ret_is_journal || strcmp(kind, ".damaged") == 0;
    return is_ours && number < UINT64_MAX ? number : 0;
}

static int fail(const struct journal *journal, const char *name, int rc,
                struct error *err)
{
    return error_set(err, rc, "%s/%s: %s", journal->path, name, strerror(-rc));
}

/* Appends size bytes from offset on; -EBADMSG where the file ends before. */
static int read_at(int fd, uint64_t offset, size_t size, struct strbuf *buf,
                   struct error *err)
{
    char *to = strbuf_reserve(buf, size);
    for (size_t had = 0; had < size;) {
        ssize_t count = pread(fd, to + had, size - had, (off_t)(offset + had));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return error_set(err, -errno, "byte %llu: %s",
                             (unsigned long long)(offset + had), strerror(errno));
        if (count == 0)
            return error_set(err, -EBADMSG, "it ends at byte %llu",
                             (unsigned long long)(offset + had));
        had += (size_t)count;
    }
    buf->size += size;
    buf->data[buf->size] = '\0';
    return 0;
}

/* ---- the end of the last segment ---- */

static bool is_blank(const struct strbuf *bytes, size_t from)
{
    for (size_t i = from; i < bytes->size; i++)
        if (bytes->data[i])
            return false;
    return true;
}

/* How many of the bytes are a segment as far as a crash let it come: what is missing
 * then is the end of a record, or bytes that are still zero. Damage is left to be found
 * when it is read. */
static size_t find_end(const struct strbuf *bytes)
{
    size_t at = SEGMENT_START, size;
    if (bytes->size < SEGMENT_START || is_blank(bytes, 0))
        return 0;
    while (bytes->size - at >= RECORD_HEAD_SIZE) {
        if (record_measure(bytes->data + at, &size, NULL) < 0)
            return is_blank(bytes, at) ? at : bytes->size;
        if (size > bytes->size - at)
            return at;
        at += size;
    }
    return at;
}

/* *end: of the segment; then where it is cut off. */
static int mend(const struct journal *journal, const char *name, uint64_t *end,
                struct error *err)
{
    AUTO(strbuf) struct strbuf bytes = {0};
    AUTO(fd) int fd = openat(journal->folder, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return fail(journal, name, -errno, err);
    int rc = read_at(fd, 0, *end, &bytes, err);
    if (rc < 0)
        return error_prefix(err, rc, "%s/%s", journal->path, name);
    size_t found = find_end(&bytes);
    if (found < *end && (ftruncate(fd, (off_t)found) < 0 || fsync(fd) < 0))
        return fail(journal, name, -errno, err);
    *end = found;
    return 0;
}

/* ---- what an earlier run left ---- */

static int compare(const void *a, const void *b)
{
    const struct segment *first = a, *second = b;
    return (first->number > second->number) - (first->number < second->number);
}

static int list_segments(struct journal *journal, struct segments *list,
                         struct error *err)
{
    DIR *folder = opendir(journal->path);
    if (!folder)
        return error_set(err, -errno, "%s: %s", journal->path, strerror(errno));
    for (struct dirent *entry; (entry = readdir(folder));) {
        struct stat status;
        bool is_journal;
        uint64_t number = number_of(entry->d_name, &is_journal);
        if (number == 0 ||
            fstatat(journal->folder, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0)
            continue;
        if (number > journal->number)
            journal->number = number;
        if (is_journal)
            segments_add(list, number, (uint64_t)status.st_size);
    }
    closedir(folder);
    if (list->count > 0)
        qsort(list->items, list->count, sizeof *list->items, compare);
    return 0;
}

/* A crash may have ended the last one. */
static int mend_last(const struct journal *journal, struct segments *list,
                     uint64_t *ret_cut, struct error *err)
{
    char name[NAME_SIZE];
    if (list->count == 0)
        return 0;
    struct segment *last = &list->items[list->count - 1];
    uint64_t end = last->end;
    int rc = mend(journal, name_of(last->number, "journal", name), &end, err);
    if (rc < 0)
        return rc;
    *ret_cut = last->end - end;
    list->size -= last->end - end;
    last->end = end;
    if (end > SEGMENT_START)
        return 0;
    list->size -= end;
    list->count--;
    return journal_remove(journal, last, err);
}

int journal_open(const char *folder, struct journal **ret, struct segments *ret_found,
                 uint64_t *ret_cut, struct error *err)
{
    int rc = files_make_folder(folder, 0700, err);
    if (rc < 0)
        return rc;
    AUTO(journal) struct journal *journal = memory_new(sizeof *journal);
    journal->path = text_copy(folder);
    journal->fd = -1;
    journal->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (journal->folder < 0)
        return error_set(err, -errno, "%s: %s", folder, strerror(errno));

    AUTO(segments) struct segments found = {0};
    uint64_t cut = 0;
    rc = list_segments(journal, &found, err);
    if (rc == 0)
        rc = mend_last(journal, &found, &cut, err);
    if (rc < 0)
        return rc;
    *ret = TAKE(journal);
    *ret_found = found;
    *ret_cut = cut;
    found = (struct segments){0};
    return 0;
}

void journal_close(struct journal *journal)
{
    if (!journal)
        return;
    journal_turn(journal);
    fd_auto(&journal->folder);
    free(journal->path);
    free(journal);
}

/* ---- written ---- */

void journal_turn(struct journal *journal)
{
    fd_auto(&journal->fd);
    journal->fd = -1;
}

static int begin_segment(struct journal *journal, struct error *err)
{
    char name[NAME_SIZE];
    name_of(journal->number + 1, "journal", name);
    AUTO(fd)
    int fd = openat(journal->folder, name,
                    O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(journal, name, -errno, err);
    journal->number++;
    int rc = files_write_all(fd, title, SEGMENT_START);
    if (rc < 0) {
        unlinkat(journal->folder, name, 0);
        return fail(journal, name, rc, err);
    }
    journal->fd = fd;
    journal->end = SEGMENT_START;
    fd = -1;
    return 0;
}

/* What was not written whole goes. The segment is not written to again: what a sync
 * that failed has left of it is not known. */
static int take_back(struct journal *journal, int rc, struct error *err)
{
    char name[NAME_SIZE];
    name_of(journal->number, "journal", name);
    error_set(err, rc, "%s/%s: %s", journal->path, name, strerror(-rc));
    if (journal->end == SEGMENT_START)
        unlinkat(journal->folder, name, 0);
    else if (ftruncate(journal->fd, (off_t)journal->end) < 0)
        error_prefix(err, rc, "some of it could not be taken back");
    journal_turn(journal);
    return rc;
}

static int write_synced(struct journal *journal, const char *bytes, size_t size)
{
    bool is_new = journal->end == SEGMENT_START;
    int rc = files_write_all(journal->fd, bytes, size);
    if (rc == 0 && fdatasync(journal->fd) < 0)
        rc = -errno;
    if (rc == 0 && is_new && fsync(journal->folder) < 0)
        rc = -errno;
    return rc;
}

int journal_append(struct journal *journal, const char *bytes, size_t size,
                   struct place *ret, struct error *err)
{
    if (journal->fd >= 0 && journal->end >= JOURNAL_SEGMENT_SIZE)
        journal_turn(journal);
    int rc = journal->fd < 0 ? begin_segment(journal, err) : 0;
    if (rc < 0)
        return rc;
    rc = write_synced(journal, bytes, size);
    if (rc < 0)
        return take_back(journal, rc, err);
    *ret = (struct place){journal->number, journal->end};
    journal->end += size;
    return 0;
}

/* ---- read ---- */

/* The bytes from offset on: limit of them, or as many more as the first record has. */
static int load(int fd, const struct segment *segment, uint64_t offset, size_t limit,
                struct strbuf *bytes, struct error *err)
{
    uint64_t left = segment->end - offset;
    size_t size = left < limit ? (size_t)left : limit, whole;
    int rc = read_at(fd, offset, size, bytes, err);
    if (rc < 0)
        return rc;
    if (size < RECORD_HEAD_SIZE)
        return error_set(err, -EBADMSG, "a record is cut short");
    rc = record_measure(bytes->data, &whole, err);
    if (rc < 0)
        return rc;
    if (whole > left)
        return error_set(err, -EBADMSG, "a record is cut short");
    return whole > size ? read_at(fd, offset + size, whole - size, bytes, err) : 0;
}

/* The records that are there whole; what follows the last is looked at the next time.
 */
static int give_each(const struct strbuf *bytes,
                     void (*each)(struct parcel *parcel, void *context), void *context,
                     struct error *err)
{
    for (size_t at = 0, size; bytes->size - at >= RECORD_HEAD_SIZE; at += size) {
        int rc = record_measure(bytes->data + at, &size, err);
        if (rc < 0)
            return rc;
        if (size > bytes->size - at)
            return 0;
        struct parcel parcel = {0};
        rc = record_parse(bytes->data + at, size, &parcel, err);
        if (rc < 0)
            return rc;
        each(&parcel, context);
    }
    return 0;
}

static int check_title(int fd, struct error *err)
{
    AUTO(strbuf) struct strbuf found = {0};
    int rc = read_at(fd, 0, SEGMENT_START, &found, err);
    if (rc == 0 && memcmp(found.data, title, SEGMENT_START) != 0)
        return error_set(err, -EBADMSG, "it is no journal that this version can read");
    return rc;
}

int journal_read(const struct journal *journal, const struct segment *segment,
                 uint64_t offset, size_t limit,
                 void (*each)(struct parcel *parcel, void *context), void *context,
                 struct error *err)
{
    char name[NAME_SIZE];
    name_of(segment->number, "journal", name);
    AUTO(fd) int fd = openat(journal->folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return fail(journal, name, -errno, err);
    AUTO(strbuf) struct strbuf bytes = {0};
    int rc = offset == SEGMENT_START ? check_title(fd, err) : 0;
    if (rc == 0)
        rc = load(fd, segment, offset, limit, &bytes, err);
    if (rc == 0)
        rc = give_each(&bytes, each, context, err);
    return rc < 0 ? error_prefix(err, rc, "%s/%s", journal->path, name) : 0;
}

int journal_remove(const struct journal *journal, const struct segment *segment,
                   struct error *err)
{
    char name[NAME_SIZE], aside[NAME_SIZE];
    name_of(segment->number, "journal", name);
    name_of(segment->number, "damaged", aside);
    int rc = segment->is_damaged
                 ? renameat(journal->folder, name, journal->folder, aside)
                 : unlinkat(journal->folder, name, 0);
    return rc < 0 ? fail(journal, name, -errno, err) : 0;
}
