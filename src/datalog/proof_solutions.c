// SPDX-License-Identifier: GPL-3.0-or-later
/* proof_solutions - what was found for one answer is known for the next: a table of
 * atoms by their texts, in the program's arena. */
#include <string.h>

#include "datalog/proof_parts.h"

#define BUCKETS 4096

struct solutions {
    const struct solution *buckets[BUCKETS];
};

static size_t bucket_of(const char *text) /* FNV-1a */
{
    uint32_t hash = 2166136261;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619;
    return hash % BUCKETS;
}

const struct solution *solutions_find(const struct search *search, const char *text)
{
    const struct solutions *solutions = search->program->solutions;
    const struct solution *found =
        solutions ? solutions->buckets[bucket_of(text)] : NULL;
    while (found && strcmp(found->text, text) != 0)
        found = found->next;
    return found;
}

const struct solution *solutions_put(struct search *search, const char *text,
                                     const struct solution *solution)
{
    struct program *program = search->program;
    if (!program->solutions)
        program->solutions = arena_take(program->arena, sizeof *program->solutions);
    const struct solution **bucket = &program->solutions->buckets[bucket_of(text)];
    struct solution *kept = arena_take(program->arena, sizeof *kept);
    *kept = *solution;
    kept->text = text;
    kept->next = *bucket;
    *bucket = kept;
    return kept;
}
