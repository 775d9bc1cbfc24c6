// SPDX-License-Identifier: GPL-3.0-or-later
/* check_constants - what can be computed before there is any row, is. */
#include "datalog/check_parts.h"

#include <errno.h>
#include <string.h>

#include "datalog/functors.h"

static void become(struct check *check, struct term *term, const struct value *value)
{
    term->kind = TERM_CONSTANT;
    term->value = *value;
    term->functor = FUNCTOR_NONE;
    term->name = NULL;
    term->args = NULL;
    term->count = 0;
    check_adapt(term);
    check->program->is_momentary |= term->value.is_moving && term->value.is_real;
}

static struct term *make_now(const struct check *check, const struct term *term)
{
    struct term *now = arena_take(check->program->arena, sizeof *now);
    *now = (struct term){
        .kind = TERM_CONSTANT,
        .place = term->place,
        .type = TYPE_TIME,
        .value = {.type = TYPE_TIME,
                  .number = check->settings->now,
                  .is_moving = check->settings->is_now_moving},
    };
    return now;
}

/* ago(x) is now() - x. */
static void spell_ago(const struct check *check, struct term *term)
{
    struct term **args = arena_take(check->program->arena, 2 * sizeof *args);
    args[0] = make_now(check, term);
    args[1] = term->args[0];
    term->functor = FUNCTOR_SUBTRACT;
    term->name = functor_of(FUNCTOR_SUBTRACT)->name;
    term->args = args;
    term->count = 2;
}

static bool is_constant(const struct term *call)
{
    for (size_t i = 0; i < call->count; i++) {
        if (call->args[i]->kind != TERM_CONSTANT)
            return false;
    }
    return true;
}

/* Whether what is computed moves as one of these does. */
static bool is_moving(struct check *check, enum functor functor,
                      const struct value *args, size_t count)
{
    size_t moving = 0;
    for (size_t i = 0; i < count; i++)
        moving += args[i].is_moving;
    if (moving == 0 || (functor == FUNCTOR_SUBTRACT && moving == 2))
        return false;
    bool is_one = (functor == FUNCTOR_ADD && moving == 1) ||
                  (functor == FUNCTOR_SUBTRACT && args[0].is_moving);
    check->program->is_momentary |= !is_one;
    return is_one;
}

static int compute(struct check *check, struct term *term)
{
    struct arena *arena = check->program->arena;
    struct value *args = arena_take(arena, term->count * sizeof *args);
    for (size_t i = 0; i < term->count; i++)
        args[i] = term->args[i]->value;
    struct value value;
    const char *what = NULL;
    int rc = functor_compute(term->functor, args, term->count, arena, &value, &what);
    if (rc < 0)
        return complain(check->complaint, &term->place, -EINVAL, "%s", what);
    value.is_moving = is_moving(check, term->functor, args, term->count);
    become(check, term, &value);
    return 0;
}

/* Who asks may live in another zone than the process. */
static void place_time(const struct check *check, struct term *term)
{
    const struct check_settings *settings = check->settings;
    const struct place *place = &term->place;
    if (!settings->find_time || !place->source ||
        strcmp(place->source->name, "question") != 0)
        return;
    const char *token = arena_format(check->program->arena, "%.*s", (int)place->size,
                                     place->source->text + place->start);
    settings->find_time(settings->context, token, &term->value.number);
}

static int compute_term(void *context, struct term *term)
{
    struct check *check = context;
    if (term->kind == TERM_CONSTANT && term->is_local_time)
        place_time(check, term);
    if (term->kind != TERM_CALL)
        return 0;
    check->knows_time |= term->functor == FUNCTOR_NOW || term->functor == FUNCTOR_AGO;
    if (term->functor == FUNCTOR_NOW) {
        become(check, term, &make_now(check, term)->value);
        return 0;
    }
    if (term->functor == FUNCTOR_AGO)
        spell_ago(check, term);
    return is_constant(term) ? compute(check, term) : 0;
}

static int compute_rule(struct check *check, struct rule *rule)
{
    const struct walk walk = {.context = check, .term = compute_term};
    check->knows_time = false;
    int rc = walk_rule(&walk, rule);
    rule->knows_time = check->knows_time;
    return rc;
}

int check_constants(struct check *check)
{
    return check_each_rule(check, compute_rule);
}
