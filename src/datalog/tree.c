// SPDX-License-Identifier: GPL-3.0-or-later
/* tree - the program's memory, its predicates, and copies of rules. */
#include "datalog/tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct program *program_new(void)
{
    struct program *program = memory_new(sizeof *program);
    program->arena = arena_new();
    return program;
}

void program_free(struct program *program)
{
    if (!program)
        return;
    arena_free(program->arena);
    free(program);
}

/* ---- predicates: an open table of a power of two places, at most half full ---- */

static size_t hash(const char *name)
{
    uint64_t sum = UINT64_C(14695981039346656037); /* FNV-1a */
    for (; *name; name++)
        sum = (sum ^ (unsigned char)*name) * UINT64_C(1099511628211);
    return (size_t)(sum ^ sum >> 32);
}

/* Where the name stands, or would. */
static struct predicate **find_slot(struct predicate **index, size_t room,
                                    const char *name)
{
    size_t at = hash(name) & (room - 1);
    while (index[at] && strcmp(index[at]->name, name) != 0)
        at = (at + 1) & (room - 1);
    return &index[at];
}

static void grow_index(struct program *program)
{
    size_t room = program->index_room ? program->index_room * 2 : 64;
    struct predicate **larger = arena_take(program->arena, room * sizeof *larger);
    for (size_t i = 0; i < program->index_room; i++)
        if (program->index[i])
            *find_slot(larger, room, program->index[i]->name) = program->index[i];
    program->index = larger;
    program->index_room = room;
}

struct predicate *predicate_find(const struct program *program, const char *name)
{
    if (program->index_room == 0)
        return NULL;
    return *find_slot(program->index, program->index_room, name);
}

struct predicate *predicate_get(struct program *program, const char *name,
                                const struct place *place)
{
    struct predicate *predicate = predicate_find(program, name);
    if (predicate)
        return predicate;
    if ((program->predicate_count + 1) * 2 > program->index_room)
        grow_index(program);
    predicate = arena_take(program->arena, sizeof *predicate);
    predicate->name = arena_text(program->arena, name);
    if (place)
        predicate->place = *place;
    arena_push(program->arena, (void ***)&program->predicates,
               &program->predicate_count, predicate);
    *find_slot(program->index, program->index_room, name) = predicate;
    return predicate;
}

/* ---- in order ---- */

static int compare_places(const void *one, const void *other)
{
    const struct literal *const *left = one, *const *right = other;
    size_t starts[] = {(*left)->place.start, (*right)->place.start};
    return starts[0] < starts[1] ? -1 : starts[0] > starts[1];
}

void literals_sort(struct literal **literals, size_t count)
{
    if (count > 1)
        qsort(literals, count, sizeof *literals, compare_places);
}

/* ---- copies ---- */

static void copy_body(struct program *program, const struct body *body,
                      struct body *ret);

static struct term **copy_terms(struct program *program, struct term *const *terms,
                                size_t count)
{
    struct term **copies = arena_take(program->arena, count * sizeof *copies);
    for (size_t i = 0; i < count; i++)
        copies[i] = term_copy(program, terms[i]);
    return copies;
}

static struct aggregate *copy_aggregate(struct program *program,
                                        const struct aggregate *aggregate)
{
    struct aggregate *copy = arena_take(program->arena, sizeof *copy);
    *copy = (struct aggregate){
        .kind = aggregate->kind,
        .place = aggregate->place,
        .target = aggregate->target ? term_copy(program, aggregate->target) : NULL,
        .bodies = arena_take(program->arena, aggregate->count * sizeof *copy->bodies),
        .count = aggregate->count,
    };
    for (size_t i = 0; i < aggregate->count; i++)
        copy_body(program, &aggregate->bodies[i], &copy->bodies[i]);
    return copy;
}

struct term *term_copy(struct program *program, const struct term *term)
{
    struct term *copy = arena_take(program->arena, sizeof *copy);
    *copy = *term;
    copy->type = TYPE_NONE;
    copy->variable = NULL;
    copy->args = copy_terms(program, term->args, term->count);
    if (term->aggregate)
        copy->aggregate = copy_aggregate(program, term->aggregate);
    return copy;
}

struct atom *atom_copy(struct program *program, const struct atom *atom)
{
    struct atom *copy = arena_take(program->arena, sizeof *copy);
    size_t size = atom->written_count * sizeof *copy->written;
    *copy = (struct atom){
        .place = atom->place,
        .name_place = atom->name_place,
        .name = atom->name,
        .written = arena_take(program->arena, size),
        .written_count = atom->written_count,
        .is_named = atom->is_named,
        .at = atom->at ? term_copy(program, atom->at) : NULL,
        .is_guard = atom->is_guard,
    };
    for (size_t i = 0; i < atom->written_count; i++) {
        copy->written[i] = atom->written[i];
        copy->written[i].term = term_copy(program, atom->written[i].term);
    }
    return copy;
}

struct literal *literal_copy(struct program *program, const struct literal *literal)
{
    struct literal *copy = arena_take(program->arena, sizeof *copy);
    *copy = *literal;
    if (literal->atom)
        copy->atom = atom_copy(program, literal->atom);
    if (literal->left)
        copy->left = term_copy(program, literal->left);
    if (literal->right)
        copy->right = term_copy(program, literal->right);
    return copy;
}

static void copy_body(struct program *program, const struct body *body,
                      struct body *ret)
{
    for (size_t i = 0; i < body->count; i++)
        arena_push(program->arena, (void ***)&ret->literals, &ret->count,
                   literal_copy(program, body->literals[i]));
}

struct rule *rule_copy(struct program *program, const struct rule *rule)
{
    struct rule *copy = arena_take(program->arena, sizeof *copy);
    *copy = (struct rule){
        .place = rule->place,
        .head = atom_copy(program, rule->head),
        .name = rule->name,
        .text = rule->text,
    };
    copy_body(program, &rule->body, &copy->body);
    return copy;
}
