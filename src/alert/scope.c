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

enum narrow_reach scope_touched(const struct scope *scope,
                                const struct touched *touched, bool is_timed,
                                struct given *given)
{
    enum narrow_reach reach = scope->knows_time && is_timed ? NARROW_ALL : NARROW_NONE;
    for (size_t i = 0; i < scope->count && reach != NARROW_ALL; i++) {
        const struct scope_read *read = &scope->reads[i];
        bool is_read = touched_is_all(touched) || touched_has(touched, read->relation);
        enum narrow_reach own = !is_read ? NARROW_NONE
                                : read->reach == NARROW_ALL
                                    ? NARROW_ALL
                                    : given_add(given, touched, read->relation);
        if (own != NARROW_NONE && own < read->reach)
            own = read->reach;
        reach = own > reach ? own : reach;
    }
    return reach;
}
