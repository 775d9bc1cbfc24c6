// SPDX-License-Identifier: GPL-3.0-or-later
/* files - whole files read and written, folders made. */
#ifndef BASE_FILES_H
#define BASE_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"

/* Appends what fd gives until its end; -EFBIG past limit bytes. On failure buf is as it
 * was. */
int files_read_fd(int fd, size_t limit, struct strbuf *buf, struct error *err) MUST_USE;

/* Appends the whole file; -ENOENT, …, -EFBIG past limit bytes. */
int files_read(const char *path, size_t limit, struct strbuf *buf, struct error *err)
    MUST_USE;

/* Whether nobody reads it but its owner; and a group, where root gave its own file to
 * one: that of the user whom a server becomes, say. */
struct stat;
bool files_is_private(const struct stat *status);

/* Makes the file (0600) where it is missing, and locks it (flock). *ret_fd holds the
 * lock until it is closed, or its process ends. -EAGAIN: somebody else holds it. */
int files_lock(const char *path, int *ret_fd, struct error *err) MUST_USE;

/* The same, and waits so long for whoever holds it. */
int files_lock_within(const char *path, int64_t wait_ms, int *ret_fd, struct error *err)
    MUST_USE;

/* All bytes, through short writes and interruptions; -errno of the one that failed. */
int files_write_all(int fd, const char *bytes, size_t size) MUST_USE;

/* FOLDER/NAME appears whole and on disk, or not at all: a temporary file beside it is
 * written, synced and renamed, and the folder synced. Mode 0600. */
int files_put(const char *folder, const char *name, const char *bytes, size_t size,
              struct error *err) MUST_USE;

/* The same, with the owner, the group and the mode that the file like has, where there
 * is one; what others may do is taken away, see files_is_private(). */
int files_put_like(const char *folder, const char *name, const char *like,
                   const char *bytes, size_t size, struct error *err) MUST_USE;

/* The folder and its parents, as mkdir -p; those that are made get the mode,
 * and are on disk when it returns. */
int files_make_folder(const char *path, mode_t mode, struct error *err) MUST_USE;

/* A new folder of one's own in $TMPDIR, else /tmp: its name begins with that name. *ret
 * is its path, to be freed. */
int files_make_scratch(const char *name, char **ret, struct error *err) MUST_USE;

/* Removes it with the files in it, of which none is a folder; NULL is fine. */
void files_remove_scratch(const char *path);

#endif
