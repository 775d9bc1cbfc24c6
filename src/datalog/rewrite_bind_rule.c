// SPDX-License-Identifier: GPL-3.0-or-later
/* rewrite_bind_rule - what a rule asks for, of all its atoms, and how it reads what is
 * made for that. First all of its way is gone, then it is changed. */
#include <stdint.h>

#include "datalog/rewrite_factor.h"
#include "datalog/rewrite_parts.h"
#include "datalog/rewrite_way.h"

/* What stands before an atom that is asked for, as far as it has to do with it. */
struct prefix {
    struct demand *demand; /* NULL: it stays as it is */
    struct atom atom;      /* as it was */
    const bool *is_chosen; /* literals */
    bool is_guarded;       /* the guard is chosen */
};

struct binding {
    struct demands *demands;
    struct rule *rule;
    struct way way;
    const struct literal *guard; /* NULL: the rule has none */
    size_t skipped;
    struct prefix *prefixes;        /* one a literal */
    const struct prefix **removers; /* one a literal: that which asks for what it says,
                                       so that it need not be said again; NULL: none */
};

/* ---- what is before an atom ---- */

struct choosing {
    const struct binding *binding;
    size_t place;    /* of the atom that is asked for */
    bool *is_needed; /* variables */
    bool *is_chosen;
    bool is_guarded;
};

static bool choose_guard(struct choosing *choosing)
{
    const struct literal *guard = choosing->binding->guard;
    if (!guard || choosing->is_guarded || !way_has_any(guard, choosing->is_needed))
        return false;
    choosing->is_guarded = true;
    way_mark(guard, choosing->is_needed);
    return true;
}

static bool choose_more(struct choosing *choosing)
{
    const struct binding *binding = choosing->binding;
    const struct body *body = &binding->rule->body;
    bool is_more = choose_guard(choosing);
    for (size_t i = 0; i < body->count; i++) {
        if (i == choosing->place || i == binding->skipped ||
            !binding->way.is_passed[i] || choosing->is_chosen[i] ||
            !way_has_any(body->literals[i], choosing->is_needed))
            continue;
        choosing->is_chosen[i] = is_more = true;
        way_mark(body->literals[i], choosing->is_needed);
    }
    return is_more;
}

static void choose(struct binding *binding, size_t place, struct prefix *prefix)
{
    struct arena *arena = binding->demands->program->arena;
    struct choosing choosing = {
        .binding = binding,
        .place = place,
        .is_needed = arena_take(arena, binding->rule->variable_count + 1),
        .is_chosen = arena_take(arena, binding->rule->body.count + 1),
    };
    for (size_t i = 0; i < prefix->atom.count; i++)
        if (prefix->demand->adornment[i] == 'b')
            way_mark_term(prefix->atom.args[i], choosing.is_needed);
    while (choose_more(&choosing))
        ;
    prefix->is_chosen = choosing.is_chosen;
    prefix->is_guarded = choosing.is_guarded;
}

static bool is_itself(const struct binding *binding, const struct demand *demand)
{
    return demand == binding->way.asker && demand->is_factored;
}

static void meet(struct binding *binding, size_t place)
{
    struct prefix *prefix = &binding->prefixes[place];
    struct demand *demand = demands_meet(binding->demands, &binding->way, place);
    if (!demand)
        return;
    *prefix = (struct prefix){
        .demand = demand,
        .atom = *binding->rule->body.literals[place]->atom,
        .is_chosen = demand->filter,
    };
    if (!demand->is_factored)
        choose(binding, place, prefix);
}

/* ---- rules of what is asked for ---- */

/* Whether something that is chosen asks for it already. */
static bool is_replaced(const struct binding *binding, const struct prefix *prefix,
                        size_t literal)
{
    const struct prefix *remover = binding->removers[literal];
    while (remover &&
           (remover == prefix || !prefix->is_chosen[remover - binding->prefixes]))
        remover = binding->removers[remover - binding->prefixes];
    return remover != NULL;
}

/* Each behind those that bind what it needs. */
static void copy_chosen(const struct binding *binding, const struct prefix *prefix,
                        const struct copying *copying)
{
    struct arena *arena = copying->program->arena;
    const struct body *body = &binding->rule->body;
    bool *is_bound = arena_take(arena, binding->rule->variable_count + 1);
    bool *is_copied = arena_take(arena, body->count + 1);
    if (prefix->is_guarded)
        way_mark(binding->guard, is_bound);
    for (size_t i = 0; i < body->count;) {
        const struct literal *literal = body->literals[i];
        bool is_next = prefix->is_chosen[i] && !is_copied[i] &&
                       !is_replaced(binding, prefix, i) &&
                       way_is_ready(literal, is_bound);
        if (is_next) {
            body_push(copying->program, &copying->rule->body,
                      copying_literal(copying, literal));
            is_copied[i] = true;
            way_mark(literal, is_bound);
        }
        i = is_next ? 0 : i + 1;
    }
}

