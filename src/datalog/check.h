// SPDX-License-Identifier: GPL-3.0-or-later
/* check - finds out what a program means, or what is wrong with it: relations, columns,
 * variables and their types, that every variable is bound, and strata.
 *
 * Comes from: parse.h.  Goes to: rewrite.h, compile.h.
 *
 * - A variable is bound by an atom of the body that is not negated, by "=" with a term
 *   that is bound, or, within an aggregate, from outside. Body literals are put into an
 *   order in which each is bound when it is met: what SQL is made of later.
 * - A relation without .decl takes the names of its columns from the variables of its
 *   first head (else "1", "2", …), and their types from where they are used.
 * - Times, durations, sizes and numbers: time - time is a duration; time + duration a
 *   time; duration and size with number stay what they are; size / size, and duration /
 *   duration, a number. A number fits where a size, a float or a flag is expected, and
 *   a text where a version is; nothing else meets another.
 * - now() and ago() become constants, and constant calls are computed.
 * - Negation, and aggregates, must not be within a cycle.
 * - A relation has at most 1000 columns, a rule 1000 variables, a body 1000 conditions.
 *
 * Only what the question and the outputs reach is checked, and the others are left as
 * they are; with everything set, all. */
#ifndef DATALOG_CHECK_H
#define DATALOG_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "datalog/catalogue.h"
#include "datalog/tree.h"

struct check_settings {
    const struct catalogue *catalogue; /* NULL: the program stands alone */
    int64_t now;                       /* ms since 1970 UTC: now() */

    /* What is reckoned from now, by adding and subtracting, is_moving; of what is
     * reckoned otherwise the program is_momentary. */
    bool is_now_moving;
    bool everything;

    /* What a time without a zone means, as it stands in the question; false: it does
     * not know. NULL, and in other texts: the zone of the process. */
    bool (*find_time)(void *context, const char *token, int64_t *ret_ms);
    void *context;
};

/* Once a program. -EINVAL: *complaint says what is wrong. */
int check_program(struct program *program, const struct check_settings *settings,
                  struct complaint *complaint) MUST_USE;

/* Sets is_reachable, stratum, is_recursive and stratum_count, of what is reachable and
 * of what is_checked: again, for rewrite.h, when rules were changed. -EINVAL: a
 * negation or an aggregate is within a cycle. */
int check_strata(struct program *program, struct complaint *complaint) MUST_USE;

/* Makes a saved question the program's own, before it is checked: each parameter is a
 * constant in it. texts: as many as it has parameters, as a person writes them, with or
 * without quotes. -ENOENT, -EINVAL with words. */
int check_take_question(struct program *program, const char *name,
                        const char *const *texts, size_t count,
                        struct complaint *complaint) MUST_USE;

#endif
