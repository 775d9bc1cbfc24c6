// SPDX-License-Identifier: GPL-3.0-or-later
/* peer - one form for both families. */
#include "door/peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#define V4_START     12 /* of the address behind ::ffff: */
#define NETWORK_SIZE 8

static const unsigned char v4_prefix[V4_START] = {[10] = 0xff, [11] = 0xff};

static bool is_v4(const struct peer *peer)
{
    return memcmp(peer->bytes, v4_prefix, V4_START) == 0;
}

struct peer peer_of(const struct sockaddr *address)
{
    struct peer peer = {0};
    if (address && address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, address, sizeof v4);
        memcpy(peer.bytes, v4_prefix, V4_START);
        memcpy(peer.bytes + V4_START, &v4.sin_addr, sizeof v4.sin_addr);
    } else if (address && address->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, address, sizeof v6);
        memcpy(peer.bytes, &v6.sin6_addr, sizeof v6.sin6_addr);
    }
    return peer;
}

/* Of the bytes that tell one client from another. */
static size_t find_size(const struct peer *peer)
{
    return is_v4(peer) ? sizeof peer->bytes : NETWORK_SIZE;
}

bool peer_is_same(const struct peer *one, const struct peer *other)
{
    return is_v4(one) == is_v4(other) &&
           memcmp(one->bytes, other->bytes, find_size(one)) == 0;
}

/* FNV-1a, whose upper bits are the better mixed ones. */
uint64_t peer_hash(const struct peer *peer, uint64_t seed)
{
    uint64_t hash = 0xcbf29ce484222325u ^ seed;
    for (size_t i = 0; i < find_size(peer); i++)
        hash = (hash ^ peer->bytes[i]) * 0x100000001b3u;
    return hash >> 32;
}

const char *peer_format(const struct peer *peer, char ret[PEER_TEXT_SIZE])
{
    const void *bytes = is_v4(peer) ? peer->bytes + V4_START : peer->bytes;
    return inet_ntop(is_v4(peer) ? AF_INET : AF_INET6, bytes, ret, PEER_TEXT_SIZE);
}
