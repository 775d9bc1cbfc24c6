// SPDX-License-Identifier: GPL-3.0-or-later
/* scope - a list of relations. */
#include "alert/scope.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "datalog/catalogue.h"

void scope_clear(struct scope *scope)
{
    for (size_t i = 0; i < scope->count; i++)
        free(scope->reads[i].relation);
    free(scope->reads);
    *scope = (struct scope){0};
}

static void add_read(void *context, const struct predicate *stored,
                     enum narrow_reach reach)
{
    struct scope *scope = context;
    const char *name = stored->stored->name;
    for (size_t i = 0; i < scope->count; i++) {
        struct scope_read *read = &scope->reads[i];
        if (strcmp(read->relation, name) == 0) {
            read->reach = reach > read->reach ? reach : read->reach;
            return;
        }
    }
    scope->reads =
        memory_resize(scope->reads, (scope->count + 1) * sizeof *scope->reads);
    scope->reads[scope->count++] =
        (struct scope_read){.relation = text_copy(name), .reach = reach};
}

void scope_add(struct scope *scope, struct narrowing *narrowing,
               const struct rule *rule)
{
    scope->knows_time |= narrow_each_read(narrowing, rule, add_read, scope);
}

/* How far the rule is to be judged, as this relation was touched. */
static enum narrow_reach read_touched(const struct scope_read *read,
                                      const struct touched *touched,
                                      struct given *given)
{
    bool is_all = touched_is_all(touched);
    if (!is_all && !touched_has(touched, read->relation))
        return NARROW_NONE;
    if (is_all || read->reach == NARROW_ALL)
        return NARROW_ALL;
    enum narrow_reach own = given_want(given, touched, read->relation);
    return own != NARROW_NONE && own < read->reach ? read->reach : own;
}

/* It reads all of this relation, and soon the time makes it do so anyway. */
static bool can_wait(const struct scope *scope, const struct scope_read *read,
                     const struct touched *touched)
{
    return scope->knows_time && read->reach == NARROW_ALL && !touched_is_all(touched);
}

enum narrow_reach scope_touched(const struct scope *scope,
                                const struct touched *touched, bool is_timed,
                                struct given *given)
{
    enum narrow_reach reach = scope->knows_time && is_timed ? NARROW_ALL : NARROW_NONE;
    for (size_t i = 0; i < scope->count && reach != NARROW_ALL; i++) {
        const struct scope_read *read = &scope->reads[i];
        enum narrow_reach own = can_wait(scope, read, touched)
                                    ? NARROW_NONE
                                    : read_touched(read, touched, given);
        reach = own > reach ? own : reach;
    }
    return reach;
}
