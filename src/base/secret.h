// SPDX-License-Identifier: GPL-3.0-or-later
/* secret - a token is for the server alone, and people paste it in the wrong place:
 * what is said, logged, or returned as an error passes here first. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

/* In place: of each token in the text, whole or cut by some letters, "sheepdog_" and
 * "[redacted]" are left. */
void secret_hide(char *text);

#endif
