// SPDX-License-Identifier: GPL-3.0-or-later
/* rewrite_factor - whether a recursive relation can be derived without the columns that
 * nobody needs.
 *
 * Each recursive rule of it changes either what is kept, or what is bound:
 *
 *     reach(x, z) :- reach(x, y), edge(y, z).   at its left: y becomes z, for any x
 *     reach(x, z) :- edge(x, y), reach(y, z).   at its right: x becomes y, for any z
 *
 * So the two do not meet: whatever order they came in, first all that is bound can be
 * found, from there the rows that are not recursive, and from these all that is kept.
 */
#include "datalog/rewrite_factor.h"

#include <stdint.h>
#include <string.h>

#include "datalog/rewrite_turn.h"
#include "datalog/walk.h"

static size_t count_in_body(const struct rule *rule, const struct variable *variable)
{
    size_t count = 0;
    for (size_t i = 0; i < rule->body.count; i++)
        count += walk_count_in_literal(rule->body.literals[i], variable);
    return count;
}

/* In the columns of the head that the adornment has something else than 'n' for; all of
 * them without one. */
static bool is_in_head(const struct rule *rule, const struct variable *variable,
                       const char *adornment)
{
    size_t count = 0;
    for (size_t i = 0; i < rule->head->count; i++)
        if (!adornment || adornment[i] != 'n')
            count += walk_count_in_term(rule->head->args[i], variable);
    return count > 0;
}

/* Whether a rule does not look at what an atom says there. */
static bool is_unneeded(const struct rule *rule, const struct term *term,
                        const char *adornment)
{
    if (term->kind != TERM_VARIABLE)
        return term->kind == TERM_ANY;
    return count_in_body(rule, term->variable) == 1 &&
           !is_in_head(rule, term->variable, adornment);
}

/* ---- what an atom is bound by ---- */

/* Some of a rule's literals, and their variables. */
struct part {
    bool *literals, *variables;
};

static struct part part_of(const struct way *way)
{
    struct arena *arena = way->demands->program->arena;
    return (struct part){
        .literals = arena_take(arena, way->rule->body.count + 1),
        .variables = arena_take(arena, way->rule->variable_count + 1),
    };
}

/* Takes whatever literal has to do with its variables, but for the one at place. */
static void spread(const struct rule *rule, size_t place, struct part *part)
{
    bool is_more = true;
    while (is_more) {
        is_more = false;
        for (size_t i = 0; i < rule->body.count; i++) {
            const struct literal *literal = rule->body.literals[i];
            if (i == place || part->literals[i] ||
                !way_has_any(literal, part->variables))
                continue;
            part->literals[i] = is_more = true;
            way_mark(literal, part->variables);
        }
    }
}

/* What hangs on the head without the atom. */
static struct part part_of_head(const struct way *way, size_t place)
{
    struct part part = part_of(way);
    const struct atom *head = way->rule->head;
    for (size_t i = 0; i < head->count; i++)
        way_mark_term(head->args[i], part.variables);
    spread(way->rule, place, &part);
    return part;
}

/* Whether a literal can be asked before the atom, by itself. */
static bool may_ask(const struct way *way, size_t place, size_t literal,
                    const bool *is_bound)
{
    const struct literal *asked = way->rule->body.literals[literal];
    bool is_later = literal > place && asked->kind == LITERAL_ATOM &&
                    demands_may_bind(way->demands, asked->atom->predicate);
    return !is_later && !demands_is_own(way->rule, asked) &&
           way_is_ready(asked, is_bound);
}

/* Whether all of a part can be asked before the atom, in some order. */
static bool may_ask_all(const struct way *way, size_t place, const struct part *part)
{
    struct arena *arena = way->demands->program->arena;
    size_t count = way->rule->body.count;
    bool *is_bound = arena_take(arena, way->rule->variable_count + 1);
    bool *is_asked = arena_take(arena, count + 1);
    for (size_t i = 0; i < count;) {
        bool is_next =
            part->literals[i] && !is_asked[i] && may_ask(way, place, i, is_bound);
        if (is_next) {
            is_asked[i] = true;
            way_mark(way->rule->body.literals[i], is_bound);
        }
        i = is_next ? 0 : i + 1;
    }
    return memcmp(is_asked, part->literals, count) == 0;
}

/* The first part that binds arguments of the atom, and nothing else. */
static struct part filter_of(const struct way *way, size_t place)
{
    const struct atom *atom = way->rule->body.literals[place]->atom;
    struct part head = part_of_head(way, place);
    for (size_t i = 0; i < atom->count; i++) {
        const struct term *term = atom->args[i];
        if (term->kind != TERM_VARIABLE || head.variables[term->variable->number])
            continue;
        struct part part = part_of(way);
        way_mark_term(term, part.variables);
        spread(way->rule, place, &part);
        bool has_any = memchr(part.literals, true, way->rule->body.count) != NULL;
        if (has_any && may_ask_all(way, place, &part))
            return part;
    }
    return part_of(way);
}

static char letter_of(const struct rule *rule, const struct term *term,
                      const struct part *filter)
{
    if (term->kind == TERM_CONSTANT ||
        (term->kind == TERM_VARIABLE && filter->variables[term->variable->number]))
        return 'b';
    return is_unneeded(rule, term, NULL) ? 'n' : 'f';
}

