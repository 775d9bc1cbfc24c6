// SPDX-License-Identifier: GPL-3.0-or-later
/* parse_directive - what begins with a dot: declarations, types, files, and questions
 * with a name. A table says how each is read, or why there is none. */
#include <errno.h>
#include <string.h>

#include "base/suggest.h"
#include "datalog/operators.h"
#include "datalog/parse_parts.h"

#define COLUMNS_MAX 500
#define TYPES_MAX   1000
#define NAMES_MAX   100 /* in one directive */

struct directive_row {
    const char *name;
    int (*parse)(struct parser *parser, const struct token *start,
                 const struct directive_row *row);
    enum directive_kind kind;
    const char *base;   /* of .number_type and its like */
    const char *lacked; /* Soufflé has it and this language does not: what to say */
};

struct names {
    const char *items[NAMES_MAX];
    struct place places[NAMES_MAX];
    size_t count;
};

/* A, B, C */
static int parse_names(struct parser *parser, struct names *ret)
{
    ret->count = 0;
    do {
        if (ret->count == NAMES_MAX)
            return parser_fail(parser, &parser->token.place,
                               "too many names in one line");
        ret->places[ret->count] = parser->token.place;
        ret->items[ret->count] = parser_name(parser, "the name of a relation");
        if (!ret->items[ret->count++])
            return -EINVAL;
    } while (parser_accept(parser, ","));
    return 0;
}

/* ---- columns ---- */

/* name: type, or the name alone */
static int parse_column(struct parser *parser, struct column_declaration *ret)
{
    ret->name = parser_name(parser, "the name of a column");
    if (!ret->name)
        return -EINVAL;
    if (!parser_accept(parser, ":"))
        return 0;
    ret->type_place = parser->token.place;
    ret->type_name = parser_name(parser, "a type such as text or number");
    return ret->type_name ? 0 : -EINVAL;
}

static int check_column(struct parser *parser, const struct column_declaration *columns,
                        size_t count, const struct place *place)
{
    for (size_t i = 0; i + 1 < count; i++)
        if (strcmp(columns[i].name, columns[count - 1].name) == 0)
            return parser_fail(parser, place, "there are two columns called %s",
                               columns[i].name);
    return 0;
}

/* (host: text, age) */
static int parse_columns(struct parser *parser, struct column_declaration **ret,
                         size_t *ret_count)
{
    struct column_declaration columns[COLUMNS_MAX] = {0};
    const struct place opened = parser->token.place;
    size_t count = 0;
    int rc = parser_expect(parser, "(");
    bool is_empty = rc == 0 && parser_accept(parser, ")");
    while (rc == 0 && !is_empty) {
        const struct place place = parser->token.place;
        if (count == COLUMNS_MAX)
            return parser_fail(parser, &place, "there are more than %d columns",
                               COLUMNS_MAX);
        rc = parse_column(parser, &columns[count++]);
        if (rc == 0)
            rc = check_column(parser, columns, count, &place);
        if (rc == 0 && !parser_accept(parser, ",")) {
            rc = parser_close(parser, &opened, ")", "\",\"");
            break;
        }
    }
    if (rc < 0)
        return rc;
    *ret = arena_take(parser->arena, count * sizeof *columns);
    memcpy(*ret, columns, count * sizeof *columns);
    *ret_count = count;
    return 0;
}

/* ---- .decl ---- */

/* Words behind a declaration; those without any other member mean nothing here. */
static const struct qualifier {
    const char *name;
    bool is_directive;
    enum directive_kind kind;
    const char *lacked;
} qualifiers[] = {
    {.name = "inline"},
    {.name = "no_inline"},
    {.name = "magic"},
    {.name = "no_magic"},
    {.name = "brie"},
    {.name = "btree"},
    {.name = "btree_delete"},
    {.name = "overridable"},
    {.name = "input", .is_directive = true, .kind = DIRECTIVE_INPUT},
    {.name = "output", .is_directive = true, .kind = DIRECTIVE_OUTPUT},
    {.name = "printsize", .is_directive = true, .kind = DIRECTIVE_PRINTSIZE},
    {.name = "eqrel", .lacked = "write the three rules of an equivalence"},
    {.name = "stateful", .lacked = "functors have no state"},
    {.name = "choice", .lacked = "a relation has all that its rules derive"},
    {.name = NULL},
};

