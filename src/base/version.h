// SPDX-License-Identifier: GPL-3.0-or-later
/* version - which of two versions is later, by Debian's order: deb-version(7).
 *
 *     1.9 < 1.22.1~rc1 < 1.22.1 < 1.22.1-9 < 1.22.1-9+deb12u1 < 1:0.1
 */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

#include <stddef.h>

/* Below 0, 0 or above 0, as of memcmp. Any text is a version. */
int version_compare(const char *one, size_t one_size, const char *other,
                    size_t other_size);

#endif
