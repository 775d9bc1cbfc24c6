// SPDX-License-Identifier: GPL-3.0-or-later
/* parse_parameters - what stands behind the name of a relation that is read or written:
 * where, and how its lines look. */
#include "datalog/parse_parts.h"

#include <errno.h>
#include <string.h>

#include "base/suggest.h"

/* Each returns whether there is such a value. */
static bool set_place(struct directive *directive, const char *value)
{
    directive->is_stdout =
        strcmp(value, "stdout") == 0 && directive->kind != DIRECTIVE_INPUT;
    return directive->is_stdout || strcmp(value, "file") == 0;
}

static bool set_filename(struct directive *directive, const char *value)
{
    directive->filename = value;
    return *value != '\0';
}

static bool set_delimiter(struct directive *directive, const char *value)
{
    directive->delimiter = value;
    return *value != '\0';
}

static bool set_headers(struct directive *directive, const char *value)
{
    directive->has_headers = strcmp(value, "true") == 0;
    return directive->has_headers || strcmp(value, "false") == 0;
}

static const struct parameter {
    const char *name;
    bool (*set)(struct directive *directive, const char *value);
    const char *expected;
} parameters[] = {
    {"IO", set_place, "IO=file, and of what is written IO=stdout"},
    {"filename", set_filename, "the name of a file"},
    {"delimiter", set_delimiter, "at least one character"},
    {"headers", set_headers, "headers=true and headers=false"},
};
#define PARAMETERS (sizeof parameters / sizeof *parameters)

static int fail_unknown(struct parser *parser, const struct place *place,
                        const char *name)
{
    const char *known[PARAMETERS + 1] = {0};
    for (size_t i = 0; i < PARAMETERS; i++)
        known[i] = parameters[i].name;
    char words[80];
    return parser_fail(parser, place,
                       "there is no parameter %s, only IO, filename, delimiter and "
                       "headers%s",
                       name, suggest_text(name, known, words, sizeof words));
}

/* A name, a text or a number, as text. */
static const char *parse_value(struct parser *parser)
{
    const struct token token = parser->token;
    if (token.kind != TOKEN_NAME && token.kind != TOKEN_CONSTANT) {
        parser_fail_expected(parser, "a value such as file or \"x.facts\"");
        return NULL;
    }
    parser_advance(parser);
    if (token.kind == TOKEN_CONSTANT && token.value.type == TYPE_TEXT)
        return token.value.text;
    return arena_copy(parser->arena, token.place.source->text + token.place.start,
                      token.place.size);
}

static int parse_parameter(struct parser *parser, struct directive *directive)
{
    const struct place place = parser->token.place;
    const char *name = parser_name(parser, "a parameter such as filename");
    int rc = name ? parser_expect(parser, "=") : -EINVAL;
    const char *value = rc == 0 ? parse_value(parser) : NULL;
    if (!value)
        return -EINVAL;
    size_t i = 0;
    while (i < PARAMETERS && strcmp(parameters[i].name, name) != 0)
        i++;
    if (i == PARAMETERS)
        return fail_unknown(parser, &place, name);
    if (!parameters[i].set(directive, value))
        return parser_fail(parser, &place, "there is no %s=%s here, only %s", name,
                           value, parameters[i].expected);
    return 0;
}

int parse_parameters(struct parser *parser, struct directive *directive)
{
    const struct place opened = parser->token.place;
    parser_advance(parser);
    if (parser_accept(parser, ")"))
        return 0;
    do {
        int rc = parse_parameter(parser, directive);
        if (rc < 0)
            return rc;
    } while (parser_accept(parser, ","));
    return parser_close(parser, &opened, ")", "\",\"");
}
