// SPDX-License-Identifier: GPL-3.0-or-later
/* joining - the line that a person runs on a machine to let it join, and the token that
 * is in it. */
#ifndef ADMIN_JOINING_H
#define ADMIN_JOINING_H

#include "base/compiler.h"
#include "base/error.h"
#include "config/config.h"
#include "door/tokens.h"
#include "store/store.h"

/* Makes a token and stores its hash. made: ms since 1970 UTC; lifetime: ms, 0: for
 * ever. */
int joining_make_token(struct store *store, const struct token_row *wanted,
                       char ret[TOKEN_TEXT_SIZE], int64_t *ret_number,
                       struct error *err) MUST_USE;

/* "sheepdog join https://SERVER:7777 --pin sha256//… --token …", on stdout. SERVER is
 * the first name of the certificate; the pin is there where nobody vouches for it.
 * token NULL: TOKEN stands for it. */
int joining_print(const struct config *config, const char *token, struct error *err)
    MUST_USE;

#endif
