// SPDX-License-Identifier: GPL-3.0-or-later
/* machine - a root, a path, and patience. */
#include "facts/machine.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/files.h"
#include "base/memory.h"

/* ---- what was damaged ---- */

void damage_add(struct damage *damage, const char *format, ...)
{
    char text[sizeof damage->first.text];
    va_list values;
    if (damage->count++ > 0)
        return;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    error_set(&damage->first, 0, "%s", text);
}

int damage_result(const struct damage *damage, struct error *err)
{
    if (damage->count == 0)
        return 0;
    if (damage->count == 1)
        return error_set(err, 1, "%s", damage->first.text);
    return error_set(err, 1, "%s; and %zu more", damage->first.text, damage->count - 1);
}

/* ---- files and folders ---- */

bool machine_has(const char *root, const char *path)
{
    AUTO(str) char *full = text_format("%s%s", root, path);
    return access(full, F_OK) == 0;
}

int machine_read(const char *root, const char *path, struct strbuf *buf,
                 struct error *err)
{
    AUTO(str) char *full = text_format("%s%s", root, path);
    int rc = files_read(full, MACHINE_FILE_MAX, buf, err);
    return rc == -ENOENT ? 0 : rc;
}

int machine_each_line(const char *root, const char *path, machine_line_fn *each,
                      void *context, struct error *err)
{
    AUTO(str) char *full = text_format("%s%s", root, path);
    AUTO(file) FILE *file = fopen(full, "re");
    if (!file && errno == ENOENT)
        return 0;
    if (!file)
        return error_set(err, -errno, "%s: %s", full, strerror(errno));

    AUTO(str) char *line = NULL;
    size_t room = 0, number = 0;
    ssize_t length;
    while ((length = getline(&line, &room, file)) >= 0) {
        if (length > 0 && line[length - 1] == '\n')
            line[length - 1] = '\0';
        each(line, ++number, context);
    }
    if (ferror(file))
        return error_set(err, -EIO, "%s: %s", full, strerror(errno));
    return 0;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void machine_list(const char *root, const char *path, struct texts *ret)
{
    AUTO(str) char *full = text_format("%s%s", root, path);
    DIR *entries = opendir(full);
    if (!entries)
        return;
    for (struct dirent *entry; (entry = readdir(entries));)
        if (entry->d_name[0] != '.')
            texts_add(ret, entry->d_name);
    closedir(entries);
    if (ret->count > 0)
        qsort(ret->items, ret->count, sizeof *ret->items, compare_texts);
}
