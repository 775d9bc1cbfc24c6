// SPDX-License-Identifier: GPL-3.0-or-later
/* rewrite_turn - whether recursion at the end of a body can be turned to the front. */
#include "datalog/rewrite_turn.h"

#include <stdint.h>

#include "datalog/rewrite_way.h"
#include "datalog/walk.h"

size_t turn_place(const struct rule *rule)
{
    for (size_t i = 0; i < rule->body.count; i++)
        if (demands_is_own(rule, rule->body.literals[i]))
            return i;
    return SIZE_MAX;
}

/* Once in the head, and once in the body. */
static bool passes_through(const struct rule *rule, const struct variable *variable)
{
    size_t head = 0, body = 0;
    for (size_t i = 0; i < rule->head->count; i++)
        head += walk_count_in_term(rule->head->args[i], variable);
    for (size_t i = 0; i < rule->body.count; i++)
        body += walk_count_in_literal(rule->body.literals[i], variable);
    return head == 1 && body == 1;
}

bool turn_is_through(const struct demand *demand, char letter, const struct rule *rule,
                     const struct atom *atom)
{
    for (size_t i = 0; i < atom->count; i++) {
        const struct term *head = rule->head->args[i], *own = atom->args[i];
        if (demand->adornment[i] == letter &&
            (head->kind != TERM_VARIABLE || own->kind != TERM_VARIABLE ||
             head->variable != own->variable || !passes_through(rule, own->variable)))
            return false;
    }
    return true;
}

/* What is bound in the head is there as it is, and not computed. */
bool turn_has_plain_head(const struct demand *demand, const struct rule *rule)
{
    for (size_t i = 0; i < rule->head->count; i++)
        if (demand->adornment[i] == 'b' && rule->head->args[i]->kind != TERM_VARIABLE &&
            rule->head->args[i]->kind != TERM_CONSTANT)
            return false;
    return true;
}

/* The one atom asks for the same pattern, and all literals cannot fail: those behind it
 * are computed for more rows than before. */
static bool is_turnable(struct demands *demands, const struct demand *demand,
                        const struct rule *rule, size_t place)
{
    struct way way = way_begin(demands, rule, demand);
    for (size_t i = 0; i < rule->body.count; i++) {
        if (i == place ? demands_meet(demands, &way, i) != demand
                       : demands_is_own(rule, rule->body.literals[i]))
            return false;
        way_pass(&way, i);
    }
    for (size_t i = 0; i < rule->body.count; i++)
        if (!way.is_passed[i])
            return false;
    return turn_is_through(demand, 'f', rule, rule->body.literals[place]->atom);
}

bool turn_is_possible(struct demands *demands, const struct demand *demand)
{
    size_t turned = 0;
    for (size_t i = 0; i < demand->predicate->rule_count; i++) {
        const struct rule *rule = demand->predicate->rules[i];
        size_t place = turn_place(rule);
        if (!turn_has_plain_head(demand, rule))
            return false;
        if (place == SIZE_MAX)
            continue;
        if (!is_turnable(demands, demand, rule, place))
            return false;
        turned++;
    }
    return turned > 0;
}
