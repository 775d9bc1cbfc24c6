// SPDX-License-Identifier: GPL-3.0-or-later
/* program - finds the programs that are ours and that nobody types: sheepdog-deliver,
 * sheepdog-look, sheepdog-ask, sheepdog-tell; and what comes with them. */
#ifndef BASE_PROGRAM_H
#define BASE_PROGRAM_H

#include "base/compiler.h"
#include "base/error.h"

/* Beside the running program, as it is built, or in ../libexec/sheepdog from there, as
 * it is installed. *ret is to be freed. -ENOENT names the places. */
int program_find(const char *name, char **ret, struct error *err) MUST_USE;

/* What is no program: NAME in ../share/sheepdog from the running program, as it is
 * installed, or in the folder of the source it was built in. *ret is to be freed.
 * -ENOENT. */
int program_share(const char *name, char **ret, struct error *err) MUST_USE;

/* Runs it in place of this program, with argv as it is. Returns only when it cannot. */
int program_become(const char *name, char *const *argv, struct error *err) MUST_USE;

#endif
