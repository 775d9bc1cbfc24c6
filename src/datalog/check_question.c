// SPDX-License-Identifier: GPL-3.0-or-later
/* check_question - a saved question becomes one that is asked: a copy of its rules in
 * which a term stands for each parameter. */
#include "datalog/check_parts.h"

#include <errno.h>
#include <string.h>

#include "base/suggest.h"
#include "datalog/parse.h"

#define HINT_SIZE 128

struct filling {
    struct program *program;
    const struct saved_question *question;
    struct term *const *terms; /* one a parameter */
};

/* ---- terms for parameters ---- */

/* SIZE_MAX: the term is none. */
static size_t find_parameter(const struct saved_question *question,
                             const struct term *term)
{
    for (size_t i = 0; term->kind == TERM_VARIABLE && i < question->parameter_count;
         i++) {
        if (strcmp(question->parameters[i].name, term->name) == 0)
            return i;
    }
    return SIZE_MAX;
}

static int fill_term(void *context, struct term *term)
{
    const struct filling *filling = context;
    size_t i = find_parameter(filling->question, term);
    if (i < SIZE_MAX)
        *term = *term_copy(filling->program, filling->terms[i]);
    return 0;
}

/* Its answer has no columns for what is given. */
static void fill_head(struct filling *filling, struct atom *head)
{
    size_t count = 0;
    for (size_t i = 0; i < head->written_count; i++) {
        if (find_parameter(filling->question, head->written[i].term) == SIZE_MAX)
            head->written[count++] = head->written[i];
    }
    head->written_count = count;
}

static void take_columns(struct program *program, struct predicate *predicate)
{
    const struct atom *head = predicate->rules[0]->head;
    predicate->count = head->written_count;
    predicate->columns =
        arena_take(program->arena, predicate->count * sizeof *predicate->columns);
    for (size_t i = 0; i < predicate->count; i++)
        predicate->columns[i].name = head->written[i].term->name;
}

struct predicate *check_make_question(struct program *program,
                                      const struct saved_question *question,
                                      struct term *const *terms)
{
    struct filling filling = {.program = program, .question = question, .terms = terms};
    const struct walk walk = {.context = &filling, .term = fill_term};
    struct predicate *predicate = arena_take(program->arena, sizeof *predicate);
    *predicate = (struct predicate){
        .name = "?", .place = question->place, .help = question->help};
    for (size_t i = 0; i < question->rule_count; i++) {
        struct rule *rule = rule_copy(program, question->rules[i]);
        fill_head(&filling, rule->head);
        walk_rule(&walk, rule);
        arena_push(program->arena, (void ***)&predicate->rules, &predicate->rule_count,
                   rule);
    }
    if (predicate->rule_count > 0)
        take_columns(program, predicate);
    return predicate;
}

/* ---- what a person gives for a parameter ---- */

#define BEFORE_TERM "a("
#define BEHIND_TERM ")."

struct move {
    struct arena *arena;
    const struct source *source;
};

/* Into another program, with all that it was lent; its place is in what was given. */
static int move_term(void *context, struct term *term)
{
    const struct move *move = context;
    term->place.source = move->source;
    term->place.start -= strlen(BEFORE_TERM);
    if (term->name)
        term->name = arena_text(move->arena, term->name);
    if (term->value.text)
        term->value.text = arena_text(move->arena, term->value.text);
    return 0;
}

static int refuse_open(void *context UNUSED, struct term *term)
{
    return term->kind != TERM_CONSTANT && term->kind != TERM_CALL;
}

/* NULL: the text is not one term, made of constants alone. */
static const struct term *find_term(const struct program *program)
{
    const struct predicate *only =
        program->predicate_count == 1 ? program->predicates[0] : NULL;
    if (!only || only->rule_count != 1 || only->rules[0]->body.count > 0 ||
        only->rules[0]->head->written_count != 1 || program->directive_count > 0)
        return NULL;
    const struct walk walk = {.term = refuse_open};
    struct term *term = only->rules[0]->head->written[0].term;
    return walk_term(&walk, term) == 0 ? term : NULL;
}

