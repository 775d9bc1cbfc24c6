// SPDX-License-Identifier: GPL-3.0-or-later
/* peer - the address of a client. */
#ifndef DOOR_PEER_H
#define DOOR_PEER_H

#include <stdbool.h>
#include <stdint.h>

struct sockaddr;

#define PEER_TEXT_SIZE 46

struct peer {
    unsigned char bytes[16]; /* IPv6; an IPv4 address as ::ffff:192.0.2.7 */
};

struct peer peer_of(const struct sockaddr *address); /* NULL: all zero */

/* Whether both are one client's: the same IPv4 address, or the same first 64 bits of
 * IPv6, which is the least that is given to anyone. */
bool peer_is_same(const struct peer *one, const struct peer *other);

/* The same for those that are the same; seed: so that nobody outside can choose it. */
uint64_t peer_hash(const struct peer *peer, uint64_t seed);

const char *peer_format(const struct peer *peer, char ret[PEER_TEXT_SIZE]);

#endif
