// SPDX-License-Identifier: GPL-3.0-or-later
/* spool - messages wait here, one file each, until a queue has taken them.
 *
 * Comes from: report.c, and bark by hand.  Goes to: sheepdog-deliver.
 * A file is called ID.json; ids begin with their time, so the names' order is oldest
 * first. The folder is the user's own (0700). */
#ifndef BARK_SPOOL_H
#define BARK_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "config/config.h"

/* The folder that the configuration names, else the user's own: see self_folder; root's
 * is /var/spool/sheepdog. *ret is to be freed. Makes nothing. -ENOENT: no home is
 * known. */
int spool_folder(const struct config *config, char **ret, struct error *err) MUST_USE;

/* On disk when it returns 0. Makes the folder where it is missing. */
int spool_put(const char *folder, const char *id, const struct strbuf *json,
              struct error *err) MUST_USE;

bool spool_is_empty(const char *folder); /* one that is missing is empty */

/* The names of the files, oldest first. */
int spool_list(const char *folder, struct texts *ret, struct error *err) MUST_USE;

int spool_read(const char *folder, const char *name, struct strbuf *buf,
               struct error *err) MUST_USE;
int spool_remove(const char *folder, const char *name, struct error *err) MUST_USE;

/* A message that no queue will ever take goes to FOLDER/rejected, for a person to
 * see. */
int spool_reject(const char *folder, const char *name, struct error *err) MUST_USE;

/* One delivers at a time: waits at most wait_ms. *ret_fd holds the lock until it is
 * closed. -EAGAIN: another one still delivers. */
int spool_lock(const char *folder, int64_t wait_ms, int *ret_fd, struct error *err)
    MUST_USE;

#endif
