// SPDX-License-Identifier: GPL-3.0-or-later
/* check_names - what each name means: relations, their columns and types; and each
 * argument to its column. Whoever is met is checked in his turn, so that only what
 * is asked for is looked at. */
#include "datalog/check_parts.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/memory.h"
#include "base/strbuf.h"
#include "base/suggest.h"

#define HINT_SIZE 128

/* ---- types ---- */

static const struct type_declaration *find_declaration(const struct program *program,
                                                       const char *name)
{
    for (size_t i = 0; i < program->type_count; i++) {
        if (strcmp(program->types[i].name, name) == 0)
            return &program->types[i];
    }
    return NULL;
}

static int refuse_type(struct check *check, const char *name, const struct place *place)
{
    struct program *program = check->program;
    void **known = NULL;
    size_t count = 0;
    for (enum type type = TYPE_TEXT; type < TYPES; type++)
        arena_push(program->arena, &known, &count, (void *)type_name(type));
    arena_push(program->arena, &known, &count, "symbol");
    for (size_t i = 0; i < program->type_count; i++)
        arena_push(program->arena, &known, &count, (void *)program->types[i].name);
    arena_push(program->arena, &known, &count, NULL);
    char hint[HINT_SIZE];
    return complain(check->complaint, place, -EINVAL, "no type is called \"%s\"%s",
                    name, suggest_text(name, (const char **)known, hint, sizeof hint));
}

/* In a circle of .type one comes by more than there are. */
int check_find_type(struct check *check, const char *name, const struct place *place,
                    enum type *ret)
{
    if (!name)
        return 0;
    for (size_t steps = 0; type_find(name) == TYPE_NONE; steps++) {
        const struct type_declaration *found = find_declaration(check->program, name);
        if (!found)
            return refuse_type(check, name, place);
        if (steps > check->program->type_count)
            return complain(check->complaint, &found->place, -EINVAL,
                            "type \"%s\" is made of itself", name);
        name = found->base_name;
        place = &found->base_place;
    }
    *ret = type_find(name);
    return 0;
}

static int check_type_declarations(struct check *check)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < check->program->type_count; i++) {
        const struct type_declaration *type = &check->program->types[i];
        enum type ignored;
        rc = check_find_type(check, type->base_name, &type->base_place, &ignored);
    }
    return rc;
}

/* ---- columns ---- */

static size_t find_column(const struct predicate *predicate, size_t count,
                          const char *name)
{
    size_t i = 0;
    while (i < count && strcmp(predicate->columns[i].name, name) != 0)
        i++;
    return i;
}

static int check_columns(struct check *check, struct predicate *predicate)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < predicate->count; i++) {
        struct column_declaration *column = &predicate->columns[i];
        rc = check_find_type(check, column->type_name, &column->type_place,
                             &column->type);
    }
    return rc;
}

static void take_stored_columns(struct program *program, struct predicate *predicate)
{
    const struct stored *stored = predicate->stored;
    predicate->count = stored->count;
    predicate->columns =
        arena_take(program->arena, stored->count * sizeof *predicate->columns);
    for (size_t i = 0; i < stored->count; i++) {
        predicate->columns[i].name = stored->columns[i].name;
        predicate->columns[i].type = stored->columns[i].type;
    }
}

/* The names of a head's variables, where they differ; else its numbers from 1 on. */
static void take_head_columns(struct program *program, struct predicate *predicate)
{
    const struct atom *head = predicate->rules[0]->head;
    predicate->count = head->written_count;
    predicate->columns =
        arena_take(program->arena, head->written_count * sizeof *predicate->columns);
    for (size_t i = 0; i < head->written_count; i++) {
        const struct argument *argument = &head->written[i];
        const char *name = argument->name;
        if (!name && argument->term->kind == TERM_VARIABLE)
            name = argument->term->name;
        if (!name || find_column(predicate, i, name) < i)
            name = arena_format(program->arena, "%zu", i + 1);
        predicate->columns[i].name = name;
    }
}

/* ---- relations ---- */

static bool is_made_here(const struct predicate *predicate)
{
    return predicate->is_declared || predicate->rule_count > 0;
}

