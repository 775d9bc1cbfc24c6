// SPDX-License-Identifier: GPL-3.0-or-later
/* looked - a line a source: NAME TIME PRINT SENTENCE. */
#include "facts/looked.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/files.h"
#include "base/memory.h"
#include "base/strbuf.h"

#define NAME          "looked"
#define FILE_SIZE_MAX (1 << 20)

static void read_line(const char *line, struct looked *looked)
{
    char name[RELATION_NAME_MAX + 1];
    struct look_entry entry = {.name = name};
    int used = 0;
    if (sscanf(line, "%63s %" SCNd64 " %" SCNx64 "%n", name, &entry.time, &entry.print,
               &used) != 3)
        return;
    entry.trouble = (char *)line + used + (line[used] == ' ');
    looked_set(looked, &entry);
}

void looked_read(const char *folder, struct looked *ret)
{
    AUTO(str) char *path = text_format("%s/" NAME, folder);
    AUTO(strbuf) struct strbuf text = {0};
    if (files_read(path, FILE_SIZE_MAX, &text, NULL) < 0)
        return;
    char *next = text.data;
    for (char *line; (line = strsep(&next, "\n")) != NULL;)
        read_line(line, ret);
}

int looked_write(const char *folder, const struct looked *looked, struct error *err)
{
    AUTO(strbuf) struct strbuf text = {0};
    for (size_t i = 0; i < looked->count; i++)
        strbuf_printf(&text, "%s %" PRId64 " %016" PRIx64 " %s\n",
                      looked->items[i].name, looked->items[i].time,
                      looked->items[i].print, looked->items[i].trouble);
    return files_put(folder, NAME, strbuf_text(&text), text.size, err);
}

void looked_clear(struct looked *looked)
{
    for (size_t i = 0; i < looked->count; i++) {
        free(looked->items[i].name);
        free(looked->items[i].trouble);
    }
    free(looked->items);
    *looked = (struct looked){0};
}

static struct look_entry *find(const struct looked *looked, const char *name)
{
    for (size_t i = 0; i < looked->count; i++)
        if (strcmp(looked->items[i].name, name) == 0)
            return &looked->items[i];
    return NULL;
}

const struct look_entry *looked_find(const struct looked *looked, const char *name)
{
    return find(looked, name);
}

void looked_set(struct looked *looked, const struct look_entry *entry)
{
    struct look_entry *place = find(looked, entry->name);
    if (!place) {
        looked->items =
            memory_resize(looked->items, (looked->count + 1) * sizeof *looked->items);
        place = &looked->items[looked->count++];
        *place = (struct look_entry){.name = text_copy(entry->name)};
    }
    free(place->trouble);
    place->trouble = text_copy(entry->trouble);
    place->time = entry->time;
    place->print = entry->print;
}

/* ---- what is watched ---- */

static uint64_t mix(uint64_t print, int64_t value)
{
    print ^= (uint64_t)value;
    print *= 0x9e3779b97f4a7c15;
    return print ^ print >> 29;
}

uint64_t looked_print(const struct fact_source *source, const char *root)
{
    uint64_t print = 1;
    for (size_t i = 0; source->watched && source->watched[i]; i++) {
        AUTO(str) char *path = text_format("%s%s", root, source->watched[i]);
        struct stat status = {0};
        bool is_there = stat(path, &status) == 0;
        print = mix(print, is_there);
        if (!is_there)
            continue;
        print = mix(print, (int64_t)status.st_ino);
        print = mix(print, status.st_size);
        print = mix(print, status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec);
        print = mix(print, status.st_ctim.tv_sec * 1000000000 + status.st_ctim.tv_nsec);
    }
    return print;
}
