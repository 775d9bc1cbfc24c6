// SPDX-License-Identifier: GPL-3.0-or-later
/* trusted - whether a file may decide what we do: nobody but we and root can change it,
 * or put another in its place. */
#ifndef BASE_TRUSTED_H
#define BASE_TRUSTED_H

#include "base/compiler.h"
#include "base/error.h"

/* The file, the folder that it stands in, and so on up to the root: each is ours or
 * root's, and others cannot write to it; but above the first folder a sticky one, such
 * as /tmp, is fine. A link is checked at both ends. -EPERM, -ENOENT, …, naming the path
 * and its mode. */
int trusted_check(const char *path, struct error *err) MUST_USE;

#endif
