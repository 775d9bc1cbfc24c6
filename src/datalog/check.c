// SPDX-License-Identifier: GPL-3.0-or-later
/* check - one step after the other. */
#include "datalog/check.h"

#include "datalog/check_parts.h"

int check_each_rule(struct check *check,
                    int (*each)(struct check *check, struct rule *rule))
{
    for (size_t i = 0; i < check->count; i++) {
        const struct predicate *predicate = check->predicates[i];
        for (size_t j = 0; j < predicate->rule_count; j++) {
            int rc = each(check, predicate->rules[j]);
            if (rc < 0)
                return rc;
        }
    }
    return 0;
}

static int check_levels(struct check *check)
{
    return check_strata(check->program, check->complaint);
}

int check_program(struct program *program, const struct check_settings *settings,
                  struct complaint *complaint)
{
    static int (*const steps[])(struct check *) = {
        check_names,     check_variables, check_types,
        check_constants, check_order,     check_levels,
    };
    struct check check = {
        .program = program, .settings = settings, .complaint = complaint};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        int rc = steps[i](&check);
        if (rc < 0)
            return rc;
    }
    return 0;
}
