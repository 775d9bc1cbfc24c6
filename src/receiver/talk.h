// SPDX-License-Identifier: GPL-3.0-or-later
/* talk - gives the process of a receiver one letter after the other, and knows which
 * one it is at.
 *
 *     FREE ──give──> GIVING ──all written──> GIVEN ──read──> HELD
 *                      ^                                      │ give: the first byte
 *                      └───── it was read: that one is done ── ASKED
 *
 * Used by: receiver.c, on its thread. Its members are to be read by that alone. */
#ifndef RECEIVER_TALK_H
#define RECEIVER_TALK_H

#include <stdbool.h>
#include <stdint.h>

#include "receiver/letters.h"
#include "receiver/runner.h"

enum talk_stage {
    TALK_FREE,   /* nothing is in its hands */
    TALK_GIVING, /* the letter is being written */
    TALK_GIVEN,  /* it is written, and not read yet */
    TALK_HELD,   /* it is read, and worked on */
    TALK_ASKED,  /* the first byte of the next one is written, and not read yet */
};

struct talk {
    struct runner runner;
    enum talk_stage stage;
    struct letter *letter; /* in its hands, or to be given to the next process; NULL */
    struct letter *next;   /* asked; NULL */
    size_t at;             /* bytes of the letter that were written */
    int64_t since; /* us, by clock_monotonic(): when the letter was last moved */
};

#define TALK_NONE                                                                      \
    {                                                                                  \
        .runner = RUNNER_NONE                                                          \
    }

void talk_clear(struct talk *talk);
AUTO_DEFINE_CLEAR(talk)

/* Begins with a process that was just started: with the letter that is left, if any. */
void talk_begin(struct talk *talk);

/* Whether it can be given a letter, and does so; the letter is the talk's. */
bool talk_has_room(const struct talk *talk);
void talk_give(struct talk *talk, struct letter *letter);

/* Whether there is something to write once its stdin is ready; and that it is. Returns
 * whether the letter is done: then the caller hears all that was said of it, and calls
 * talk_go_on, which gives the next. */
bool talk_is_writing(const struct talk *talk);
bool talk_write(struct talk *talk);
void talk_go_on(struct talk *talk);

/* The letter is done without a next one; the process may still run. */
void talk_finish(struct talk *talk);

/* It ended; the letter stays, and an asked one becomes whole again. */
void talk_end(struct talk *talk);

#endif
