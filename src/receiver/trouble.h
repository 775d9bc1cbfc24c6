// SPDX-License-Identifier: GPL-3.0-or-later
/* trouble - what is wrong with a receiver: said once when it begins and once when it is
 * over, and how long it rests meanwhile.
 *
 * Used by: receiver.c, on its thread. Goes to the log. */
#ifndef RECEIVER_TROUBLE_H
#define RECEIVER_TROUBLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define TROUBLE_TRIES 3 /* of a message */

struct trouble {          /* its members are its own, but for the first two */
    const char *name;     /* of the plugin; lent */
    int64_t pause_min;    /* ms that it rests the first time */
    int64_t pause;        /* ms, the last time; 0: all is well */
    int64_t silent_until; /* us: till then no more is said of its lines */
    int64_t tried;        /* number of the message that it failed with last */
    int tries;            /* of that */
    bool was_start_said;
    struct error why;     /* we ended it; "": it ended by itself */
    char last_words[200]; /* the last line of its stderr */
};

void trouble_begin(struct trouble *trouble); /* it is started: nothing is wrong yet */

/* We end it; the first reason counts. */
void trouble_blame(struct trouble *trouble, const char *why);
bool trouble_is_blamed(const struct trouble *trouble);

/* It cannot even be started; said once where there is other trouble already. */
void trouble_say_start(struct trouble *trouble, const struct error *why);

/* Of what it complains of on its stderr, the last line is kept. */
void trouble_hear(struct trouble *trouble, const char *bytes, size_t size);

/* One of its lines cannot be read; said once a minute. */
void trouble_say_line(struct trouble *trouble, const struct error *why);

/* It ended, with a status of waitpid; returns how many ms it is to rest. */
int64_t trouble_pause(struct trouble *trouble, int status);

/* It ended at this message; whether that is now to be passed over. */
bool trouble_is_hopeless(struct trouble *trouble, int64_t number, const char *id);

void trouble_is_over(struct trouble *trouble); /* it is done with a message */

#endif
