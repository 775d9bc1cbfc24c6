// SPDX-License-Identifier: GPL-3.0-or-later
/* proof_aggregate - what an aggregate gave, of how many rows, and the first of them; of
 * min and max, those that have that value. */
#include <string.h>

#include "datalog/proof_parts.h"

bool literal_is_aggregate(const struct literal *literal)
{
    return literal->kind == LITERAL_COMPARISON &&
           literal->comparison == COMPARISON_EQUAL &&
           (literal->left->kind == TERM_AGGREGATE ||
            literal->right->kind == TERM_AGGREGATE);
}

/* ---- its value ---- */

/* Values of the rule outside, for the variables that stand for its own here. */
static struct value *known_inside(struct search *search, const struct showing *outside,
                                  const struct derivation *inside)
{
    const struct rule *rule = outside->derivation->rule;
    struct value *known = arena_take(
        search->program->arena, (inside->rule->variable_count + 1) * sizeof *known);
    for (size_t i = 0; i < rule->variable_count; i++)
        if (inside->terms[i])
            known[inside->terms[i]->variable->number] = outside->values[i];
    return known;
}

/* Asks for it alone, with what is known outside; or how many rows it is of. 1; 0 where
 * it gives nothing. */
static int compute(struct search *search, const struct showing *showing,
                   const struct term *term, bool is_counted, struct value *ret)
{
    struct copying copying;
    struct derivation *asking =
        derivation_within(search, showing->derivation->rule, &copying);
    struct term *copy = copying_term(&copying, term);
    if (is_counted) {
        copy->type = TYPE_NUMBER;
        copy->aggregate->kind = AGGREGATE_COUNT;
        copy->aggregate->target = NULL;
    }
    struct term *result = copying_variable(&copying, copy, copy->type);
    body_push(search->program, &asking->rule->body,
              copying_equality(&copying, result, copy));
    derivation_end(search, asking);

    const struct value *values;
    int rc = derivation_find(search, asking, known_inside(search, showing, asking), 0,
                             &values);
    if (rc == 1)
        *ret = values[result->variable->number];
    return rc;
}

/* ---- its rows ---- */

struct rows {
    const struct value *items[PROOF_ROWS_MAX];
    size_t count;
};

static int take_row(const struct value *values, void *context)
{
    struct rows *rows = context;
    rows->items[rows->count++] = values;
    return 0;
}

/* "x = 3, y = "a"": what is of the row alone, as far as it has a name. */
static const char *row_text(struct search *search, const struct rule *rule,
                            const struct value *known, const struct value *values)
{
    AUTO(strbuf) struct strbuf text = {0};
    for (size_t i = 0; i < rule->variable_count; i++) {
        const char *name = rule->variables[i]->name;
        if (known[i].type != TYPE_NONE || values[i].type == TYPE_NONE ||
            strcmp(name, "_") == 0)
            continue;
        strbuf_printf(&text, "%s%s = ", text.size > 0 ? ", " : "", name);
        value_put_source(&values[i], &text);
    }
    return arena_text(search->program->arena, text.size > 0 ? text.data : "a row");
}

static int show_row(struct search *search, const struct showing *showing,
                    const struct value *known)
{
    const struct rule *rule = showing->derivation->rule;
    struct proof *row =
        search_node(search, PROOF_ROW, row_text(search, rule, known, showing->values));
    proof_push(search, showing->proof, row);
    struct showing inner = *showing;
    inner.depth++;
    inner.proof = row;
    return search_show(search, &inner);
}

static int show_rows(struct search *search, const struct showing *showing,
                     const struct body *body, const struct literal *also,
                     struct proof *proof)
{
    const struct derivation *derivation =
        derivation_of_body(search, showing->derivation->rule, body, also);
    const struct value *known = known_inside(search, showing, derivation);
    struct rows rows = {0};
    int rc = derivation_each(search, derivation, known, 0,
                             PROOF_ROWS_MAX - proof->count, take_row, &rows);
    for (size_t i = 0; rc == 0 && i < rows.count; i++) {
        struct showing row = {
            .derivation = derivation,
            .values = rows.items[i],
            .depth = showing->depth + 1,
            .proof = proof,
        };
        rc = show_row(search, &row, known);
    }
    return rc;
}

/* Of min and max, that the row has the value; NULL: any row will do. */
static struct literal *which_rows(struct search *search,
                                  const struct aggregate *aggregate,
                                  const struct value *value)
{
    if (aggregate->kind != AGGREGATE_MIN && aggregate->kind != AGGREGATE_MAX)
        return NULL;
    struct term *constant = arena_take(search->program->arena, sizeof *constant);
    *constant = (struct term){
        .kind = TERM_CONSTANT,
        .place = aggregate->place,
        .value = *value,
        .type = value->type,
    };
    struct copying copying = {.program = search->program};
    return copying_equality(&copying, aggregate->target, constant);
}

/* ---- its node ---- */

static const char *aggregate_text(struct search *search, const struct term *term,
                                  const struct value *values, const struct value *value)
{
    AUTO(strbuf) struct strbuf text = {0};
    value_put_source(value, &text);
    strbuf_puts(&text, " = ");
    term_format(term, values, &text);
    return arena_text(search->program->arena, strbuf_text(&text));
}

static int show_aggregate(struct search *search, const struct showing *showing,
                          const struct term *term)
{
    const struct aggregate *aggregate = term->aggregate;
    struct value *value = arena_take(search->program->arena, sizeof *value);
    int rc = compute(search, showing, term, false, value);
    if (rc <= 0)
        return rc;
    struct proof *proof = search_node(
        search, PROOF_AGGREGATE, aggregate_text(search, term, showing->values, value));
    proof->values = value;
    proof->value_count = 1;
    proof_push(search, showing->proof, proof);

    struct value rows = {0};
    rc = compute(search, showing, term, true, &rows);
    proof->rows = rows.number;
    const struct literal *also = which_rows(search, aggregate, value);
    for (size_t i = 0; rc >= 0 && i < aggregate->count && proof->count < PROOF_ROWS_MAX;
         i++)
        rc = show_rows(search, showing, &aggregate->bodies[i], also, proof);
    return rc < 0 ? rc : 0;
}

static int show_within(struct search *search, const struct showing *showing,
                       const struct term *term)
{
    if (term->kind == TERM_AGGREGATE)
        return show_aggregate(search, showing, term);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < term->count; i++)
        rc = show_within(search, showing, term->args[i]);
    return rc;
}

int search_show_aggregates(struct search *search, const struct showing *showing,
                           const struct literal *literal)
{
    int rc = show_within(search, showing, literal->left);
    return rc < 0 ? rc : show_within(search, showing, literal->right);
}
