// SPDX-License-Identifier: GPL-3.0-or-later
/* tried - two lines: when one was taken last, and the error. */
#include "bark/tried.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/memory.h"

#define NAME     ".tried"
#define TEXT_MAX 4096

static int64_t find_time(const char *folder)
{
    AUTO(str) char *path = text_format("%s/" NAME, folder);
    struct stat status;
    if (stat(path, &status) < 0)
        return 0;
    return (int64_t)status.st_mtim.tv_sec * 1000 + status.st_mtim.tv_nsec / 1000000;
}

void tried_get(const char *folder, struct tried *ret)
{
    AUTO(str) char *path = text_format("%s/" NAME, folder);
    AUTO(strbuf) struct strbuf text = {0};
    *ret = (struct tried){.time = find_time(folder)};
    if (files_read(path, TEXT_MAX, &text, NULL) < 0 || text.size == 0)
        return;
    char *newline = strchr(text.data, '\n');
    if (newline)
        *newline = '\0';
    if (clock_parse_utc(text.data, &ret->taken, NULL) < 0)
        ret->taken = 0;
    const char *why = newline ? newline + 1 : "";
    error_set(&ret->why, 0, "%.*s", (int)strcspn(why, "\n"), why);
}

void tried_put(const char *folder, const struct tried *tried)
{
    AUTO(strbuf) struct strbuf text = {0};
    char taken[CLOCK_TEXT_SIZE] = "never";
    if (tried->taken != 0)
        clock_format_utc(tried->taken, taken);
    strbuf_printf(&text, "%s\n%s\n", taken, tried->why.text);
    if (files_put(folder, NAME, text.data, text.size, NULL) < 0)
        tried_clear(folder);
}

void tried_clear(const char *folder)
{
    AUTO(str) char *path = text_format("%s/" NAME, folder);
    unlink(path);
}

bool tried_within(const char *folder, int64_t ms)
{
    int64_t time = find_time(folder), now = clock_now();
    return time <= now && now - time < ms;
}
