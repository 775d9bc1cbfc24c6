// SPDX-License-Identifier: GPL-3.0-or-later
/* address - whom mail is for: "admin@example.org", or "root", a name that the mail
 * server itself knows. */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <stdbool.h>

/* One bare address in ASCII that can stand in an envelope and in a header as it is: no
 * blanks, quotes, brackets, commas or control characters. */
bool address_is_valid(const char *address);

/* What can stand behind the '@': a host's name, or an address in brackets. */
bool address_domain_is_valid(const char *domain);

#endif
