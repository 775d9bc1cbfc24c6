// SPDX-License-Identifier: GPL-3.0-or-later
/* compile_numbers - numbers that stand for several columns: see struct numbering.
 *
 *     state(host, tag, _, _), n = count : { run(_, host, tag, _, _, _, _) }
 *
 * Both relations have a number for host and tag, so the runs are grouped by that; and
 * the texts are never read. So are they joined, and what is negated looked up. */
#include "datalog/compile_parts.h"

#include <string.h>

#include "datalog/catalogue.h"

/* The column of an atom that is at this place among those that its number stands for;
 * its count: there are no more. */
static size_t find_column(const struct numbering *numbering, size_t place)
{
    const char letter = (char)('1' + place);
    return strcspn(numbering->columns, (char[]){letter, '\0'});
}

const struct variable *numbered_variable(const struct numbered *numbered, size_t place)
{
    size_t column = find_column(numbered->numbering, place);
    return column < numbered->atom->count ? numbered->atom->args[column]->variable
                                          : NULL;
}

bool numbered_is_same(const struct numbered *one, const struct numbered *other)
{
    if (strcmp(one->numbering->name, other->numbering->name) != 0)
        return false;
    size_t place = 0;
    while (numbered_variable(one, place) &&
           numbered_variable(one, place) == numbered_variable(other, place))
        place++;
    return !numbered_variable(one, place) && !numbered_variable(other, place);
}

static bool is_of_variables(const struct atom *atom, const struct numbering *numbering)
{
    for (size_t i = 0; i < atom->count; i++)
        if (numbering->columns[i] != '-' && !term_is_variable(atom->args[i]))
            return false;
    return true;
}

void numbered_add(struct select *select, const struct atom *atom, size_t table)
{
    const struct numbering *numbering = atom_numbering(atom);
    if (!numbering || !is_of_variables(atom, numbering))
        return;
    struct arena *arena = select->compiler->arena;
    struct numbered *numbered = arena_take(arena, sizeof *numbered);
    *numbered = (struct numbered){
        .numbering = numbering,
        .atom = atom,
        .sql = arena_format(arena, "t%zu.%s", table, numbering->name),
        .depth = select->compiler->depth,
        .tables = UINT64_C(1) << (select->tables - 1),
    };
    arena_push(arena, (void ***)&select->numbered, &select->numbered_count, numbered);
}

/* The variables are what they were there: within groups they are not. */
static bool is_visible(const struct compiler *compiler, const struct numbered *numbered)
{
    const struct variable *variable;
    for (size_t i = 0; (variable = numbered_variable(numbered, i)); i++) {
        const struct binding *binding = &compiler->bindings[variable->number];
        if (!binding->sql || binding->depth > numbered->depth)
            return false;
    }
    return true;
}

const struct numbered *numbered_find(const struct select *select,
                                     const struct atom *atom)
{
    const struct compiler *compiler = select->compiler;
    const struct numbered like = {.numbering = atom_numbering(atom), .atom = atom};
    if (!compiler->settings->has_numbers || !atom->predicate->stored ||
        !like.numbering || !is_of_variables(atom, like.numbering))
        return NULL;
    for (; select; select = select->outer)
        for (size_t i = 0; i < select->numbered_count; i++)
            if (numbered_is_same(select->numbered[i], &like) &&
                is_visible(compiler, select->numbered[i]))
                return select->numbered[i];
    return NULL;
}

/* ---- of a table ---- */

static size_t find_argument(const struct atom *head, const struct variable *variable)
{
    size_t i = 0;
    while (i < head->count &&
           (!term_is_variable(head->args[i]) || head->args[i]->variable != variable))
        i++;
    return i;
}

static const struct atom *only_atom(const struct rule *rule)
{
    const struct atom *atom = NULL;
    for (size_t i = 0; i < rule->body.count; i++)
        if (rule->body.literals[i]->kind == LITERAL_ATOM)
            atom = rule->body.literals[i]->atom;
    return atom;
}

const struct numbering *compile_numbering(struct program *program,
                                          const struct rule *rule)
{
    const struct atom *atom = compile_is_part(rule) ? only_atom(rule) : NULL;
    const struct numbering *of = atom ? atom_numbering(atom) : NULL;
    if (!of || !is_of_variables(atom, of))
        return NULL;
    const struct atom *head = rule->head;
    char *columns = arena_take(program->arena, head->count + 1);
    memset(columns, '-', head->count);
    for (size_t i = 0; i < atom->count; i++) {
        if (of->columns[i] == '-')
            continue;
        size_t argument = find_argument(head, atom->args[i]->variable);
        if (argument == head->count)
            return NULL;
        columns[argument] = of->columns[i];
    }
    struct numbering *numbering = arena_take(program->arena, sizeof *numbering);
    *numbering = (struct numbering){.name = of->name, .columns = columns};
    return numbering;
}
