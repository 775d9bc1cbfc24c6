// SPDX-License-Identifier: GPL-3.0-or-later
/* uuid - names that no one else gives, in the order of time: UUID version 7 (RFC 9562).
 * 48 bits of milliseconds, then 74 random bits. */
#ifndef BASE_UUID_H
#define BASE_UUID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UUID_SIZE 37 /* 36 characters and the NUL */

/* now: ms since 1970, as clock_now() gives it */
void uuid_make(int64_t now, char ret[UUID_SIZE]);

#define UUID_TAIL_SIZE 10 /* bytes behind the time, of which 74 bits are used */

/* With these bits in the place of chance. */
void uuid_make_of(int64_t now, const unsigned char tail[UUID_TAIL_SIZE],
                  char ret[UUID_SIZE]);

/* Any version of UUID in its canonical form, in lower case. */
bool uuid_is_valid(const char *text, size_t size);

#endif
