// SPDX-License-Identifier: GPL-3.0-or-later
/* state - the names. */
#include "message/state.h"

#include <stddef.h>
#include <string.h>

static const char *const names[] = {
    [STATE_NONE] = "none",       [STATE_OK] = "ok",     [STATE_UNKNOWN] = "unknown",
    [STATE_WARNING] = "warning", [STATE_FAIL] = "fail",
};

const char *state_name(enum state state)
{
    return names[state];
}

enum state state_find(const char *name)
{
    for (int i = STATE_OK; i <= STATE_FAIL; i++)
        if (strcmp(names[i], name) == 0)
            return (enum state)i;
    return STATE_NONE;
}

bool state_is_wrong(enum state state)
{
    return state > STATE_OK;
}

bool state_is_news(enum state before, enum state now)
{
    return before != now && (state_is_wrong(before) || state_is_wrong(now));
}
