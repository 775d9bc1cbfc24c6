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
    free(given->relations);
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

/* ---- what is wanted ---- */

static struct given_relation *find_relation(const struct given *given, const char *name)
{
    for (size_t i = 0; i < given->relation_count; i++)
        if (strcmp(given->relations[i].name, name) == 0)
            return &given->relations[i];
    return NULL;
}

static bool is_relation(void *context, const char *relation)
{
    const struct given_relation *wanted = context;
    return strcmp(wanted->name, relation) == 0;
}

static void widen(void *context, const char *host, const char *tag)
{
    struct given_relation *wanted = context;
    enum narrow_reach reach = !host ? NARROW_ALL : !tag ? NARROW_FIRST : NARROW_BOTH;
    if (reach > wanted->reach)
        wanted->reach = reach;
}

enum narrow_reach given_want(struct given *given, const struct touched *touched,
                             const char *relation)
{
    const struct given_relation *known = find_relation(given, relation);
    if (known)
        return known->reach;
    struct given_relation wanted = {.name = relation, .reach = NARROW_NONE};
    touched_each(touched, is_relation, widen, &wanted);
    given->relations = grown(given->relations, given->relation_count,
                             &given->relation_room, sizeof *given->relations);
    given->relations[given->relation_count++] = wanted;
    return wanted.reach;
}

/* ---- in ---- */

static bool is_wanted(void *context, const char *relation)
{
    return find_relation(context, relation) != NULL;
}

static void add(void *context, const char *host, const char *tag)
{
    struct given *given = context;
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

void given_take(struct given *given, const struct touched *touched)
{
    touched_each(touched, is_wanted, add, given);
    if (given->count > 0)
        qsort(given->tags, given->count, sizeof *given->tags, compare_tags);
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
