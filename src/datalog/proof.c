// SPDX-License-Identifier: GPL-3.0-or-later
/* proof - from an atom down: the rule whose body holds, then what is in that body.
 *
 * An atom of a relation that rewrite.h made several of, for several patterns of bound
 * arguments, is proved by the row that came first of all; so no atom is below itself,
 * whichever of them the rules read. */
#include "datalog/proof.h"

#include <errno.h>
#include <search.h>
#include <string.h>

#include "datalog/proof_parts.h"

/* ---- nodes ---- */

struct proof *search_node(struct search *search, enum proof_kind kind, const char *text)
{
    struct proof *proof = arena_take(search->program->arena, sizeof *proof);
    *proof = (struct proof){.kind = kind, .text = text};
    search->nodes++;
    return proof;
}

static struct proof *atom_node(struct search *search, enum proof_kind kind,
                               const struct predicate *predicate,
                               const struct value *values)
{
    const char *text = search_text(search, predicate, values);
    struct proof *proof = search_node(search, kind, text);
    proof->relation = predicate_name(predicate);
    proof->values = values;
    proof->value_count = predicate->count;
    return proof;
}

void proof_push(struct search *search, struct proof *proof, const struct proof *child)
{
    arena_push(search->program->arena, (void ***)&proof->children, &proof->count,
               (void *)child);
}

static int compare_texts(const void *one, const void *other)
{
    return strcmp(one, other);
}

static bool is_seen(const struct search *search, const char *text)
{
    return tfind(text, &search->seen, compare_texts) != NULL;
}

static void see(struct search *search, const char *text)
{
    (void)tsearch(text, &search->seen, compare_texts);
}

/* ---- rows ---- */

/* The rowid of a row in a relation's table. 1, 0 where there is no such row. */
static int find_row(struct search *search, const struct predicate *predicate,
                    const struct value *values, int64_t *ret)
{
    AUTO(strbuf) struct strbuf sql = {0};
    strbuf_puts(&sql, "SELECT rowid FROM ");
    compile_name(predicate->table, &sql);
    strbuf_puts(&sql, " WHERE 1");
    for (size_t i = 0; i < predicate->count; i++) {
        strbuf_printf(&sql, " AND c%zu = ", i + 1);
        value_put_sql(&values[i], &sql);
    }
    struct value rowid;
    int rc = search_value(search, strbuf_text(&sql), &rowid);
    if (rc == 1)
        *ret = rowid.number;
    return rc;
}

static const struct predicate *origin_of(const struct predicate *predicate)
{
    return predicate->origin ? predicate->origin : predicate;
}

/* Of all relations that this one and others were made of one for, the recursive one
 * that has the row first, and its rowid there. 0 where none has it. */
static int find_earliest(struct search *search, const struct predicate *predicate,
                         const struct value *values, const struct predicate **ret,
                         int64_t *ret_rowid)
{
    const struct predicate *earliest = NULL;
    int64_t least = 0;
    for (size_t i = 0; i < search->program->predicate_count; i++) {
        const struct predicate *other = search->program->predicates[i];
        if (origin_of(other) != origin_of(predicate) || !other->table ||
            !other->is_recursive)
            continue;
        int64_t rowid;
        int rc = find_row(search, other, values, &rowid);
        if (rc < 0)
            return rc;
        bool is_earlier = !earliest || other->stratum < earliest->stratum ||
                          (other->stratum == earliest->stratum && rowid < least);
        if (rc == 1 && is_earlier) {
            earliest = other;
            least = rowid;
        }
    }
    if (!earliest)
        return 0;
    *ret = earliest;
    *ret_rowid = least;
    return 1;
}

/* ---- derived atoms ---- */

