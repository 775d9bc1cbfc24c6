// SPDX-License-Identifier: GPL-3.0-or-later
/* parse - reads text into a program.
 *
 * The language is the core of Soufflé's (souffle-lang.github.io/program), with what
 * Sheepdog adds: durations, sizes and times as constants, now(), ago(30d), named
 * arguments, "at", questions.
 *
 * Comes from: a file of rules, or what a person asks.  Goes to: check.h. */
#ifndef DATALOG_PARSE_H
#define DATALOG_PARSE_H

#include "base/compiler.h"
#include "datalog/tree.h"

#define PARSE_SIZE_MAX  ((size_t)64 << 20) /* bytes of one text */
#define PARSE_DEPTH_MAX 100                /* of terms and bodies in each other */
#define PARSE_RULES_MAX 1000 /* that one rule with ";" or several heads may become */

enum parse_mode {
    PARSE_RULES, /* a file: whatever has no ":-" is a fact or a directive */
    PARSE_ASKED, /* what a person asks: rules and facts, and at the end a body alone,
                    with or without a full stop, with or without "?-" before it. A last
                    atom with a full stop is the question unless it is a fact of a
                    relation that this text, or one read before, declares or has rules
                    for */
};

/* Reads one more text into the program; name and text are copied. -EINVAL: *complaint
 * says what is wrong, and the program is good for nothing but program_free.
 *
 * A predicate that has got its rules from an earlier text may get more. */
int parse_text(struct program *program, const char *name, const char *text, size_t size,
               enum parse_mode mode, struct complaint *complaint) MUST_USE;

/* What a text goes on with, for a prompt: whether a person has said all. False as long
 * as parentheses, braces, a string or a comment are open, or it ends with a comma or
 * with what needs something behind it. */
bool parse_is_complete(const char *text);

/* The constants in a text that are times without a zone, as they stand there: so that
 * who asks can say in his zone what they mean. Calls each with the token. A text that
 * cannot be read gives what stands before the fault. */
void parse_each_local_time(const char *text, size_t size,
                           void (*each)(void *context, const char *token, size_t size),
                           void *context);

#endif
