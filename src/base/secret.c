// SPDX-License-Identifier: GPL-3.0-or-later
/* secret - a token is known by how it begins, and by its length: names of people's own,
 * such as the Redis list sheepdog_run, are shorter. */
#include "base/secret.h"

#include <stddef.h>
#include <string.h>

#define PREFIX   "sheepdog_"
#define SHORTEST 24 /* letters behind the prefix, of the 43 that a token has */

static const char letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char stand_in[] = "[redacted]";

void secret_hide(char *text)
{
    for (char *at = text; (at = strstr(at, PREFIX));) {
        at += strlen(PREFIX);
        size_t length = strspn(at, letters);
        if (length < SHORTEST)
            continue;
        size_t left = strlen(stand_in);
        memcpy(at, stand_in, left);
        memmove(at + left, at + length, strlen(at + length) + 1);
        at += left;
    }
}
