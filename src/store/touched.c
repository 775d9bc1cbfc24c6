// SPDX-License-Identifier: GPL-3.0-or-later
/* touched - a hash table of (host, tag)s, each with a bit for each relation. */
#include "store/touched.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define RELATIONS_MAX 64 /* bits */

struct place {
    char *host, *tag; /* NULL: any */
    uint64_t relations;
};

struct touched {
    bool is_all;
    char *relations[RELATIONS_MAX];
    size_t relation_count;
    struct place *places; /* in the order in which they came */
    size_t count;
    uint32_t *slots;   /* number of a place from 1 on; 0: free */
    size_t slot_count; /* a power of two, over twice as many as places */
};

struct touched *touched_new(void)
{
    return memory_new(sizeof(struct touched));
}

static void empty(struct touched *touched)
{
    for (size_t i = 0; i < touched->count; i++) {
        free(touched->places[i].host);
        free(touched->places[i].tag);
    }
    for (size_t i = 0; i < touched->relation_count; i++)
        free(touched->relations[i]);
    free(touched->places);
    free(touched->slots);
    *touched = (struct touched){0};
}

void touched_free(struct touched *touched)
{
    if (touched)
        empty(touched);
    free(touched);
}

void touched_add_all(struct touched *touched)
{
    empty(touched);
    touched->is_all = true;
}

/* ---- relations ---- */

/* RELATIONS_MAX: it is not there. */
static size_t find_relation(const struct touched *touched, const char *name)
{
    for (size_t i = 0; i < touched->relation_count; i++)
        if (strcmp(touched->relations[i], name) == 0)
            return i;
    return RELATIONS_MAX;
}

/* RELATIONS_MAX: there is no room. */
static size_t add_relation(struct touched *touched, const char *name)
{
    size_t found = find_relation(touched, name);
    if (found < RELATIONS_MAX || touched->relation_count == RELATIONS_MAX)
        return found;
    touched->relations[touched->relation_count] = text_copy(name);
    return touched->relation_count++;
}

/* ---- places ---- */

/* FNV-1a. NULL is not "". */
static uint64_t hash_text(uint64_t hash, const char *text)
{
    hash = (hash ^ (text ? 1 : 2)) * 0x100000001B3;
    for (; text && *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001B3;
    return hash;
}

static bool is_same(const char *one, const char *other)
{
    return one && other ? strcmp(one, other) == 0 : one == other;
}

static bool is_at(const struct place *place, const char *host, const char *tag)
{
    return is_same(place->host, host) && is_same(place->tag, tag);
}

/* Where that place is named, or where it would be. */
static uint32_t *find_slot(const struct touched *touched, const char *host,
                           const char *tag)
{
    size_t at = hash_text(hash_text(0xCBF29CE484222325, host), tag);
    for (;; at++) {
        uint32_t *slot = &touched->slots[at & (touched->slot_count - 1)];
        if (*slot == 0 || is_at(&touched->places[*slot - 1], host, tag))
            return slot;
    }
}

static void grow(struct touched *touched)
{
    size_t room = touched->slot_count ? touched->slot_count : 16;
    touched->places = memory_resize(touched->places, room * sizeof *touched->places);
    free(touched->slots);
    touched->slot_count = room * 2;
    touched->slots = memory_new(touched->slot_count * sizeof *touched->slots);
    for (size_t i = 0; i < touched->count; i++)
        *find_slot(touched, touched->places[i].host, touched->places[i].tag) =
            (uint32_t)i + 1;
}

static void add(struct touched *touched, const char *host, const char *tag,
                uint64_t relations)
{
    if (touched->count * 2 >= touched->slot_count)
        grow(touched);
    uint32_t *slot = find_slot(touched, host, tag);
    if (*slot == 0) {
        touched->places[touched->count++] =
            (struct place){.host = text_copy(host), .tag = text_copy(tag)};
        *slot = (uint32_t)touched->count;
    }
    touched->places[*slot - 1].relations |= relations;
}

void touched_add(struct touched *touched, const char *relation, const char *host,
                 const char *tag)
{
    if (touched->is_all)
        return;
    size_t bit = add_relation(touched, relation);
    if (bit < RELATIONS_MAX)
        add(touched, host, host ? tag : NULL, UINT64_C(1) << bit);
    if (bit == RELATIONS_MAX || touched->count > TOUCHED_MAX)
        touched_add_all(touched);
}

static void add_place(struct touched *to, const struct touched *from,
                      const struct place *place)
{
    for (size_t i = 0; i < from->relation_count; i++)
        if (place->relations & UINT64_C(1) << i)
            touched_add(to, from->relations[i], place->host, place->tag);
}

void touched_move(struct touched *from, struct touched *to)
{
    if (from->is_all)
        touched_add_all(to);
    for (size_t i = 0; i < from->count && !to->is_all; i++)
        add_place(to, from, &from->places[i]);
    empty(from);
}

/* ---- asked ---- */

bool touched_is_empty(const struct touched *touched)
{
    return !touched->is_all && touched->count == 0;
}

bool touched_is_all(const struct touched *touched)
{
    return touched->is_all;
}

bool touched_has(const struct touched *touched, const char *relation)
{
    return touched->is_all || find_relation(touched, relation) < RELATIONS_MAX;
}

void touched_each(const struct touched *touched,
                  bool (*wanted)(void *context, const char *relation),
                  void (*each)(void *context, const char *host, const char *tag),
                  void *context)
{
    uint64_t relations = 0;
    if (touched->is_all)
        each(context, NULL, NULL);
    for (size_t i = 0; i < touched->relation_count; i++)
        if (wanted(context, touched->relations[i]))
            relations |= UINT64_C(1) << i;
    for (size_t i = 0; i < touched->count; i++)
        if (touched->places[i].relations & relations)
            each(context, touched->places[i].host, touched->places[i].tag);
}
