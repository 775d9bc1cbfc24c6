// SPDX-License-Identifier: GPL-3.0-or-later
/* named_id - BLAKE2b over both names, each with its NUL, cut to what a UUID has room
 * for. */
#include "queue/named_id.h"

#include <sodium.h>
#include <string.h>

void named_id_make(const char *queue, const char *name, int64_t time,
                   char ret[UUID_SIZE])
{
    unsigned char hash[crypto_generichash_BYTES];
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    crypto_generichash_update(&state, (const unsigned char *)queue, strlen(queue) + 1);
    crypto_generichash_update(&state, (const unsigned char *)name, strlen(name) + 1);
    crypto_generichash_final(&state, hash, sizeof hash);
    uuid_make_of(time, hash, ret);
}
