// SPDX-License-Identifier: GPL-3.0-or-later
/* self - who barks: this host, this user. */
#ifndef BARK_SELF_H
#define BARK_SELF_H

#include "base/compiler.h"

char *self_host(void) MUST_USE; /* the host's name; "localhost" where it has none */

/* The name of the real user in /etc/passwd, else $LOGNAME, else the number. The name
 * services are not asked: they cannot be linked statically, and may hang. */
char *self_user(void) MUST_USE;

#endif
