// SPDX-License-Identifier: GPL-3.0-or-later
/* evaluate_again - one that is kept: its rows go, its statements stay.
 *
 * Their SQL knows now() as a sum with VALUE_SHIFT. Proofs have values and SQL of their
 * own, made of the program's terms: for them what moves in these is brought to the
 * moment; and what they add to the program goes when the evaluation rests. */
#include "datalog/evaluate_parts.h"
#include "datalog/walk.h"

/* How many times as many rows as at first a plan serves; and how many do not matter. */
#define GROWTH_MAX  8
#define GROWTH_FREE 1000

static bool may_run_again(const struct evaluation *evaluation)
{
    return evaluation->is_kept && !evaluation->has_failed &&
           !evaluation->program->is_momentary && evaluation->drops.count == 0 &&
           evaluation->rows <= GROWTH_FREE + GROWTH_MAX * evaluation->first_rows;
}

bool evaluation_rest(struct evaluation *evaluation)
{
    if (!may_run_again(evaluation))
        return false;
    limits_end(evaluation);
    again_end_proofs(evaluation);
    sets_empty(evaluation);
    atomic_store(&evaluation->is_stopped, false);
    evaluation->rows = evaluation->sets_rows = evaluation->sets_size = 0;
    evaluation->unmeasured = 0;
    evaluation->slowest = NULL;
    evaluation->slowest_time = 0;
    return true;
}

int evaluation_again(struct evaluation *evaluation, int64_t later,
                     struct complaint *complaint)
{
    evaluation->shift = later;
    return limits_begin(evaluation, complaint);
}

/* ---- proofs ---- */

static void each_rule(const struct program *program,
                      void (*each)(void *context, struct rule *rule), void *context)
{
    for (size_t i = 0; i < program->predicate_count; i++)
        for (size_t j = 0; j < program->predicates[i]->rule_count; j++)
            each(context, program->predicates[i]->rules[j]);
}

static int find_moving(void *context, struct term *term)
{
    struct evaluation *evaluation = context;
    if (term->kind != TERM_CONSTANT || !term->value.is_moving)
        return 0;
    term->value.is_moving = false; /* it may be met again */
    arena_push(evaluation->program->arena, (void ***)&evaluation->moving,
               &evaluation->moving_count, &term->value);
    return 0;
}

static void find_moving_in(void *context, struct rule *rule)
{
    const struct walk walk = {.context = context, .term = find_moving};
    (void)!walk_rule(&walk, rule);
}

static void forget_derivation(void *context UNUSED, struct rule *rule)
{
    rule->derivation = NULL;
}

void evaluation_begin_proofs(struct evaluation *evaluation)
{
    struct program *program = evaluation->program;
    if (!evaluation->is_kept || evaluation->own_arena)
        return;
    if (!evaluation->knows_moving)
        each_rule(program, find_moving_in, evaluation);
    evaluation->knows_moving = true;
    for (size_t i = 0; i < evaluation->moving_count; i++) {
        evaluation->moving[i]->number += evaluation->shift - evaluation->moved;
        evaluation->moving[i]->is_moving = false;
    }
    evaluation->moved = evaluation->shift;
    evaluation->own_sites = evaluation->sites;
    evaluation->own_arena = program->arena;
    program->arena = arena_new();
}

void again_end_proofs(struct evaluation *evaluation)
{
    struct program *program = evaluation->program;
    if (!evaluation->own_arena)
        return;
    each_rule(program, forget_derivation, NULL);
    for (size_t i = 0; i < evaluation->moving_count; i++)
        evaluation->moving[i]->is_moving = true;
    program->solutions = NULL;
    evaluation->sites = evaluation->own_sites;
    arena_free(program->arena);
    program->arena = TAKE(evaluation->own_arena);
}