/* Finds values with which the rule gives this row. 1, 0. */
static int solve_rule(struct search *search, struct rule *rule, const struct value *row,
                      int64_t before, struct solution *ret)
{
    if (!rule_may_give(rule, row))
        return 0;
    *ret = (struct solution){.kind = PROOF_FACT, .rule = rule_written(rule)};
    if (ret->rule->body.count == 0)
        return 1;
    ret->kind = PROOF_RULE;
    ret->derivation = derivation_of(search, rule);
    const struct value *known = derivation_known(search, ret->derivation, row);
    if (!known)
        return 0;
    return derivation_find(search, ret->derivation, known, before, &ret->values);
}

static int solve_rules(struct search *search, const struct predicate *predicate,
                       const struct value *row, struct solution *ret)
{
    int64_t before = 0;
    int rc = find_earliest(search, predicate, row, &predicate, &before);
    if (rc < 0 || (rc == 0 && predicate->is_recursive))
        return rc;
    rc = 0;
    for (size_t i = 0; rc == 0 && i < predicate->rule_count; i++)
        rc = solve_rule(search, predicate->rules[i], row, before, ret);
    if (rc != 0 || !origin_of(predicate)->has_input)
        return rc;
    *ret = (struct solution){.kind = PROOF_FACT};
    return 1;
}

/* Found once an evaluation, however many answers an atom is below. */
static int solve(struct search *search, const struct predicate *predicate,
                 const struct proof *proof, const struct solution **ret)
{
    *ret = solutions_find(search, proof->text);
    if (*ret)
        return 1;
    struct solution solution;
    int rc = solve_rules(search, predicate, proof->values, &solution);
    if (rc == 1)
        *ret = solutions_put(search, proof->text, &solution);
    return rc;
}

static int owe(struct search *search, const struct predicate *predicate,
               struct proof *proof)
{
    struct arena *arena = search->program->arena;
    struct owed *owed = arena_take(arena, sizeof *owed);
    proof->kind = PROOF_BELOW;
    proof->rule = NULL;
    *owed = (struct owed){.predicate = predicate, .proof = proof};
    arena_push(arena, (void ***)&search->owed, &search->owed_count, owed);
    return 0;
}

static int prove_derived(struct search *search, const struct predicate *predicate,
                         int depth, struct proof *proof)
{
    const struct solution *solution;
    int rc = solve(search, predicate, proof, &solution);
    if (rc == 0)
        return complain(search->complaint, NULL, -ENOENT, "%s does not hold",
                        proof->text);
    if (rc < 0)
        return rc;
    proof->kind = solution->kind;
    proof->rule = solution->rule;
    if (solution->kind == PROOF_FACT)
        return 0;
    if (depth >= PROOF_DEPTH_MAX)
        return owe(search, predicate, proof);
    rc = search_show(search, &(struct showing){.derivation = solution->derivation,
                                               .values = solution->values,
                                               .depth = depth,
                                               .proof = proof});
    if (rc == 0)
        see(search, proof->text);
    return rc;
}

static int prove(struct search *search, const struct predicate *predicate,
                 const struct value *values, int depth, const struct proof **ret)
{
    int rc = 0;
    struct proof *proof = atom_node(search, PROOF_RULE, predicate, values);
    if (is_seen(search, proof->text))
        proof->kind = PROOF_ABOVE;
    else if (search->nodes > PROOF_NODES_MAX)
        proof->kind = PROOF_CUT;
    else
        rc = prove_derived(search, predicate, depth, proof);
    if (rc == 0)
        *ret = proof;
    return rc;
}

/* ---- what a body holds ---- */

static const char *literal_text(struct search *search, const struct literal *literal,
                                const struct value *values)
{
    AUTO(strbuf) struct strbuf text = {0};
    bool is_absent = literal->kind == LITERAL_NEGATION;
    strbuf_puts(&text, is_absent ? "no " : "");
    if (literal->atom)
        atom_format(literal->atom, values, &text);
    else
        literal_format(literal, values, &text);
    return arena_text(search->program->arena, strbuf_text(&text));
}

