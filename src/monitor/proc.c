// SPDX-License-Identifier: GPL-3.0-or-later
/* proc - lines, words and numbers. */
#include "monitor/proc.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool proc_field(const char *text, const char *name, uint64_t *ret)
{
    size_t length = strlen(name);
    for (const char *line = text; *line; line++) {
        if (strncmp(line, name, length) == 0 && isblank((unsigned char)line[length])) {
            const char *number = line + length + strspn(line + length, " \t");
            if (!isdigit((unsigned char)*number))
                return false;
            *ret = strtoull(number, NULL, 10);
            return true;
        }
        line += strcspn(line, "\n");
        if (!*line)
            return false;
    }
    return false;
}

int proc_malformed(const char *path, struct error *err)
{
    return error_set(err, -EBADMSG, "%s: it is not understood", path);
}

const char *proc_word(const struct look *look, const char *path, char ret[],
                      size_t size)
{
    AUTO(strbuf) struct strbuf text = {0};
    ret[0] = '\0';
    if (look_read(look, path, &text, NULL) == 0)
        snprintf(ret, size, "%.*s", (int)strcspn(strbuf_text(&text), "\n"),
                 strbuf_text(&text));
    return ret;
}

int proc_number(const struct look *look, const char *path, int64_t *ret,
                struct error *err)
{
    AUTO(strbuf) struct strbuf text = {0};
    int rc = look_read(look, path, &text, err);
    if (rc < 0)
        return rc;
    char *end;
    errno = 0;
    long long value = strtoll(strbuf_text(&text), &end, 10);
    if (end == strbuf_text(&text) || (*end && *end != '\n') || errno == ERANGE)
        return proc_malformed(path, err);
    *ret = value;
    return 0;
}

/* "0-3,8", as the kernel lists processors. */
int proc_cores(const struct look *look)
{
    char list[256];
    const char *at =
        proc_word(look, "/sys/devices/system/cpu/online", list, sizeof list);
    long cores = 0;
    while (isdigit((unsigned char)*at)) {
        char *end;
        long first = strtol(at, &end, 10), last = first;
        if (*end == '-')
            last = strtol(end + 1, &end, 10);
        cores += last - first + 1;
        at = *end == ',' ? end + 1 : end;
    }
    return cores < 1 || cores > 1 << 16 ? 1 : (int)cores;
}
