// SPDX-License-Identifier: GPL-3.0-or-later
/* standing - how each tag was last said to be, and what a look changes of that.
 *
 *     findings of a look ──> compared with what was said ──> said, once
 *
 * The tag of an instance is TAG, that of a part of its thing TAG:PART. A state that is
 * better than the one that was said is said at once, a worse one when so many looks in
 * a row found it. A tag of which a look says nothing any more is no longer watched, and
 * that is said too. All is kept in FOLDER/states, so that a restart says nothing anew.
 *
 * Comes from: watches.h, gather.h, daemon.c.  Goes to: whoever says it (post.h). */
#ifndef DAEMON_STANDING_H
#define DAEMON_STANDING_H

#include <stdbool.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "config/config.h"
#include "message/state.h"
#include "monitor/findings.h"

#define STANDING_TAGS_MAX 5000 /* parts past that are not told of */

struct saying {
    const char *tag;
    enum state state;   /* STATE_NONE: a note that says nothing of it */
    const char *text;   /* "": none */
    const char *plugin; /* whose monitor says it; NULL */
};

struct standing_parts {
    const char *folder; /* lent */

    /* The text as it may be kept, to be freed; NULL: all texts may be. */
    char *(*hide)(void *context, const char *text);

    /* < 0: it could not be said; it will be tried with the next look. */
    int (*say)(void *context, const struct saying *saying);
    void *context;
};

struct standing;

struct standing *standing_new(const struct standing_parts *parts);
void standing_free(struct standing *standing); /* NULL is fine */
AUTO_DEFINE(standing)

/* Reads the file; that there is none is no error. -EINVAL: it is damaged; nothing was
 * said then, as far as we know. */
int standing_load(struct standing *standing, struct error *err) MUST_USE;

struct standing_look {
    const char *tag, *plugin;        /* of the instance; plugin may be NULL */
    int times;                       /* looks in a row */
    const struct findings *findings; /* their states; may be NULL */
    const char *fault; /* why its thing could not be looked at: it is unknown; NULL */
    bool is_crash;     /* that is said at once, whatever times is */
    bool is_partial;   /* of what it does not speak of, nothing is known */
};

/* Said, and kept in the file: < 0 where that cannot be written. Notes are none of its
 * business. */
int standing_take(struct standing *standing, const struct standing_look *look,
                  struct error *err) MUST_USE;

/* These instances, by their tags, are all there are. */
int standing_keep(struct standing *standing, const struct texts *tags,
                  struct error *err) MUST_USE;

/* Everything is said once more: somebody may have forgotten it. */
void standing_repeat(struct standing *standing);

#endif
