// SPDX-License-Identifier: GPL-3.0-or-later
/* remembered - what was sent last, in files of a folder:
 *
 *     mark             the epoch and the counter, of all relations
 *     RELATION.rows    its columns and its rows, and the counter of its last message
 *     looked           when each source was looked at, and how its files were then
 *
 * Comes from, goes to: facts.c, under the lock of the file .lock. Each file is written
 * whole, and on disk; one that was damaged is known by its sum. */
#ifndef FACTS_REMEMBERED_H
#define FACTS_REMEMBERED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "config/config.h"
#include "message/relation.h"

struct mark {
    int64_t epoch, counter;
    bool is_whole_due; /* the epoch began, and not all relations are sent in it yet */
};

/* -ENOENT: nothing was sent; -EBADMSG: it is damaged. */
int mark_read(const char *folder, struct mark *ret, struct error *err) MUST_USE;
int mark_write(const char *folder, const struct mark *mark, struct error *err) MUST_USE;

struct remembered {
    struct relation *relation;
    struct rows rows;       /* canonical, sorted */
    int64_t epoch, counter; /* of the last message about it */
};

void remembered_clear(struct remembered *remembered);
AUTO_DEFINE_CLEAR(remembered)

/* -ENOENT, -EBADMSG */
int remembered_read(const char *folder, const char *name, struct remembered *ret,
                    struct error *err) MUST_USE;

/* relation and rows are lent. */
int remembered_write(const char *folder, const struct remembered *remembered,
                     struct error *err) MUST_USE;
void remembered_remove(const char *folder, const char *name);
bool remembered_is_there(const char *folder, const char *name);

/* The names of the relations, in their order. */
void remembered_list(const char *folder, struct texts *ret);

#endif