/* ---- the rules of the relation ---- */

/* A column that one of its own rules looks at is needed. True: there was one. */
static bool look_at(const struct rule *rule, const struct atom *own, char *adornment)
{
    bool is_more = false;
    for (size_t i = 0; i < own->count; i++)
        if (adornment[i] == 'n' && !is_unneeded(rule, own->args[i], adornment)) {
            adornment[i] = 'f';
            is_more = true;
        }
    return is_more;
}

static void look_at_all(const struct predicate *predicate, char *adornment)
{
    bool is_more = true;
    while (is_more) {
        is_more = false;
        for (size_t i = 0; i < predicate->rule_count; i++) {
            const struct rule *rule = predicate->rules[i];
            for (size_t j = 0; j < rule->body.count; j++)
                if (demands_is_own(rule, rule->body.literals[j]))
                    is_more |= look_at(rule, rule->body.literals[j]->atom, adornment);
        }
    }
}

static bool is_left(const struct demand *demand, const struct rule *rule,
                    const struct atom *own)
{
    return turn_is_through(demand, 'b', rule, own);
}

size_t factor_asked(const struct demand *asker, const struct rule *rule)
{
    size_t place = asker && asker->is_factored ? turn_place(rule) : SIZE_MAX;
    bool is_read =
        place == SIZE_MAX || is_left(asker, rule, rule->body.literals[place]->atom);
    return is_read ? SIZE_MAX : place;
}

/* What is bound leads to what is bound, without the atom, and by what cannot fail: it
 * is computed for more rows than before. */
static bool is_right(const struct demands *demands, const struct demand *demand,
                     const struct rule *rule, size_t place)
{
    struct way way = way_begin(demands, rule, demand);
    for (size_t i = 0; i < rule->body.count; i++)
        if (i != place)
            way_pass(&way, i);
    for (size_t i = 0; i < rule->body.count; i++)
        if (i != place && !way.is_passed[i])
            return false;
    const struct atom *own = rule->body.literals[place]->atom;
    for (size_t i = 0; i < own->count; i++) {
        const struct term *term = own->args[i];
        bool is_plain = term->kind == TERM_CONSTANT || term->kind == TERM_VARIABLE;
        if (demand->adornment[i] == 'b' &&
            (!is_plain || !way_is_known(term, way.is_bound)))
            return false;
    }
    return turn_has_plain_head(demand, rule) && turn_is_through(demand, 'f', rule, own);
}

/* Where nothing is bound, a rule may have several atoms of its own relation. */
static bool is_rule_fit(const struct demands *demands, const struct demand *demand,
                        const struct rule *rule)
{
    bool is_bound = strchr(demand->adornment, 'b') != NULL;
    size_t own = 0;
    for (size_t i = 0; i < rule->body.count; i++) {
        const struct literal *literal = rule->body.literals[i];
        if (!demands_is_own(rule, literal))
            continue;
        if (literal->atom->predicate != demand->predicate || (is_bound && own > 0))
            return false;
        own++;
    }
    if (own == 0)
        return turn_has_plain_head(demand, rule);
    size_t place = turn_place(rule);
    return is_left(demand, rule, rule->body.literals[place]->atom) ||
           is_right(demands, demand, rule, place);
}

static bool is_fit(const struct demands *demands, struct predicate *predicate,
                   char *adornment)
{
    look_at_all(predicate, adornment);
    struct demand demand = {.predicate = predicate, .adornment = adornment};
    bool is = strpbrk(adornment, "bn") != NULL;
    for (size_t i = 0; is && i < predicate->rule_count; i++)
        is = is_rule_fit(demands, &demand, predicate->rules[i]);
    return is;
}

/* ---- all of it ---- */

static bool is_plain(const struct atom *atom)
{
    bool is = !atom->at;
    for (size_t i = 0; is && i < atom->count; i++)
        is = atom->args[i]->kind != TERM_CALL && atom->args[i]->kind != TERM_AGGREGATE;
    return is;
}

static bool try_filter(const struct way *way, size_t place, const struct part *filter,
                       struct factors *ret)
{
    const struct rule *rule = way->rule;
    const struct atom *atom = rule->body.literals[place]->atom;
    char *adornment = arena_take(way->demands->program->arena, atom->count + 1);
    for (size_t i = 0; i < atom->count; i++)
        adornment[i] = letter_of(rule, atom->args[i], filter);
    if (!is_fit(way->demands, atom->predicate, adornment))
        return false;
    *ret = (struct factors){.adornment = adornment, .filter = filter->literals};
    return true;
}

static bool is_recursive(const struct literal *literal)
{
    return literal->atom->predicate->is_recursive && is_plain(literal->atom);
}

bool factor_find(const struct way *way, size_t literal, struct factors *ret)
{
    const struct literal *met = way->rule->body.literals[literal];
    if (!is_recursive(met) || demands_is_own(way->rule, met))
        return false;
    struct part filter = filter_of(way, literal), none = part_of(way);
    return try_filter(way, literal, &filter, ret) ||
           try_filter(way, literal, &none, ret);
}

bool factor_find_hidden(const struct way *way, size_t literal, struct factors *ret)
{
    struct part none = part_of(way);
    return is_recursive(way->rule->body.literals[literal]) &&
           try_filter(way, literal, &none, ret);
}