static struct directive *add_directive(struct parser *parser, enum directive_kind kind,
                                       const char *name, const struct place *place)
{
    struct program *program = parser->program;
    program->directives =
        parser_room(parser, program->directives, program->directive_count,
                    sizeof(struct directive));
    struct directive *directive = &program->directives[program->directive_count++];
    *directive = (struct directive){
        .kind = kind, .name = name, .place = *place, .delimiter = "\t"};
    return directive;
}

static const struct qualifier *find_qualifier(const struct parser *parser)
{
    if (token_is(&parser->next, "(") || token_is(&parser->next, "{"))
        return NULL;
    for (const struct qualifier *row = qualifiers; row->name; row++)
        if (parser_at(parser, row->name))
            return row;
    return NULL;
}

static int parse_qualifiers(struct parser *parser, const struct names *names)
{
    const struct qualifier *row;
    while ((row = find_qualifier(parser))) {
        if (row->lacked)
            return parser_fail(parser, &parser->token.place, "there is no %s here: %s",
                               row->name, row->lacked);
        for (size_t i = 0; row->is_directive && i < names->count; i++)
            add_directive(parser, row->kind, names->items[i], &parser->token.place);
        parser_advance(parser);
    }
    return 0;
}

static int check_undeclared(struct parser *parser, const char *name,
                            const struct token *word)
{
    static const char *const truths[] = {"true", "false", NULL};
    bool is_reserved = parse_is_functor(word) || token_is_one_of(word, truths);
    for (const struct test_row *row = test_rows; row->name; row++)
        is_reserved = is_reserved || token_is(word, row->name);
    if (is_reserved)
        return parser_fail(parser, &word->place,
                           "%s means something else already; a relation needs another "
                           "name",
                           name);
    const struct predicate *predicate = predicate_find(parser->program, name);
    if (predicate && predicate->is_declared)
        return parser_fail(parser, &word->place, "%s is declared already, in %s", name,
                           predicate->place.source->name);
    return 0;
}

static int parse_declaration(struct parser *parser, const struct token *start,
                             const struct directive_row *row UNUSED)
{
    struct names names;
    struct column_declaration *columns;
    size_t count;
    int rc = parse_names(parser, &names);
    if (rc == 0)
        rc = parse_columns(parser, &columns, &count);
    for (size_t i = 0; rc == 0 && i < names.count; i++) {
        const struct token word = {.kind = TOKEN_NAME, .place = names.places[i]};
        rc = check_undeclared(parser, names.items[i], &word);
        if (rc < 0)
            return rc;
        struct predicate *predicate =
            predicate_get(parser->program, names.items[i], &names.places[i]);
        const char *help = parse_help(parser, start);
        predicate->help = help ? help : predicate->help;
        predicate->place = names.places[i];
        predicate->columns = arena_take(parser->arena, count * sizeof *columns);
        memcpy(predicate->columns, columns, count * sizeof *columns);
        predicate->count = count;
        predicate->is_declared = true;
    }
    return rc < 0 ? rc : parse_qualifiers(parser, &names);
}

/* ---- .input, .output, .printsize ---- */

static int parse_file(struct parser *parser, const struct token *start UNUSED,
                      const struct directive_row *row)
{
    struct names names;
    struct directive read = {.kind = row->kind, .delimiter = "\t"};
    int rc = parse_names(parser, &names);
    if (rc == 0 && parser_at(parser, "("))
        rc = parse_parameters(parser, &read);
    for (size_t i = 0; rc == 0 && i < names.count; i++) {
        struct directive *directive =
            add_directive(parser, row->kind, names.items[i], &names.places[i]);
        directive->filename = read.filename;
        directive->delimiter = read.delimiter;
        directive->has_headers = read.has_headers;
        directive->is_stdout = read.is_stdout;
    }
    return rc;
}