static int refuse_relation(struct check *check, const char *name,
                           const struct place *place)
{
    struct program *program = check->program;
    void **known = NULL;
    size_t count = 0;
    for (size_t i = 0; i < program->predicate_count; i++) {
        struct predicate *predicate = program->predicates[i];
        if (is_made_here(predicate) && predicate != program->question)
            arena_push(program->arena, &known, &count, (void *)predicate->name);
    }
    const struct catalogue *catalogue = check->settings->catalogue;
    for (size_t i = 0; catalogue && catalogue->items[i]; i++)
        arena_push(program->arena, &known, &count, (void *)catalogue->items[i]->name);
    arena_push(program->arena, &known, &count, NULL);
    char hint[HINT_SIZE];
    return complain(check->complaint, place, -EINVAL, "no relation is called \"%s\"%s",
                    name, suggest_text(name, (const char **)known, hint, sizeof hint));
}

static int take_columns(struct check *check, struct predicate *predicate)
{
    bool is_open = !predicate->columns && predicate->rule_count > 0;
    size_t count =
        is_open ? predicate->rules[0]->head->written_count : predicate->count;
    if (count > CHECK_COLUMNS_MAX)
        return complain(check->complaint, &predicate->place, -EINVAL,
                        "a relation has at most %d columns", CHECK_COLUMNS_MAX);
    if (predicate->stored)
        take_stored_columns(check->program, predicate);
    else if (is_open)
        take_head_columns(check->program, predicate);
    return check_columns(check, predicate);
}

/* Among those that are checked, of the catalogue or of rules. */
static int add_reached(struct check *check, struct predicate *predicate,
                       const struct stored *stored)
{
    predicate->is_checked = true;
    predicate->stored = stored;
    arena_push(check->program->arena, (void ***)&check->predicates, &check->count,
               predicate);
    return take_columns(check, predicate);
}

/* The relation with a variable for each column, as it is written. */
static struct atom *write_atom(struct program *program, struct predicate *predicate,
                               const struct stored *stored)
{
    struct arena *arena = program->arena;
    struct atom *atom = arena_take(arena, sizeof *atom);
    *atom = (struct atom){.place = predicate->place,
                          .name_place = predicate->place,
                          .name = predicate->name,
                          .written_count = stored->count};
    atom->written = arena_take(arena, stored->count * sizeof *atom->written);
    for (size_t i = 0; i < stored->count; i++) {
        struct term *term = arena_take(arena, sizeof *term);
        *term = (struct term){.kind = TERM_VARIABLE,
                              .place = predicate->place,
                              .name = stored->columns[i].name};
        atom->written[i] = (struct argument){.term = term};
    }
    return atom;
}

/* NAME(COLUMN, …) :- stored NAME(COLUMN, …). */
static struct rule *write_rule(struct program *program, struct predicate *predicate,
                               struct predicate *base)
{
    struct arena *arena = program->arena;
    struct literal *literal = arena_take(arena, sizeof *literal);
    *literal = (struct literal){.kind = LITERAL_ATOM,
                                .place = predicate->place,
                                .atom = write_atom(program, base, base->stored)};
    struct rule *rule = arena_take(arena, sizeof *rule);
    *rule = (struct rule){
        .place = predicate->place,
        .head = write_atom(program, predicate, base->stored),
        .name = "stored",
        .text = arena_format(arena, "what is stored as %s", predicate->name)};
    arena_push(arena, (void ***)&rule->body.literals, &rule->body.count, literal);
    return rule;
}

/* Rules that add to what is stored: it becomes one of rules, with one more that takes
 * what is stored from a relation of a name that nobody can write. */
static int extend(struct check *check, struct predicate *predicate,
                  const struct stored *stored)
{
    struct program *program = check->program;
    AUTO(str) char *name = text_format("stored %s", predicate->name);
    struct predicate *base = predicate_get(program, name, &predicate->place);
    int rc = add_reached(check, base, stored);
    if (rc < 0)
        return rc;
    predicate->count = stored->count;
    predicate->columns =
        arena_take(program->arena, stored->count * sizeof *predicate->columns);
    for (size_t i = 0; i < stored->count; i++)
        predicate->columns[i] = (struct column_declaration){
            .name = stored->columns[i].name,
            .type_name = type_name(stored->columns[i].type)};
    struct rule *rule = write_rule(program, predicate, base);
    arena_push(program->arena, (void ***)&predicate->rules, &predicate->rule_count,
               rule);
    return add_reached(check, predicate, NULL);
}

