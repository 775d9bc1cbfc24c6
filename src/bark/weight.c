// SPDX-License-Identifier: GPL-3.0-or-later
/* weight - a table of what there is. */
#include "bark/weight.h"

#include <string.h>

#include "base/memory.h"

#define SUFFIX ".json"

static const struct {
    const char *name, *plural;
    bool is_light;
} rows[WEIGHTS] = {
    [WEIGHT_SUCCESS] = {"success", "successes", true},
    [WEIGHT_START] = {"start", "starts", true},
    [WEIGHT_READING] = {"reading", "readings", true},
    [WEIGHT_FACTS] = {"facts", "facts", true},
    [WEIGHT_NOTE] = {"note", "notes", false},
    [WEIGHT_FAILURE] = {"failure", "failures", false},
    [WEIGHT_OTHER] = {"other", "others", false},
};

enum weight weight_of(enum message_kind kind, enum message_err err)
{
    if (err == ERR_SUCCESS)
        return WEIGHT_SUCCESS;
    if (err != ERR_NONE)
        return WEIGHT_FAILURE;
    switch (kind) {
    case MESSAGE_START:
        return WEIGHT_START;
    case MESSAGE_BEAT:
    case MESSAGE_READING:
        return WEIGHT_READING;
    case MESSAGE_FACTS:
        return WEIGHT_FACTS;
    default:
        return WEIGHT_NOTE;
    }
}

const char *weight_name(enum weight weight)
{
    return rows[weight].name;
}

bool weight_is_light(enum weight weight)
{
    return rows[weight].is_light;
}

char *weight_file(const char *id, enum weight weight)
{
    if (weight == WEIGHT_OTHER)
        return text_format("%s" SUFFIX, id);
    return text_format("%s.%s" SUFFIX, id, weight_name(weight));
}

bool weight_is_file(const char *name)
{
    size_t length = strlen(name), suffix = strlen(SUFFIX);
    return name[0] != '.' && length > suffix &&
           strcmp(name + length - suffix, SUFFIX) == 0;
}

enum weight weight_of_file(const char *name)
{
    const char *dot = strchr(name, '.');
    size_t length = dot ? strcspn(dot + 1, ".") : 0;
    for (int i = 0; i < WEIGHT_OTHER; i++)
        if (length == strlen(rows[i].name) && strcmp(dot + 1 + length, SUFFIX) == 0 &&
            strncmp(dot + 1, rows[i].name, length) == 0)
            return (enum weight)i;
    return WEIGHT_OTHER;
}

void weight_put_counts(struct strbuf *buf, const size_t counts[WEIGHTS])
{
    const char *comma = "";
    for (int i = 0; i < WEIGHTS; i++)
        if (counts[i] > 0) {
            strbuf_printf(buf, "%s%zu %s", comma, counts[i],
                          counts[i] == 1 ? rows[i].name : rows[i].plural);
            comma = ", ";
        }
    if (!*comma)
        strbuf_puts(buf, "nothing");
}
