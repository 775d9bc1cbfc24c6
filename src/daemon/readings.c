// SPDX-License-Identifier: GPL-3.0-or-later
/* readings - a name's place is kept, as it comes again and again. */
#include "daemon/readings.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define HOUR 3600000000 /* us */
#define DAY  (24 * HOUR)

struct entry {
    char *name, *unit;
    double value;
    bool is_new;        /* since the last beat */
    bool has_told_unit; /* at told */
    int64_t told;       /* us, monotonic: when its unit was */
    int64_t given;      /* likewise: when it was last in a beat */
};

struct readings {
    struct entry *entries;
    size_t count;
};

struct readings *readings_new(void)
{
    return memory_new(sizeof(struct readings));
}

static void entry_clear(struct entry *entry)
{
    free(entry->name);
    free(entry->unit);
}

void readings_free(struct readings *readings)
{
    if (!readings)
        return;
    for (size_t i = 0; i < readings->count; i++)
        entry_clear(&readings->entries[i]);
    free(readings->entries);
    free(readings);
}

static void put_escaped(struct strbuf *name, const char *text)
{
    for (; *text; text++)
        if (*text > ' ' && *text < 0x7f && *text != '%')
            strbuf_putc(name, *text);
        else
            strbuf_printf(name, "%%%02X", (unsigned char)*text);
}

static char *make_name(const char *tag, const struct finding *finding)
{
    struct strbuf name = {0};
    put_escaped(&name, tag);
    if (finding->part) {
        strbuf_putc(&name, ':');
        put_escaped(&name, finding->part);
    }
    strbuf_putc(&name, '.');
    put_escaped(&name, finding->name);
    return strbuf_take(&name);
}

static struct entry *find_or_add(struct readings *readings, const char *name)
{
    for (size_t i = 0; i < readings->count; i++)
        if (strcmp(readings->entries[i].name, name) == 0)
            return &readings->entries[i];
    if (readings->count >= READINGS_MAX || strlen(name) > MESSAGE_NAME_MAX)
        return NULL;
    readings->entries = memory_resize(readings->entries, (readings->count + 1) *
                                                             sizeof *readings->entries);
    struct entry *entry = &readings->entries[readings->count++];
    *entry = (struct entry){.name = text_copy(name), .unit = text_copy("")};
    return entry;
}

/* Shortened to what is worth sending. */
static double round_value(double value)
{
    char text[32];
    snprintf(text, sizeof text, "%.6g", value);
    return strtod(text, NULL);
}

static void take(struct readings *readings, const char *tag,
                 const struct finding *finding)
{
    AUTO(str) char *name = make_name(tag, finding);
    const char *unit = finding->unit ? finding->unit : "";
    struct entry *entry = find_or_add(readings, name);
    if (!entry || !isfinite(finding->value))
        return;
    if (strcmp(entry->unit, unit) != 0) {
        free(entry->unit);
        entry->unit = text_copy(unit);
        entry->has_told_unit = false;
    }
    entry->value = round_value(finding->value);
    entry->is_new = true;
}

void readings_take(struct readings *readings, const char *tag,
                   const struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        if (findings->items[i].type == FINDING_READING)
            take(readings, tag, &findings->items[i]);
}

static bool is_unit_due(const struct entry *entry, int64_t now)
{
    return entry->unit[0] && (!entry->has_told_unit || now - entry->told >= HOUR);
}

void readings_give(const struct readings *readings, int64_t now,
                   struct message *message)
{
    size_t room = message->reading_count + readings->count;
    message->readings =
        memory_resize(message->readings, (room ? room : 1) * sizeof *message->readings);
    for (size_t i = 0; i < readings->count; i++) {
        const struct entry *entry = &readings->entries[i];
        if (entry->is_new)
            message->readings[message->reading_count++] = (struct message_reading){
                .name = text_copy(entry->name),
                .value = entry->value,
                .unit = is_unit_due(entry, now) ? text_copy(entry->unit) : NULL};
    }
}

void readings_given(struct readings *readings, int64_t now)
{
    size_t kept = 0;
    for (size_t i = 0; i < readings->count; i++) {
        struct entry entry = readings->entries[i];
        if (entry.is_new) {
            if (is_unit_due(&entry, now))
                entry.told = now;
            entry.has_told_unit = true;
            entry.given = now;
            entry.is_new = false;
        }
        if (now - entry.given < DAY)
            readings->entries[kept++] = entry;
        else
            entry_clear(&entry);
    }
    readings->count = kept;
}