static int show_stored(struct search *search, const struct showing *showing,
                       struct literal *literal)
{
    const struct atom *atom = literal->atom;
    struct proof *proof = search_node(search, PROOF_STORED,
                                      literal_text(search, literal, showing->values));
    proof->relation = atom->predicate->name;
    proof->values = search_values(search, atom, showing->values);
    proof->value_count = atom->count;
    proof_push(search, showing->proof, proof);
    return search_origin(search, showing->derivation->rule, literal, showing->values,
                         proof);
}

static int show_atom(struct search *search, const struct showing *showing,
                     struct literal *literal)
{
    const struct atom *atom = literal->atom;
    if (atom->predicate->stored)
        return show_stored(search, showing, literal);
    const struct proof *child;
    int rc =
        prove(search, atom->predicate, search_values(search, atom, showing->values),
              showing->depth + 1, &child);
    if (rc == 0)
        proof_push(search, showing->proof, child);
    return rc;
}

static int show_absent(struct search *search, const struct showing *showing,
                       struct literal *literal)
{
    const struct atom *atom = literal->atom;
    struct proof *proof = search_node(search, PROOF_ABSENT,
                                      literal_text(search, literal, showing->values));
    proof->relation = predicate_name(atom->predicate);
    proof->values = search_values(search, atom, showing->values);
    proof->value_count = atom->count;
    proof_push(search, showing->proof, proof);
    return 0;
}

static int show_condition(struct search *search, const struct showing *showing,
                          struct literal *literal)
{
    if (!literal_is_aggregate(literal)) {
        const char *text = literal_text(search, literal, showing->values);
        proof_push(search, showing->proof, search_node(search, PROOF_HOLDS, text));
    }
    return search_show_aggregates(search, showing, literal);
}

typedef int show_fn(struct search *search, const struct showing *showing,
                    struct literal *literal);

int search_show(struct search *search, const struct showing *showing)
{
    static show_fn *const shows[] = {
        [LITERAL_ATOM] = show_atom,
        [LITERAL_NEGATION] = show_absent,
        [LITERAL_COMPARISON] = show_condition,
        [LITERAL_TEST] = show_condition,
    };
    const struct body *body = &showing->derivation->shown;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < body->count; i++) {
        struct literal *literal = body->literals[i];
        rc = shows[literal->kind](search, showing, literal);
    }
    return rc;
}

/* ---- answers ---- */

/* Of a question that is one atom, the proof of that atom: a question has no name. */
static const struct proof *without_question(const struct search *search,
                                            const struct predicate *predicate,
                                            const struct proof *proof)
{
    bool is_bare = predicate == search->program->question && proof->count == 1 &&
                   proof->children[0]->relation &&
                   proof->children[0]->kind != PROOF_ABSENT;
    return is_bare ? proof->children[0] : proof;
}

/* Each of these trees may owe others. */
static int prove_owed(struct search *search, struct proof *whole)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < search->owed_count; i++) {
        const struct owed *owed = search->owed[i];
        const struct proof *tree;
        if (is_seen(search, owed->proof->text))
            continue;
        rc = prove(search, owed->predicate, owed->proof->values, 0, &tree);
        if (rc == 0)
            arena_push(search->program->arena, (void ***)&whole->further,
                       &whole->further_count, (void *)tree);
    }
    return rc;
}

int proof_find(struct evaluation *evaluation, const struct predicate *predicate,
               const struct value *values, const struct proof **ret,
               struct complaint *complaint)
{
    AUTO(search) struct search search = search_of(evaluation, complaint);
    struct value *copies =
        arena_take(search.program->arena, (predicate->count + 1) * sizeof *copies);
    for (size_t i = 0; i < predicate->count; i++) {
        copies[i] = values[i];
        if (values[i].text)
            copies[i].text = arena_text(search.program->arena, values[i].text);
    }
    const struct proof *proof;
    int rc = prove(&search, predicate, copies, 0, &proof);
    if (rc < 0)
        return rc;
    struct proof *whole = arena_take(search.program->arena, sizeof *whole);
    *whole = *without_question(&search, predicate, proof);
    rc = prove_owed(&search, whole);
    if (rc == 0)
        *ret = whole;
    return rc;
}
