// SPDX-License-Identifier: GPL-3.0-or-later
/* parse - texts, and the statements in them: facts, rules, and what is asked. A rule is
 * known by the ":-" behind what was read as a body, so that all that is wrong with a
 * head can be said. */
#include "datalog/parse.h"

#include <errno.h>
#include <string.h>

#include "base/memory.h"
#include "datalog/parse_parts.h"

/* ---- help ---- */

/* Appends a line of a comment without what makes it one. */
static void add_help_line(const char *line, size_t size, struct strbuf *text)
{
    static const char ornament[] = " \t\r/*!";
    while (size > 0 && strchr(ornament, *line)) {
        line++;
        size--;
    }
    while (size > 0 && strchr(" \t\r", line[size - 1]))
        size--;
    if (size >= 2 && memcmp(line + size - 2, "*/", 2) == 0)
        size -= 2;
    while (size > 0 && strchr(" \t\r*", line[size - 1]))
        size--;
    if (size > 0 && text->size > 0)
        strbuf_putc(text, ' ');
    strbuf_add(text, line, size);
}

const char *parse_help(struct parser *parser, const struct token *token)
{
    AUTO(strbuf) struct strbuf text = {0};
    const struct place *place = &token->comment;
    if (place->size == 0)
        return NULL;
    const char *line = place->source->text + place->start, *end = line + place->size;
    while (line < end) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        newline = newline ? newline : end;
        add_help_line(line, (size_t)(newline - line), &text);
        line = newline + 1;
    }
    return text.size > 0 ? arena_copy(parser->arena, text.data, text.size) : NULL;
}

/* ---- rules ---- */

/* "low.dl:3"; tokens come in order, so lines are counted once. */
static const char *rule_name(struct parser *parser, const struct token *start)
{
    const char *text = start->place.source->text;
    for (; parser->line_at < start->place.start; parser->line_at++)
        parser->line += text[parser->line_at] == '\n';
    return arena_format(parser->arena, "%s:%zu", start->place.source->name,
                        parser->line);
}

struct rule parse_rule_frame(struct parser *parser, const struct token *start)
{
    return (struct rule){
        .place = parser_place(parser, start),
        .name = rule_name(parser, start),
        .text = arena_text(parser->arena, strbuf_text(&parser->statement)),
    };
}

/* bodies empty: a fact. Nodes are copied from the second rule on that has them. */
static struct rule *make_rule(struct parser *parser, const struct rule *frame,
                              struct atom *head, bool copy_head,
                              const struct body *body, bool copy_body)
{
    struct rule *rule = arena_take(parser->arena, sizeof *rule);
    *rule = *frame;
    rule->head = copy_head ? atom_copy(parser->program, head) : head;
    for (size_t i = 0; body && i < body->count; i++) {
        struct literal *literal = body->literals[i];
        if (copy_body)
            literal = literal_copy(parser->program, literal);
        arena_push(parser->arena, (void ***)&rule->body.literals, &rule->body.count,
                   literal);
    }
    return rule;
}

static void add_rule(struct parser *parser, struct rule *rule, const char *help)
{
    const struct atom *head = rule->head;
    struct predicate *predicate =
        predicate_get(parser->program, head->name, &head->name_place);
    if (predicate->rule_count == 0 && !predicate->help)
        predicate->help = help;
    arena_push(parser->arena, (void ***)&predicate->rules, &predicate->rule_count,
               rule);
}

static int fail_head(struct parser *parser, const struct literal *literal)
{
    static const char *const kinds[] = {
        [LITERAL_ATOM] = "an atom",
        [LITERAL_NEGATION] = "a negation",
        [LITERAL_COMPARISON] = "a comparison",
        [LITERAL_TEST] = "a test",
        [LITERAL_TRUTH] = "a truth",
    };
    return parser_fail(
        parser, &literal->place,
        "%s cannot be concluded; a rule or a fact begins with atoms, such "
        "as low(host)",
        kinds[literal->kind]);
}

/* What was read before ":-", or instead of it a full stop, are heads. */
static int check_heads(struct parser *parser, const struct alternatives *heads)
{
    const struct body *body = heads->items[0];
    if (heads->count > 1)
        return parser_fail(
            parser, &heads->items[1]->literals[0]->place,
            "heads are joined by \",\": alternatives cannot be concluded");
    for (size_t i = 0; i < body->count; i++) {
        const struct literal *literal = body->literals[i];
        if (literal->kind != LITERAL_ATOM)
            return fail_head(parser, literal);
        if (literal->atom->at)
            return parser_fail(parser, &literal->atom->at->place,
                               "what is concluded holds now; \"at\" stands in bodies");
    }
    return 0;
}

static int add_rules(struct parser *parser, const struct token *start,
                     const struct body *heads, const struct alternatives *bodies)
{
    const struct rule frame = parse_rule_frame(parser, start);
    const char *help = parse_help(parser, start);
    size_t count = bodies->count ? bodies->count : 1;
    if (heads->count > PARSE_RULES_MAX || heads->count * count > PARSE_RULES_MAX)
        return parser_fail(parser, &frame.place, "this becomes more than %d rules",
                           PARSE_RULES_MAX);
    for (size_t i = 0; i < heads->count; i++)
        for (size_t j = 0; j < count; j++) {
            size_t size = arena_size(parser->arena);
            const struct body *body = bodies->count ? bodies->items[j] : NULL;
            add_rule(
                parser,
                make_rule(parser, &frame, heads->literals[i]->atom, j > 0, body, i > 0),
                help);
            int rc = i + j > 0 ? parser_count_copies(parser, size) : 0;
            if (rc < 0)
                return rc;
        }
    return 0;
}

