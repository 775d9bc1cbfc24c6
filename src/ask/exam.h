// SPDX-License-Identifier: GPL-3.0-or-later
/* exam - a file that says what happens and what rules are to make of it, played on a
 * trial of its own: time is moved by hand, and nobody waits.
 *
 *     file ──> forms, one after the other ──> trial ──> what is open, told, held
 *                                                          │
 *                                     what is wanted ──> compared, form by form
 *
 * Comes from: test files, see sheepdog-test(1).  Goes to: test.c. Sets TZ of the
 * process to the zone that the file names. */
#ifndef ASK_EXAM_H
#define ASK_EXAM_H

#include "base/compiler.h"
#include "base/error.h"
#include "config/config.h"

/* What a form wanted that is not there, and the other way round: each as it would be
 * written, ("penguin" "backup" "silent"). */
struct exam_fault {
    const char *path, *form; /* "alerts" */
    int line, column;
    struct texts missing, surplus;
    struct texts why; /* of each that is surplus its derivation, in lines; may be "" */
};

struct exam_result {
    size_t passed, failed; /* forms that want something */
};

/* Each form that fails is given to fault, lent, and the next goes on. Adds to *ret.
 * -EINVAL and others: the file, or the rules that it names, cannot be read as such:
 * "FILE:LINE:COLUMN: …". */
int exam_run(const char *path,
             void (*fault)(void *context, const struct exam_fault *fault),
             void *context, struct exam_result *ret, struct error *err) MUST_USE;

#endif