/* Its columns, and its place among those that are checked. */
static int reach(struct check *check, struct predicate *predicate)
{
    if (predicate->is_checked)
        return 0;
    const struct stored *stored =
        catalogue_find(check->settings->catalogue, predicate->name);
    bool is_more = stored && is_made_here(predicate);
    if (is_more && stored->is_open && !predicate->is_declared)
        return extend(check, predicate, stored);
    if (is_more)
        return complain(check->complaint, &predicate->place, -EINVAL,
                        "%s is stored already, and nothing can be added to it by "
                        "rules: choose another name",
                        predicate->name);
    return add_reached(check, predicate, stored);
}

static int find_relation(struct check *check, const char *name,
                         const struct place *place, struct predicate **ret)
{
    struct predicate *predicate = predicate_find(check->program, name);
    if (!predicate || (!is_made_here(predicate) && !predicate->is_checked)) {
        if (!catalogue_find(check->settings->catalogue, name))
            return refuse_relation(check, name, place);
        predicate = predicate_get(check->program, name, place);
    }
    int rc = reach(check, predicate);
    if (rc == 0)
        *ret = predicate;
    return rc;
}

/* ---- arguments ---- */

/* Whether its columns have other names than 1, 2, … */
static bool has_names(const struct predicate *predicate)
{
    for (size_t i = 0; i < predicate->count; i++) {
        if (!isdigit((unsigned char)predicate->columns[i].name[0]))
            return true;
    }
    return false;
}

static int refuse_count(struct check *check, const struct atom *atom)
{
    const struct predicate *predicate = atom->predicate;
    AUTO(strbuf) struct strbuf columns = {0};
    for (size_t i = 0; has_names(predicate) && i < predicate->count; i++)
        strbuf_printf(&columns, "%s%s", i ? ", " : ": ", predicate->columns[i].name);
    return complain(check->complaint, &atom->place, -EINVAL,
                    "%s has %zu column%s%s; here %s %zu", predicate->name,
                    predicate->count, predicate->count == 1 ? "" : "s",
                    strbuf_text(&columns), atom->written_count == 1 ? "is" : "are",
                    atom->written_count);
}

static int refuse_column(struct check *check, const struct atom *atom,
                         const struct argument *argument)
{
    const struct predicate *predicate = atom->predicate;
    void **known = NULL;
    size_t count = 0;
    for (size_t i = 0; i < predicate->count; i++)
        arena_push(check->program->arena, &known, &count,
                   (void *)predicate->columns[i].name);
    arena_push(check->program->arena, &known, &count, NULL);
    char hint[HINT_SIZE];
    return complain(
        check->complaint, &argument->name_place, -EINVAL,
        "%s has no column called \"%s\"%s", predicate->name, argument->name,
        suggest_text(argument->name, (const char **)known, hint, sizeof hint));
}

static int take_named(struct check *check, struct atom *atom)
{
    const struct predicate *predicate = atom->predicate;
    for (size_t i = 0; i < atom->written_count; i++) {
        const struct argument *argument = &atom->written[i];
        size_t column = find_column(predicate, predicate->count, argument->name);
        if (column == predicate->count)
            return refuse_column(check, atom, argument);
        if (atom->args[column])
            return complain(check->complaint, &argument->name_place, -EINVAL,
                            "column \"%s\" is given twice", argument->name);
        atom->args[column] = argument->term;
    }
    for (size_t i = 0; i < predicate->count; i++) {
        if (atom->args[i])
            continue;
        atom->args[i] = arena_take(check->program->arena, sizeof *atom->args[i]);
        *atom->args[i] = (struct term){.kind = TERM_ANY, .place = atom->place};
    }
    return 0;
}

static int take_arguments(struct check *check, struct atom *atom)
{
    const struct predicate *predicate = atom->predicate;
    if (!atom->is_named && atom->written_count != predicate->count)
        return refuse_count(check, atom);
    atom->count = predicate->count;
    atom->args = arena_take(check->program->arena, atom->count * sizeof(struct term *));
    if (atom->is_named)
        return take_named(check, atom);
    for (size_t i = 0; i < atom->count; i++)
        atom->args[i] = atom->written[i].term;
    return 0;
}

