// SPDX-License-Identifier: GPL-3.0-or-later
/* spool - messages wait here, one file each, until a queue has taken them.
 *
 * Comes from: room.h, which keeps it within its limit.  Goes to: sheepdog-deliver.
 * A file is called ID.WEIGHT.json, see weight.h; ids begin with their time, so the
 * names' order is oldest first. The folder is the user's own (0700). */
#ifndef BARK_SPOOL_H
#define BARK_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bark/weight.h"
#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "config/config.h"

/* The folder that the configuration names, else the user's own: see self_folder; root's
 * is /var/spool/sheepdog. *ret is to be freed. Makes nothing. -ENOENT: no home is
 * known. */
int spool_folder(const struct config *config, char **ret, struct error *err) MUST_USE;

/* Makes the folder where it is missing. -EPERM: it belongs to somebody else, or others
 * can write it. */
int spool_make(const char *folder, struct error *err) MUST_USE;

/* name: of the file, see weight_file. On disk when it returns 0. */
int spool_put(const char *folder, const char *name, const struct strbuf *json,
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

/* What waits, without a look into the files. */
struct spool_content {
    size_t counts[WEIGHTS]; /* of each weight */
    size_t count;           /* of all */
    int64_t size;           /* bytes */
    int64_t oldest;         /* ms since 1970 UTC, when it was put; 0: nothing waits */
};

/* One that is missing is empty. */
int spool_measure(const char *folder, struct spool_content *ret, struct error *err)
    MUST_USE;

/* The server has said that it wants this host's facts whole: so says who delivers, and
 * who sends facts takes it, which is true once. An empty file, .wants-facts. */
int spool_want_facts(const char *folder, struct error *err) MUST_USE;
bool spool_take_want(const char *folder);

/* One delivers at a time: waits at most wait_ms. *ret_fd holds the lock until it is
 * closed. -EAGAIN: another one still delivers. */
int spool_lock(const char *folder, int64_t wait_ms, int *ret_fd, struct error *err)
    MUST_USE;

#endif