static bool is_same_term(const struct term *one, const struct term *other)
{
    return one->kind == TERM_VARIABLE && other->kind == TERM_VARIABLE &&
           one->variable == other->variable;
}

bool rule_says_nothing(const struct rule *rule)
{
    if (rule->body.count != 1 || rule->body.literals[0]->kind != LITERAL_ATOM)
        return false;
    const struct atom *body = rule->body.literals[0]->atom;
    bool is_same = body->predicate == rule->head->predicate;
    for (size_t i = 0; is_same && i < body->count; i++)
        is_same = is_same_term(body->args[i], rule->head->args[i]);
    return is_same;
}

static void ask(const struct binding *binding, const struct prefix *prefix)
{
    struct program *program = binding->demands->program;
    const struct demand *demand = prefix->demand;
    const struct rule *rule = binding->rule;
    struct rule *asking = arena_take(program->arena, sizeof *asking);
    *asking = (struct rule){
        .place = prefix->atom.place,
        .name = rule->name,
        .text = rule->text,
        .origin = rule->origin ? rule->origin : rule,
    };
    struct copying copying = copying_of(program, asking, rule);
    if (prefix->is_guarded)
        body_push(program, &asking->body, copying_literal(&copying, binding->guard));
    copy_chosen(binding, prefix, &copying);
    asking->head =
        copying_atom(program, demand->asked,
                     bound_terms(&copying, &prefix->atom, demand->adornment, false),
                     &prefix->atom.place);
    if (!rule_says_nothing(asking))
        add_rule(program, demand->asked, asking);
}

/* ---- the rule itself ---- */

void bind_atom(struct program *program, struct atom *atom, const struct demand *demand)
{
    atom->predicate = demand->made;
    if (!demand->is_factored)
        return;
    struct term **args =
        arena_take(program->arena, (demand->made->count + 1) * sizeof *args);
    size_t count = 0;
    for (size_t i = 0; i < atom->count; i++)
        if (demand->adornment[i] == 'f')
            args[count++] = atom->args[i];
    atom->args = args;
    atom->count = count;
}

static void mark_removed(struct binding *binding, const struct prefix *prefix)
{
    if (!prefix->demand->is_factored || is_itself(binding, prefix->demand))
        return;
    for (size_t i = 0; i < binding->rule->body.count; i++)
        if (prefix->is_chosen[i] && !binding->removers[i])
            binding->removers[i] = prefix;
}

static void change_atoms(struct binding *binding)
{
    const struct body *body = &binding->rule->body;
    for (size_t i = 0; i < body->count; i++) {
        const struct prefix *prefix = &binding->prefixes[i];
        if (!prefix->demand)
            continue;
        bind_atom(binding->demands->program, body->literals[i]->atom, prefix->demand);
        mark_removed(binding, prefix);
    }
}

static void remove_literals(struct binding *binding)
{
    struct body rest = {0};
    const struct body *body = &binding->rule->body;
    for (size_t i = 0; i < body->count; i++)
        if (!binding->removers[i])
            body_push(binding->demands->program, &rest, body->literals[i]);
    binding->rule->body = rest;
}

void bind_rule(struct demands *demands, struct rule *rule, const struct demand *asker,
               const struct literal *guard, size_t skipped)
{
    struct arena *arena = demands->program->arena;
    size_t count = rule->body.count;
    struct binding binding = {
        .demands = demands,
        .rule = rule,
        .way = way_begin(demands, rule, asker),
        .guard = guard,
        .skipped = skipped,
        .prefixes = arena_take(arena, (count + 1) * sizeof *binding.prefixes),
        .removers = arena_take(arena, (count + 1) * sizeof *binding.removers),
    };
    size_t asked = factor_asked(asker, rule);
    for (size_t i = 0; i < count; i++) {
        if (i != skipped)
            meet(&binding, i);
        if (i != asked)
            way_pass(&binding.way, i);
    }
    change_atoms(&binding);
    for (size_t i = 0; i < count; i++) {
        const struct prefix *prefix = &binding.prefixes[i];
        if (prefix->demand && prefix->demand->asked &&
            !is_itself(&binding, prefix->demand))
            ask(&binding, prefix);
    }
    remove_literals(&binding);
}
