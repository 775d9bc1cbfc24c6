// SPDX-License-Identifier: GPL-3.0-or-later
/* error - a sentence and a number in one return. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "base/utf8.h"

int error_set(struct error *err, int rc, const char *format, ...)
{
    if (!err)
        return rc;

    va_list values;
    va_start(values, format);
    vsnprintf(err->text, sizeof err->text, format, values);
    va_end(values);
    secret_hide(err->text);
    utf8_tidy(err->text, strlen(err->text));
    return rc;
}

int error_prefix(struct error *err, int rc, const char *format, ...)
{
    if (!err)
        return rc;

    char prefix[sizeof err->text];
    va_list values;
    va_start(values, format);
    vsnprintf(prefix, sizeof prefix, format, values);
    va_end(values);
    secret_hide(prefix);

    size_t length = strlen(prefix);
    size_t room = sizeof err->text - 1;
    if (length + 2 > room)
        return rc;
    size_t kept = strlen(err->text);
    if (kept > room - length - 2)
        kept = room - length - 2;
    memmove(err->text + length + 2, err->text, kept);
    memcpy(err->text, prefix, length);
    memcpy(err->text + length, ": ", 2);
    err->text[length + 2 + kept] = '\0';
    utf8_tidy(err->text, strlen(err->text));
    return rc;
}
