// SPDX-License-Identifier: GPL-3.0-or-later
/* parse_question - a body alone is made rules, whose head has its variables. */
#include <stdlib.h>
#include <string.h>

#include "datalog/parse_parts.h"

/* The variables of bodies where each occurs, but those of negations and aggregates. */
struct found {
    struct arena *arena;
    struct term **terms;
    size_t count;
};

static void find_in_term(struct found *found, struct term *term)
{
    if (term->kind == TERM_VARIABLE)
        arena_push(found->arena, (void ***)&found->terms, &found->count, term);
    for (size_t i = 0; i < term->count; i++)
        find_in_term(found, term->args[i]);
}

static void find_in_literal(struct found *found, const struct literal *literal)
{
    const struct atom *atom = literal->atom;
    if (literal->kind == LITERAL_NEGATION)
        return;
    for (size_t i = 0; atom && i < atom->written_count; i++)
        find_in_term(found, atom->written[i].term);
    if (atom && atom->at)
        find_in_term(found, atom->at);
    if (literal->left)
        find_in_term(found, literal->left);
    if (literal->right)
        find_in_term(found, literal->right);
}

static int compare_starts(const void *one, const void *other)
{
    size_t a = (*(struct term *const *)one)->place.start;
    size_t b = (*(struct term *const *)other)->place.start;
    return (a > b) - (a < b);
}

static int compare_names(const void *one, const void *other)
{
    int difference = strcmp((*(struct term *const *)one)->name,
                            (*(struct term *const *)other)->name);
    return difference ? difference : compare_starts(one, other);
}

static bool is_excluded(const struct term *term,
                        const struct column_declaration *excluded, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(excluded[i].name, term->name) == 0)
            return true;
    return false;
}

/* Leaves each variable where it first stands. */
static void keep_first(struct found *found, const struct column_declaration *excluded,
                       size_t excluded_count)
{
    size_t kept = 0;
    const char *last = "";
    if (found->count == 0)
        return;
    qsort(found->terms, found->count, sizeof *found->terms, compare_names);
    for (size_t i = 0; i < found->count; i++) {
        struct term *term = found->terms[i];
        if (strcmp(term->name, last) == 0)
            continue;
        last = term->name;
        if (!is_excluded(term, excluded, excluded_count))
            found->terms[kept++] = term;
    }
    found->count = kept;
    qsort(found->terms, kept, sizeof *found->terms, compare_starts);
}

static struct atom *make_head(struct parser *parser, const struct place *place,
                              const struct found *found)
{
    struct atom *head = arena_take(parser->arena, sizeof *head);
    head->name = "?";
    head->place = head->name_place = *place;
    head->written = arena_take(parser->arena, found->count * sizeof *head->written);
    head->written_count = found->count;
    for (size_t i = 0; i < found->count; i++)
        head->written[i].term = term_copy(parser->program, found->terms[i]);
    return head;
}

int parse_make_question(struct parser *parser, const struct token *start,
                        const struct alternatives *bodies,
                        const struct column_declaration *excluded,
                        size_t excluded_count, struct rule ***ret, size_t *ret_count)
{
    struct found found = {.arena = parser->arena};
    for (size_t i = 0; i < bodies->count; i++)
        for (size_t j = 0; j < bodies->items[i]->count; j++)
            find_in_literal(&found, bodies->items[i]->literals[j]);
    keep_first(&found, excluded, excluded_count);

    const struct rule frame = parse_rule_frame(parser, start);
    for (size_t i = 0; i < bodies->count; i++) {
        struct rule *rule = arena_take(parser->arena, sizeof *rule);
        size_t size = arena_size(parser->arena);
        *rule = frame;
        rule->head = make_head(parser, &frame.place, &found);
        rule->body = *bodies->items[i];
        arena_push(parser->arena, (void ***)ret, ret_count, rule);
        int rc = parser_count_copies(parser, size);
        if (rc < 0)
            return rc;
    }
    return 0;
}