/* ---- .type ---- */

static int parse_union(struct parser *parser)
{
    while (parser_accept(parser, "|"))
        if (!parser_name(parser, "the name of a type"))
            return -EINVAL;
    return 0;
}

static int parse_type_base(struct parser *parser, struct type_declaration *type)
{
    bool is_union = parser_accept(parser, "=");
    if (!is_union && !parser_accept(parser, "<:")) {
        type->base_name = "symbol"; /* as it once was */
        return 0;
    }
    if (parser_at(parser, "["))
        return parser_fail(parser, &parser->token.place,
                           "there are no records here; write their fields as columns");
    type->base_place = parser->token.place;
    type->base_name = parser_name(parser, "the name of a type");
    if (!type->base_name)
        return -EINVAL;
    if (parser_at(parser, "{"))
        return parser_fail(
            parser, &type->base_place,
            "there are no types with branches here; write a relation for "
            "each branch");
    return is_union ? parse_union(parser) : 0;
}

static int parse_type(struct parser *parser, const struct token *start UNUSED,
                      const struct directive_row *row)
{
    struct program *program = parser->program;
    struct type_declaration type = {.place = parser->token.place,
                                    .base_name = row->base};
    type.name = parser_name(parser, "the name of a type");
    if (!type.name)
        return -EINVAL;
    type.base_place = type.place;
    int rc = row->base ? 0 : parse_type_base(parser, &type);
    if (rc < 0)
        return rc;
    if (type_find(type.name) != TYPE_NONE)
        return parser_fail(parser, &type.place, "%s is a type already", type.name);
    for (size_t i = 0; i < program->type_count; i++)
        if (strcmp(program->types[i].name, type.name) == 0)
            return parser_fail(parser, &type.place, "%s is declared already, in %s",
                               type.name, program->types[i].place.source->name);
    if (program->type_count == TYPES_MAX)
        return parser_fail(parser, &type.place, "there are more than %d types",
                           TYPES_MAX);
    program->types = parser_room(parser, program->types, program->type_count,
                                 sizeof *program->types);
    program->types[program->type_count++] = type;
    return 0;
}

/* ---- .question ---- */

static const struct saved_question *find_question(const struct program *program,
                                                  const char *name)
{
    for (size_t i = 0; i < program->question_count; i++)
        if (strcmp(program->questions[i].name, name) == 0)
            return &program->questions[i];
    return NULL;
}

static int parse_question_body(struct parser *parser, const struct token *start,
                               struct saved_question *question)
{
    struct alternatives bodies = {0};
    int rc = parser_expect(parser, ":=");
    if (rc == 0)
        rc = parse_disjunction(parser, false, &bodies);
    if (rc == 0 && !parser_accept(parser, "."))
        rc = parser_fail_expected(parser, "\",\", \";\" or \".\"");
    if (rc < 0)
        return rc;
    return parse_make_question(parser, start, &bodies, question->parameters,
                               question->parameter_count, &question->rules,
                               &question->rule_count);
}

static int parse_question(struct parser *parser, const struct token *start,
                          const struct directive_row *row UNUSED)
{
    struct program *program = parser->program;
    struct saved_question question = {.place = parser->token.place,
                                      .help = parse_help(parser, start)};
    question.name = parser_name(parser, "the name of the question");
    if (!question.name)
        return -EINVAL;
    const struct saved_question *other = find_question(program, question.name);
    if (other)
        return parser_fail(parser, &question.place, "%s is asked already, in %s",
                           question.name, other->place.source->name);
    if (program->question_count == TYPES_MAX)
        return parser_fail(parser, &question.place, "there are more than %d questions",
                           TYPES_MAX);
    int rc = 0;
    if (!parser_at(parser, ":="))
        rc = parse_columns(parser, &question.parameters, &question.parameter_count);
    if (rc == 0)
        rc = parse_question_body(parser, start, &question);
    if (rc < 0)
        return rc;
    program->questions = parser_room(parser, program->questions,
                                     program->question_count, sizeof question);
    program->questions[program->question_count++] = question;
    return 0;
}

