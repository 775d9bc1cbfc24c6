// SPDX-License-Identifier: GPL-3.0-or-later
/* given - sorted arrays, each text its own. */
#include "alert/given.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void given_clear(struct given *given)
{
    for (size_t i = 0; i < given->count; i++) {
        free(given->tags[i].host);
        free(given->tags[i].tag);
    }
    for (size_t i = 0; i < given->host_count; i++)
        free(given->hosts[i]);
    free(given->tags);
    free(given->hosts);
    *given = (struct given){0};
}

static void *grown(void *items, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return items;
    *room = *room ? *room * 2 : 64;
    return memory_resize(items, *room * size);
}

/* ---- in ---- */

struct adding {
    struct given *given;
    const char *relation;
    enum narrow_reach reach;
};

static bool is_relation(void *context, const char *relation)
{
    const struct adding *adding = context;
    return strcmp(adding->relation, relation) == 0;
}

static void add(void *context, const char *host, const char *tag)
{
    struct adding *adding = context;
    struct given *given = adding->given;
    enum narrow_reach reach = !host ? NARROW_ALL : !tag ? NARROW_FIRST : NARROW_BOTH;
    if (reach > adding->reach)
        adding->reach = reach;
    if (!host)
        return;
    given->hosts =
        grown(given->hosts, given->host_count, &given->host_room, sizeof *given->hosts);
    given->hosts[given->host_count++] = text_copy(host);
    if (!tag)
        return;
    given->tags = grown(given->tags, given->count, &given->room, sizeof *given->tags);
    given->tags[given->count++] =
        (struct given_tag){.host = text_copy(host), .tag = text_copy(tag)};
}

enum narrow_reach given_add(struct given *given, const struct touched *touched,
                            const char *relation)
{
    struct adding adding = {.given = given, .relation = relation};
    if (touched_is_all(touched))
        return NARROW_ALL;
    if (touched_has(touched, relation))
        touched_each(touched, is_relation, add, &adding);
    return adding.reach;
}

/* ---- sorted ---- */

static int compare_tags(const void *left, const void *right)
{
    const struct given_tag *one = left, *other = right;
    int order = strcmp(one->host, other->host);
    return order ? order : strcmp(one->tag, other->tag);
}

static int compare_hosts(const void *one, const void *other)
{
    return strcmp(*(char *const *)one, *(char *const *)other);
}

static void sort_tags(struct given *given)
{
    size_t count = 0;
    qsort(given->tags, given->count, sizeof *given->tags, compare_tags);
    for (size_t i = 0; i < given->count; i++) {
        if (count > 0 && compare_tags(&given->tags[count - 1], &given->tags[i]) == 0) {
            free(given->tags[i].host);
            free(given->tags[i].tag);
        } else {
            given->tags[count++] = given->tags[i];
        }
    }
    given->count = count;
}

static void sort_hosts(struct given *given)
{
    size_t count = 0;
    qsort(given->hosts, given->host_count, sizeof *given->hosts, compare_hosts);
    for (size_t i = 0; i < given->host_count; i++) {
        if (count > 0 && strcmp(given->hosts[count - 1], given->hosts[i]) == 0)
            free(given->hosts[i]);
        else
            given->hosts[count++] = given->hosts[i];
    }
    given->host_count = count;
}

void given_sort(struct given *given)
{
    if (given->count > 0)
        sort_tags(given);
    if (given->host_count > 0)
        sort_hosts(given);
}

bool given_has(const struct given *given, enum narrow_reach reach, const char *host,
               const char *tag)
{
    const struct given_tag key = {.host = (char *)host, .tag = (char *)tag};
    if (reach == NARROW_BOTH)
        return given->count > 0 &&
               bsearch(&key, given->tags, given->count, sizeof key, compare_tags);
    return given->host_count > 0 &&
           bsearch(&host, given->hosts, given->host_count, sizeof host, compare_hosts);
}
