// SPDX-License-Identifier: GPL-3.0-or-later
/* state - how a (host, tag) is. */
#ifndef MESSAGE_STATE_H
#define MESSAGE_STATE_H

#include <stdbool.h>

/* In the order of how wrong it is. */
enum state {
    STATE_NONE, /* nothing was said of it */
    STATE_OK,
    STATE_UNKNOWN,
    STATE_WARNING,
    STATE_FAIL,
};

const char *state_name(enum state state); /* "ok"; "none" for STATE_NONE */
enum state
state_find(const char *name);          /* STATE_NONE when there is none of that name */
bool state_is_wrong(enum state state); /* neither none nor ok */

/* Whether it says something to whoever knew the one before: a change, but for the first
 * word of all, when it is ok. */
bool state_is_news(enum state before, enum state now);

#endif