/* How Soufflé should run, and in which order it should join: nothing that concerns what
 * a program says. */
static int parse_pragma(struct parser *parser, const struct token *start UNUSED,
                        const struct directive_row *row UNUSED)
{
    if (parser->token.kind != TOKEN_CONSTANT)
        return parser_fail_expected(parser, "a text");
    while (parser->token.kind == TOKEN_CONSTANT)
        parser_advance(parser);
    return 0;
}

/* 0:(2, 1), 1:(1, 2) */
static int parse_plan(struct parser *parser, const struct token *start UNUSED,
                      const struct directive_row *row UNUSED)
{
    struct term **order;
    size_t count;
    do {
        if (parser->token.kind != TOKEN_CONSTANT)
            return parser_fail_expected(parser, "a number");
        parser_advance(parser);
        int rc = parser_expect(parser, ":");
        if (rc == 0 && !parser_at(parser, "("))
            rc = parser_fail_expected(parser, "\"(\"");
        if (rc == 0)
            rc = parse_terms(parser, &order, &count);
        if (rc < 0)
            return rc;
    } while (parser_accept(parser, ","));
    return 0;
}

/* ---- the table ---- */

static const struct directive_row directives[] = {
    {.name = "decl", .parse = parse_declaration},
    {.name = "type", .parse = parse_type},
    {.name = "number_type", .parse = parse_type, .base = "number"},
    {.name = "symbol_type", .parse = parse_type, .base = "symbol"},
    {.name = "input", .parse = parse_file, .kind = DIRECTIVE_INPUT},
    {.name = "output", .parse = parse_file, .kind = DIRECTIVE_OUTPUT},
    {.name = "printsize", .parse = parse_file, .kind = DIRECTIVE_PRINTSIZE},
    {.name = "question", .parse = parse_question},
    {.name = "pragma", .parse = parse_pragma},
    {.name = "plan", .parse = parse_plan},
    {.name = "functor", .lacked = "functors of one's own cannot be called"},
    {.name = "comp", .lacked = "there are no components; write the rules themselves"},
    {.name = "init", .lacked = "there are no components; write the rules themselves"},
    {.name = "override",
     .lacked = "there are no components; write the rules themselves"},
    {.name = "lattice", .lacked = "values have no order but their own"},
    {.name = "limitsize", .lacked = "a relation has all that its rules derive"},
    {.name = "include", .lacked = "give both files"},
    {.name = "once", .lacked = "give each file once"},
    {.name = NULL},
};

static const struct directive_row *find_row(const struct parser *parser)
{
    for (const struct directive_row *row = directives; row->name; row++)
        if (parser_at(parser, row->name))
            return row;
    return NULL;
}

static int fail_unknown(struct parser *parser, const struct place *place)
{
    static const char *const known[] = {"decl",      "type",     "input", "output",
                                        "printsize", "question", NULL};
    char words[80];
    const char *name = parser_name(parser, "a directive");
    if (!name)
        return -EINVAL;
    return parser_fail(parser, place, "there is no directive .%s%s", name,
                       suggest_text(name, known, words, sizeof words));
}

int parse_directive(struct parser *parser)
{
    const struct token start = parser->token;
    parser_advance(parser);
    struct place place = start.place;
    place.size += parser->token.place.size;
    const struct directive_row *row = find_row(parser);
    if (!row)
        return fail_unknown(parser, &place);
    if (row->lacked)
        return parser_fail(parser, &place, "there is no .%s here: %s", row->name,
                           row->lacked);
    parser_advance(parser);
    return row->parse(parser, &start, row);
}
