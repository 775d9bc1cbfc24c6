// SPDX-License-Identifier: GPL-3.0-or-later
/* spool - a folder of files; what makes it safe is files_put: written, synced,
 * renamed. */
#include "bark/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "bark/self.h"
#include "base/files.h"
#include "base/memory.h"
#include "message/message.h"

#define REJECTED        "rejected"
#define UNFINISHED_KEEP 3600 /* seconds */
#define WANTS_FACTS     ".wants-facts"

int spool_folder(const struct config *config, char **ret, struct error *err)
{
    if (!config->spool_folder[0])
        return self_folder("spool", "/var/spool/sheepdog", ret, err);
    *ret = text_copy(config->spool_folder);
    return 0;
}

/* Messages hold what jobs printed: nobody else may read them, or put theirs among
 * them. */
static int check_folder(const char *folder, struct error *err)
{
    struct stat status;
    if (stat(folder, &status) < 0)
        return error_set(err, -errno, "%s: %s", folder, strerror(errno));
    if (status.st_uid != geteuid())
        return error_set(err, -EPERM, "%s: refused: it belongs to user %u", folder,
                         (unsigned)status.st_uid);
    if (status.st_mode & (S_IWGRP | S_IWOTH))
        return error_set(err, -EPERM,
                         "%s: refused: others can write it (mode %04o); chmod 700 it",
                         folder, (unsigned)status.st_mode & 07777);
    return 0;
}

int spool_make(const char *folder, struct error *err)
{
    int rc = files_make_folder(folder, 0700, err);
    return rc < 0 ? rc : check_folder(folder, err);
}

int spool_put(const char *folder, const char *name, const struct strbuf *json,
              struct error *err)
{
    return files_put(folder, name, strbuf_text(json), json->size, err);
}

/* A folder, a pipe or a link of such a name is none of ours. */
static bool is_message(const struct dirent *entry)
{
    return (entry->d_type == DT_REG || entry->d_type == DT_UNKNOWN) &&
           weight_is_file(entry->d_name);
}

bool spool_is_empty(const char *folder)
{
    DIR *entries = opendir(folder);
    if (!entries)
        return errno == ENOENT;
    bool found = false;
    for (struct dirent *entry; !found && (entry = readdir(entries));)
        found = is_message(entry);
    closedir(entries);
    return !found;
}

/* files_put leaves ".NAME.new" behind when it is killed while it writes. */
static void remove_unfinished(int folder, const char *name)
{
    struct stat status;
    size_t length = strlen(name);
    if (name[0] != '.' || length < 4 || strcmp(name + length - 4, ".new") != 0)
        return;
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
        status.st_mtime + UNFINISHED_KEEP < time(NULL))
        unlinkat(folder, name, 0);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int spool_list(const char *folder, struct texts *ret, struct error *err)
{
    *ret = (struct texts){0};
    DIR *entries = opendir(folder);
    if (!entries && errno == ENOENT)
        return 0;
    if (!entries)
        return error_set(err, -errno, "%s: %s", folder, strerror(errno));

    for (struct dirent *entry; (entry = readdir(entries));) {
        if (is_message(entry))
            texts_add(ret, entry->d_name);
        else
            remove_unfinished(dirfd(entries), entry->d_name);
    }
    closedir(entries);
    if (ret->count > 0)
        qsort(ret->items, ret->count, sizeof *ret->items, compare_names);
    return 0;
}

int spool_read(const char *folder, const char *name, struct strbuf *buf,
               struct error *err)
{
    AUTO(str) char *path = text_format("%s/%s", folder, name);
    return files_read(path, MESSAGE_SIZE_MAX, buf, err);
}

int spool_remove(const char *folder, const char *name, struct error *err)
{
    AUTO(str) char *path = text_format("%s/%s", folder, name);
    if (unlink(path) < 0)
        return error_set(err, -errno, "%s: %s", path, strerror(errno));
    return 0;
}

int spool_reject(const char *folder, const char *name, struct error *err)
{
    AUTO(str) char *from = text_format("%s/%s", folder, name);
    AUTO(str) char *rejected = text_format("%s/" REJECTED, folder);
    AUTO(str) char *to = text_format("%s/%s", rejected, name);
    int rc = files_make_folder(rejected, 0700, err);
    if (rc < 0)
        return rc;
    if (rename(from, to) < 0)
        return error_set(err, -errno, "%s: %s", to, strerror(errno));
    return 0;
}

int spool_measure(const char *folder, struct spool_content *ret, struct error *err)
{
    struct spool_content content = {0};
    AUTO(texts) struct texts names = {0};
    int rc = spool_list(folder, &names, err);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < names.count; i++) {
        AUTO(str) char *path = text_format("%s/%s", folder, names.items[i]);
        struct stat status;
        if (lstat(path, &status) < 0)
            continue; /* it was delivered meanwhile */
        int64_t put = status.st_mtim.tv_sec * 1000 + status.st_mtim.tv_nsec / 1000000;
        content.counts[weight_of_file(names.items[i])]++;
        content.count++;
        content.size += status.st_size;
        if (content.oldest == 0 || put < content.oldest)
            content.oldest = put;
    }
    *ret = content;
    return 0;
}

int spool_want_facts(const char *folder, struct error *err)
{
    return files_put(folder, WANTS_FACTS, "", 0, err);
}

bool spool_take_want(const char *folder)
{
    AUTO(str) char *path = text_format("%s/" WANTS_FACTS, folder);
    return unlink(path) == 0;
}

int spool_lock(const char *folder, int64_t wait_ms, int *ret_fd, struct error *err)
{
    AUTO(str) char *path = text_format("%s/.lock", folder);
    int rc = files_lock_within(path, wait_ms, ret_fd, err);
    return rc == -EAGAIN ? error_set(err, rc, "%s: another one still delivers", path)
                         : rc;
}