/* As a term of the program, at its place in what was asked; NULL: it is none. */
static struct term *read_term(struct program *program, const char *text)
{
    char *fact = arena_format(program->arena, BEFORE_TERM "%s" BEHIND_TERM, text);
    AUTO(program) struct program *alone = program_new();
    AUTO(complaint) struct complaint ignored = {0};
    if (parse_text(alone, "question", fact, strlen(fact), PARSE_RULES, &ignored) < 0 ||
        !find_term(alone))
        return NULL;
    struct source *source = arena_take(program->arena, sizeof *source);
    *source = (struct source){.name = "question",
                              .text = arena_text(program->arena, text),
                              .size = strlen(text)};
    struct term *term = term_copy(program, find_term(alone));
    struct move move = {.arena = program->arena, .source = source};
    const struct walk walk = {.context = &move, .term = move_term};
    walk_term(&walk, term);
    return term;
}

static struct term *make_text(struct program *program, const char *text)
{
    struct term *term = arena_take(program->arena, sizeof *term);
    *term = (struct term){
        .kind = TERM_CONSTANT,
        .value = {.type = TYPE_TEXT, .text = arena_text(program->arena, text)},
    };
    return term;
}

static int read_parameter(struct check *check,
                          const struct column_declaration *parameter, const char *text,
                          struct term **ret)
{
    enum type type = TYPE_NONE;
    int rc =
        check_find_type(check, parameter->type_name, &parameter->type_place, &type);
    if (rc < 0)
        return rc;
    if (type_is_text(type) && *text != '"') {
        *ret = make_text(check->program, text);
        return 0;
    }
    struct term *term = read_term(check->program, text);
    if (!term || (term->kind == TERM_CONSTANT && type != TYPE_NONE &&
                  check_meet(term->value.type, type) == TYPE_NONE))
        return complain(
            check->complaint, NULL, -EINVAL, "%s is a %s, which %s is not%s",
            parameter->name, type_name(type), text,
            type == TYPE_DURATION ? "; a duration has a unit, as 30d"
            : type == TYPE_TIME   ? "; a time is written 2026-11-01T10:00, or "
                                    "ago(30d)"
                                  : "");
    *ret = term;
    return 0;
}

/* ---- the question ---- */

static const struct saved_question *find_question(const struct program *program,
                                                  const char *name)
{
    for (size_t i = 0; i < program->question_count; i++) {
        if (strcmp(program->questions[i].name, name) == 0)
            return &program->questions[i];
    }
    return NULL;
}

static int refuse_name(struct check *check, const char *name)
{
    struct program *program = check->program;
    void **known = NULL;
    size_t count = 0;
    for (size_t i = 0; i < program->question_count; i++)
        arena_push(program->arena, &known, &count, (void *)program->questions[i].name);
    arena_push(program->arena, &known, &count, NULL);
    char hint[HINT_SIZE];
    return complain(check->complaint, NULL, -ENOENT,
                    "no saved question is called \"%s\"%s", name,
                    suggest_text(name, (const char **)known, hint, sizeof hint));
}

static int refuse_count(struct check *check, const struct saved_question *question,
                        size_t count)
{
    AUTO(strbuf) struct strbuf names = {0};
    for (size_t i = 0; i < question->parameter_count; i++)
        strbuf_printf(&names, "%s%s", i ? ", " : ": ", question->parameters[i].name);
    return complain(check->complaint, NULL, -EINVAL,
                    "%s takes %zu value%s%s; here %s %zu", question->name,
                    question->parameter_count,
                    question->parameter_count == 1 ? "" : "s", strbuf_text(&names),
                    count == 1 ? "is" : "are", count);
}

/* The relation of all questions, filled. */
static void ask(struct program *program, const struct predicate *made)
{
    struct predicate *question = predicate_get(program, made->name, &made->place);
    question->place = made->place;
    question->help = made->help;
    question->columns = made->columns;
    question->count = made->count;
    question->rules = made->rules;
    question->rule_count = made->rule_count;
    program->question = question;
}

int check_take_question(struct program *program, const char *name,
                        const char *const *texts, size_t count,
                        struct complaint *complaint)
{
    struct check check = {.program = program, .complaint = complaint};
    const struct saved_question *question = find_question(program, name);
    if (!question)
        return refuse_name(&check, name);
    if (count != question->parameter_count)
        return refuse_count(&check, question, count);
    if (program->question)
        return complain(complaint, NULL, -EINVAL, "one question is asked already");
    struct term **terms = arena_take(program->arena, count * sizeof *terms);
    for (size_t i = 0; i < count; i++) {
        int rc = read_parameter(&check, &question->parameters[i], texts[i], &terms[i]);
        if (rc < 0)
            return rc;
    }
    ask(program, check_make_question(program, question, terms));
    return 0;
}
