// SPDX-License-Identifier: GPL-3.0-or-later
/* window - the part of the journal that is in memory: parcels that are handed to the
 * intake, and are tried again until they are stored, in the journal's order.
 *
 * They are handed over in bursts. After each there is a pause of as many ms as it had
 * parcels, at most WINDOW_BURST_MS: so the store has fewer and larger commits the more
 * there is to do, and a message that comes alone does not wait.
 *
 * Comes from: embedded.c.  Goes to: intake.h. On the loop's thread. */
#ifndef QUEUE_WINDOW_H
#define QUEUE_WINDOW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "queue/intake.h"
#include "queue/segments.h"

struct uv_loop_s;
struct posting;
struct window;

#define WINDOW_BURST_MS 20

enum entry_state { ENTRY_WAITING, ENTRY_IN_INTAKE, ENTRY_FAILED, ENTRY_STORED };

/* One parcel, from when it is put until it is stored, or is on disk alone. */
struct entry {
    struct parcel parcel; /* parcel.size bytes in the journal … */
    struct place start;   /* … from here on, once it is written */
    struct entry *next;

    struct posting
        *posting; /* embedded.c's: who is to be answered when it is written */
    int rc;       /* likewise: of the writing */

    struct window *window; /* window.c's, both */
    enum entry_state state;
};

struct entry *entry_new(const struct parcel *parcel); /* takes what it holds */
void entry_free(struct entry *entry);

/* First in, first out. */
struct entry_line {
    struct entry *first, *last;
};

void entry_line_push(struct entry_line *line, struct entry *entry);
struct entry *entry_line_pop(struct entry_line *line); /* NULL: it is empty */

struct window_parts {
    struct uv_loop_s *loop;
    struct intake *intake;
    size_t size;                    /* bytes of memory, about */
    void (*pushed)(void *context);  /* something was put into the intake */
    void (*changed)(void *context); /* something was stored, or was not */
    void *context;
};

struct window *window_new(const struct window_parts *parts);

/* Nothing of it may be in the intake; what it holds is freed. Its memory is freed by
 * the loop's next turn. */
void window_close(struct window *window);

/* Nothing more is handed over. */
void window_stop(struct window *window);

/* Whether another parcel may enter; much: half of it is free. None enters while some
 * wait to be tried again: they go first. */
bool window_has_room(const struct window *window);
bool window_has_much_room(const struct window *window);

/* The window's now; the journal's next. Whoever has filled it says so by window_flush;
 * is_urgent: somebody waits for the store. */
void window_enter(struct window *window, struct entry *entry);
void window_flush(struct window *window, bool is_urgent);

/* The first that is not stored; NULL: all are. */
const struct entry *window_first(struct window *window);

int window_rc(const struct window *window);       /* of the last try to store */
bool window_is_idle(const struct window *window); /* nothing of it is in the intake */

#endif
