// SPDX-License-Identifier: GPL-3.0-or-later
/* machine - what the sources read: files and folders below the root, and programs,
 * which are looked for below it too; and what of it was damaged.
 *
 * Paths begin with a slash. What is missing is empty. */
#ifndef FACTS_MACHINE_H
#define FACTS_MACHINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "config/config.h"

#define MACHINE_FILE_MAX (64 << 20) /* bytes of a file that is read whole */

/* Counts what could not be read, and keeps the first sentence. */
struct damage {
    size_t count;
    struct error first;
};

void damage_add(struct damage *damage, const char *format, ...) PRINTF(2, 3);

/* What collect() returns: 0, or 1 and a sentence. */
int damage_result(const struct damage *damage, struct error *err);

bool machine_has(const char *root, const char *path);

int machine_read(const char *root, const char *path, struct strbuf *buf,
                 struct error *err) MUST_USE;

/* line: without its newline, numbered from 1; the callback may change it. */
typedef void machine_line_fn(char *line, size_t number, void *context);
int machine_each_line(const char *root, const char *path, machine_line_fn *each,
                      void *context, struct error *err) MUST_USE;

/* The names in a folder, in their order, but those that begin with a dot. One that we
 * may not read is empty. */
void machine_list(const char *root, const char *path, struct texts *ret);

/* Runs argv[0], which is looked for in the usual folders, with LC_ALL=C and nothing
 * else of our environment; what it prints is appended. -ENOENT: there is none;
 * -ETIMEDOUT; -EIO: it ended with another status than 0; -EFBIG. */
int machine_run(const char *root, const char *const *argv, struct strbuf *out,
                struct error *err) MUST_USE;

#endif