static int parse_rule_body(struct parser *parser, const struct token *start,
                           const struct alternatives *heads)
{
    struct alternatives bodies = {0};
    int rc = check_heads(parser, heads);
    if (rc == 0)
        rc = parse_disjunction(parser, false, &bodies);
    if (rc == 0 && !parser_accept(parser, "."))
        rc = parser_fail_expected(parser, "\",\", \";\" or \".\"");
    return rc < 0 ? rc : add_rules(parser, start, heads->items[0], &bodies);
}

/* ---- what is asked ---- */

static bool is_ground(const struct term *term)
{
    bool is_constant = term->kind == TERM_CONSTANT || term->kind == TERM_CALL;
    for (size_t i = 0; is_constant && i < term->count; i++)
        is_constant = is_ground(term->args[i]);
    return is_constant;
}

/* An atom of constants, of a relation that the program has heard of. */
static bool is_fact(const struct parser *parser, const struct literal *literal)
{
    if (literal->kind != LITERAL_ATOM || literal->atom->at)
        return false;
    const struct atom *atom = literal->atom;
    const struct predicate *predicate = predicate_find(parser->program, atom->name);
    for (size_t i = 0; i < atom->written_count; i++)
        if (!is_ground(atom->written[i].term))
            return false;
    return predicate && (predicate->is_declared || predicate->rule_count > 0);
}

static bool are_facts(const struct parser *parser, const struct alternatives *bodies)
{
    const struct body *body = bodies->items[0];
    for (size_t i = 0; i < body->count; i++)
        if (!is_fact(parser, body->literals[i]))
            return false;
    return bodies->count == 1;
}

static int ask(struct parser *parser, const struct token *start,
               const struct alternatives *bodies)
{
    struct program *program = parser->program;
    const struct place place = parser_place(parser, start);
    if (program->question)
        return parser_fail(parser, &place, "something is asked already");
    struct predicate *question = predicate_get(program, "?", &place);
    int rc = parse_make_question(parser, start, bodies, NULL, 0, &question->rules,
                                 &question->rule_count);
    if (rc < 0)
        return rc;
    const struct atom *head = question->rules[0]->head;
    question->count = head->written_count;
    question->columns =
        arena_take(parser->arena, question->count * sizeof *question->columns);
    for (size_t i = 0; i < question->count; i++)
        question->columns[i].name = head->written[i].term->name;
    program->question = question;
    return 0;
}

/* ---- statements ---- */

static int add_facts(struct parser *parser, const struct token *start,
                     const struct alternatives *heads)
{
    const struct alternatives none = {0};
    int rc = check_heads(parser, heads);
    return rc < 0 ? rc : add_rules(parser, start, heads->items[0], &none);
}

/* What has no ":-". */
static int end_statement(struct parser *parser, const struct token *start,
                         const struct alternatives *bodies, bool is_asked)
{
    bool may_ask = parser->mode == PARSE_ASKED;
    bool has_stop = parser_accept(parser, ".");
    bool is_last = parser->token.kind == TOKEN_END;
    if (!has_stop && !(may_ask && is_last))
        return parser_fail_expected(parser, "\",\", \";\", \":-\" or \".\"");
    if (is_asked && !is_last)
        return parser_fail(parser, &parser->token.place,
                           "what is asked comes last; nothing stands behind it");
    if (may_ask && is_last && (is_asked || !has_stop || !are_facts(parser, bodies)))
        return ask(parser, start, bodies);
    return add_facts(parser, start, bodies);
}

static int parse_statement(struct parser *parser)
{
    const struct token start = parser->token;
    struct alternatives bodies = {0};
    size_t behind = start.place.start + start.place.size;
    strbuf_shorten(&parser->statement, 0);
    parser->tallest = 0;
    if (parser_at(parser, ".") && parser->next.kind == TOKEN_NAME &&
        parser->next.place.start == behind)
        return parse_directive(parser);

    bool is_asked = parser_accept(parser, "?-");
    if (is_asked && parser->mode == PARSE_RULES)
        return parser_fail(parser, &start.place,
                           "nothing is asked in a file of rules; name what is asked: "
                           ".question name() := …");
    int rc = parse_disjunction(parser, false, &bodies);
    if (rc < 0)
        return rc;
    if (!is_asked && parser_accept(parser, ":-"))
        return parse_rule_body(parser, &start, &bodies);
    return end_statement(parser, &start, &bodies, is_asked);
}

/* ---- texts ---- */

static struct source *add_source(struct program *program, const char *name,
                                 const char *text, size_t size)
{
    struct source *source = arena_take(program->arena, sizeof *source);
    source->name = arena_text(program->arena, name);
    source->text = arena_copy(program->arena, text, size);
    source->size = size;
    arena_push(program->arena, (void ***)&program->sources, &program->source_count,
               source);
    return source;
}

int parse_text(struct program *program, const char *name, const char *text, size_t size,
               enum parse_mode mode, struct complaint *complaint)
{
    if (size > PARSE_SIZE_MAX)
        return complain(complaint, NULL, -EINVAL, "%s: a program has at most %zu MiB",
                        name, PARSE_SIZE_MAX >> 20);
    const char *nul = memchr(text, '\0', size);
    const struct source *source =
        add_source(program, name, text, nul ? (size_t)(nul - text) : size);
    const struct place end = {.source = source, .start = source->size};
    if (nul)
        return complain(complaint, &end, -EINVAL, "a text has no byte 0");

    struct parser parser = {.program = program,
                            .arena = program->arena,
                            .mode = mode,
                            .complaint = complaint};
    int rc = 0;
    parser_start(&parser, source);
    while (rc == 0 && parser.token.kind != TOKEN_END)
        rc = parse_statement(&parser);
    strbuf_clear(&parser.statement);
    return rc;
}
