// SPDX-License-Identifier: GPL-3.0-or-later
/* address - under which addresses the machine can be reached.
 *
 * Left out is what comes and goes: link-local ones, the temporary ones of IPv6 (which
 * /proc/net/if_inet6 tells apart), and the interfaces of containers. IPv4 is asked of
 * the kernel, and so there is none of it below a root that is not the machine's. */
#include <arpa/inet.h>
#include <errno.h>
#include <fnmatch.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "facts/facts.h"
#include "facts/machine.h"

extern const struct fact_source source_address;

/* Of /proc/net/if_inet6: temporary, failed, deprecated, tentative. */
#define PASSING_FLAGS (0x01 | 0x08 | 0x20 | 0x40)
#define SCOPE_GLOBAL  0x00

static bool is_passing(const char *interface)
{
    static const char *const patterns[] = {"lo",    "veth*", "br-????????????",
                                           "cali*", "cni*",  "lxc*",
                                           "vnet*", "tap*",  NULL};
    for (size_t i = 0; patterns[i]; i++)
        if (fnmatch(patterns[i], interface, 0) == 0)
            return true;
    return false;
}

/* ---- IPv6 ---- */

static bool parse_address(const char *digits, struct in6_addr *ret)
{
    for (size_t i = 0; i < sizeof ret->s6_addr; i++) {
        unsigned byte;
        if (sscanf(digits + 2 * i, "%2x", &byte) != 1)
            return false;
        ret->s6_addr[i] = (uint8_t)byte;
    }
    return true;
}

/* "fe80000000000000505400fffe123456 02 40 20 80     eth0" */
static void read_line(char *line, size_t number UNUSED, void *context)
{
    char digits[33], interface[32], text[INET6_ADDRSTRLEN];
    unsigned scope, flags;
    struct in6_addr address;
    if (sscanf(line, "%32[0-9a-f] %*x %*x %x %x %31s", digits, &scope, &flags,
               interface) != 4 ||
        strlen(digits) != 32 || !parse_address(digits, &address))
        return;
    if (scope == SCOPE_GLOBAL && !(flags & PASSING_FLAGS) && !is_passing(interface) &&
        inet_ntop(AF_INET6, &address, text, sizeof text))
        rows_add(context, 2, (const char *const[]){interface, text});
}

/* ---- IPv4 ---- */

static bool is_link_local(const struct in_addr *address)
{
    return ntohl(address->s_addr) >> 16 == 0xA9FE; /* 169.254 */
}

static void add_ipv4(const struct ifaddrs *found, struct rows *rows)
{
    char text[INET_ADDRSTRLEN];
    if (!found->ifa_addr || found->ifa_addr->sa_family != AF_INET ||
        found->ifa_flags & IFF_LOOPBACK)
        return;
    const struct sockaddr_in *address = (const void *)found->ifa_addr;
    if (!is_link_local(&address->sin_addr) && !is_passing(found->ifa_name) &&
        inet_ntop(AF_INET, &address->sin_addr, text, sizeof text))
        rows_add(rows, 2, (const char *const[]){found->ifa_name, text});
}

static int collect_ipv4(struct rows *rows, struct error *err)
{
    struct ifaddrs *all;
    if (getifaddrs(&all) < 0)
        return error_set(err, -errno, "the addresses cannot be read: %s",
                         strerror(errno));
    for (const struct ifaddrs *found = all; found; found = found->ifa_next)
        add_ipv4(found, rows);
    freeifaddrs(all);
    return 0;
}

static int collect(const char *root, struct rows *ret, struct error *err)
{
    int rc = root[0] ? 0 : collect_ipv4(ret, err);
    if (rc == 0)
        rc = machine_each_line(root, "/proc/net/if_inet6", read_line, ret, err);
    return rc;
}

static const char *const columns[] = {"interface text", "address text", NULL};

const struct fact_source source_address = {
    .name = "address",
    .help = "the addresses under which the machine can be reached",
    .columns = columns,
    .collect = collect,
};
