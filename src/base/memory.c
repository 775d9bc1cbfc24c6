// SPDX-License-Identifier: GPL-3.0-or-later
/* memory - allocation that either succeeds or ends the program. */
#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *memory)
{
    if (memory)
        return memory;
    fputs("sheepdog: out of memory\n", stderr);
    abort();
}

void *memory_new(size_t size)
{
    return checked(calloc(1, size ? size : 1));
}

void *memory_resize(void *memory, size_t size)
{
    return checked(realloc(memory, size ? size : 1));
}

char *memory_copy(const void *bytes, size_t size)
{
    char *copy = checked(malloc(size + 1));
    if (size > 0)
        memcpy(copy, bytes, size);
    copy[size] = '\0';
    return copy;
}

char *text_copy(const char *text)
{
    return text ? memory_copy(text, strlen(text)) : NULL;
}

char *text_format(const char *format, ...)
{
    char *text = NULL;
    va_list values;
    va_start(values, format);
    int length = vasprintf(&text, format, values);
    va_end(values);
    return checked(length < 0 ? NULL : text);
}