static int check_at(struct check *check, const struct atom *atom)
{
    const struct stored *stored = atom->predicate->stored;
    if (!stored)
        return complain(check->complaint, &atom->at->place, -EINVAL,
                        "\"at\" asks what was stored, and %s is made by rules: write "
                        "it in them",
                        atom->name);
    if (!stored->history)
        return complain(check->complaint, &atom->at->place, -EINVAL,
                        "%s has no \"at\": its rows are not true for a time",
                        atom->name);
    return 0;
}

/* ---- rules ---- */

static int name_atom(void *context, struct atom *atom, enum walk_way way UNUSED)
{
    struct check *check = context;
    int rc = find_relation(check, atom->name, &atom->name_place, &atom->predicate);
    if (rc == 0)
        rc = take_arguments(check, atom);
    return rc == 0 && atom->at ? check_at(check, atom) : rc;
}

static int name_rule(struct check *check, struct predicate *predicate,
                     struct rule *rule)
{
    struct atom *head = rule->head;
    head->predicate = predicate;
    if (head->at)
        return complain(check->complaint, &head->at->place, -EINVAL,
                        "what a rule concludes has no \"at\"");
    int rc = take_arguments(check, head);
    if (rc < 0)
        return rc;
    const struct walk walk = {.context = check, .atom = name_atom};
    return walk_rule(&walk, rule);
}

static int name_directive(struct check *check, struct directive *directive)
{
    struct predicate *predicate = NULL;
    int rc = find_relation(check, directive->name, &directive->place, &predicate);
    if (rc < 0)
        return rc;
    bool is_input = directive->kind == DIRECTIVE_INPUT;
    if (predicate->stored)
        return complain(check->complaint, &directive->place, -EINVAL,
                        "%s is stored, and has neither input nor output",
                        predicate->name);
    if (is_input && !predicate->is_declared)
        return complain(check->complaint, &directive->place, -EINVAL,
                        "the input of %s needs a .decl with its columns",
                        predicate->name);
    predicate->has_input |= is_input;
    directive->predicate = predicate;
    return 0;
}

/* A saved question is checked with some value of its type for each parameter. */
static int reach_question(struct check *check, struct saved_question *question)
{
    struct arena *arena = check->program->arena;
    struct term **terms = arena_take(arena, question->parameter_count * sizeof *terms);
    for (size_t i = 0; i < question->parameter_count; i++) {
        struct column_declaration *parameter = &question->parameters[i];
        int rc = check_find_type(check, parameter->type_name, &parameter->type_place,
                                 &parameter->type);
        if (rc < 0)
            return rc;
        terms[i] = arena_take(arena, sizeof *terms[i]);
        *terms[i] = (struct term){
            .kind = TERM_CONSTANT,
            .place = parameter->type_place,
            .name = parameter->name,
            .value = {.type = parameter->type, .number = 1, .text = "1"},
        };
    }
    return reach(check, check_make_question(check->program, question, terms));
}

static int reach_everything(struct check *check)
{
    struct program *program = check->program;
    int rc = check_type_declarations(check);
    size_t count = program->predicate_count;
    for (size_t i = 0; rc == 0 && i < count; i++) {
        if (is_made_here(program->predicates[i]))
            rc = reach(check, program->predicates[i]);
    }
    for (size_t i = 0; rc == 0 && i < program->question_count; i++)
        rc = reach_question(check, &program->questions[i]);
    return rc;
}

int check_names(struct check *check)
{
    struct program *program = check->program;
    int rc = program->question ? reach(check, program->question) : 0;
    for (size_t i = 0; rc == 0 && i < program->directive_count; i++)
        rc = name_directive(check, &program->directives[i]);
    if (rc == 0 && check->settings->everything)
        rc = reach_everything(check);
    for (size_t i = 0; rc == 0 && i < check->count; i++) {
        struct predicate *predicate = check->predicates[i];
        for (size_t j = 0; rc == 0 && j < predicate->rule_count; j++) {
            predicate->rules[j]->number = j;
            rc = name_rule(check, predicate, predicate->rules[j]);
        }
    }
    return rc;
}
