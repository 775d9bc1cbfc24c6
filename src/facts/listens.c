// SPDX-License-Identifier: GPL-3.0-or-later
/* listens - on which ports the machine is listened to, and by which program: the
 * sockets of /proc/net, and whoever has one among /proc/PID/fd.
 *
 * A socket that several processes share is the oldest one's. Ports of the range that
 * the kernel gives to those who want any are left out: they differ each time. */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/memory.h"
#include "facts/facts.h"
#include "facts/machine.h"

extern const struct fact_source source_listens;

#define TCP_LISTEN 0x0A
#define UDP_BOUND  0x07

struct socket_entry {
    const char *protocol;
    unsigned port;
    unsigned long long inode;
    char *program; /* NULL: not known */
};

struct socket_list {
    struct socket_entry *items;
    size_t count;
    const char *protocol;              /* of the file that is read */
    unsigned state;                    /* likewise: that of those that listen */
    unsigned passing_from, passing_to; /* ports */
};

static void socket_list_clear(struct socket_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].program);
    free(list->items);
    *list = (struct socket_list){0};
}
AUTO_DEFINE_CLEAR(socket_list)

/* ---- the sockets ---- */

static void read_range(char *line, size_t number UNUSED, void *context)
{
    struct socket_list *list = context;
    unsigned from, to;
    if (sscanf(line, "%u %u", &from, &to) == 2) {
        list->passing_from = from;
        list->passing_to = to;
    }
}

/* " 0: 0100007F:0277 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 17 …"
 */
static void read_socket(char *line, size_t number UNUSED, void *context)
{
    struct socket_list *list = context;
    struct socket_entry entry = {.protocol = list->protocol};
    unsigned state, peer;
    if (sscanf(line,
               " %*u: %*[0-9A-F]:%x %*[0-9A-F]:%x %x %*x:%*x %*x:%*x %*x %*u %*u %llu",
               &entry.port, &peer, &state, &entry.inode) != 4)
        return; /* the heading */
    if (state != list->state || peer != 0 || entry.port == 0 ||
        (entry.port >= list->passing_from && entry.port <= list->passing_to))
        return;
    if ((list->count & (list->count + 1)) == 0)
        list->items =
            memory_resize(list->items, (list->count * 2 + 1) * sizeof *list->items);
    list->items[list->count++] = entry;
}

static int read_sockets(const char *root, struct socket_list *list, struct error *err)
{
    static const struct {
        const char *path, *protocol;
        unsigned state;
    } files[] = {{"/proc/net/tcp", "tcp", TCP_LISTEN},
                 {"/proc/net/tcp6", "tcp", TCP_LISTEN},
                 {"/proc/net/udp", "udp", UDP_BOUND},
                 {"/proc/net/udp6", "udp", UDP_BOUND}};
    list->passing_from = 32768;
    list->passing_to = 60999;
    int rc = machine_each_line(root, "/proc/sys/net/ipv4/ip_local_port_range",
                               read_range, list, err);
    for (size_t i = 0; rc == 0 && i < sizeof files / sizeof *files; i++) {
        list->protocol = files[i].protocol;
        list->state = files[i].state;
        rc = machine_each_line(root, files[i].path, read_socket, list, err);
    }
    return rc;
}

/* ---- who has them ---- */

static int compare_inodes(const void *a, const void *b)
{
    const struct socket_entry *one = a, *other = b;
    return (one->inode > other->inode) - (one->inode < other->inode);
}

static struct socket_entry *find(const struct socket_list *list,
                                 unsigned long long inode)
{
    struct socket_entry wanted = {.inode = inode};
    return bsearch(&wanted, list->items, list->count, sizeof wanted, compare_inodes);
}

static char *read_name(const char *root, const char *process)
{
    AUTO(str) char *path = text_format("/proc/%s/comm", process);
    AUTO(strbuf) struct strbuf name = {0};
    if (machine_read(root, path, &name, NULL) < 0 || name.size == 0)
        return NULL;
    strbuf_shorten(&name, strcspn(name.data, "\n"));
    return strbuf_take(&name);
}

/* Those of a process that nobody older has. */
static void look_at_process(const char *root, const char *process,
                            struct socket_list *list)
{
    AUTO(str) char *folder = text_format("/proc/%s/fd", process);
    AUTO(texts) struct texts fds = {0};
    machine_list(root, folder, &fds);
    for (size_t i = 0; i < fds.count; i++) {
        AUTO(str) char *path = text_format("%s%s/%s", root, folder, fds.items[i]);
        char target[64] = "";
        unsigned long long inode;
        ssize_t length = readlink(path, target, sizeof target - 1);
        if (length <= 0 || sscanf(target, "socket:[%llu]", &inode) != 1)
            continue;
        struct socket_entry *entry = find(list, inode);
        if (entry && !entry->program)
            entry->program = read_name(root, process);
    }
}

static int compare_numbers(const void *a, const void *b)
{
    unsigned long one = strtoul(*(char *const *)a, NULL, 10);
    unsigned long other = strtoul(*(char *const *)b, NULL, 10);
    return (one > other) - (one < other);
}

static void find_programs(const char *root, struct socket_list *list)
{
    AUTO(texts) struct texts names = {0};
    machine_list(root, "/proc", &names);
    if (names.count > 0)
        qsort(names.items, names.count, sizeof *names.items, compare_numbers);
    for (size_t i = 0; i < names.count; i++)
        if (isdigit((unsigned char)names.items[i][0]))
            look_at_process(root, names.items[i], list);
}

static int collect(const char *root, struct rows *ret, struct error *err)
{
    AUTO(socket_list) struct socket_list list = {0};
    int rc = read_sockets(root, &list, err);
    if (rc < 0 || list.count == 0)
        return rc;
    qsort(list.items, list.count, sizeof *list.items, compare_inodes);
    find_programs(root, &list);
    for (size_t i = 0; i < list.count; i++) {
        const struct socket_entry *entry = &list.items[i];
        AUTO(str) char *port = text_format("%u", entry->port);
        rows_add(ret, 3, (const char *const[]){entry->protocol, port, entry->program});
    }
    return 0;
}

static const char *const columns[] = {"protocol text", "port number", "program text",
                                      NULL};

const struct fact_source source_listens = {
    .name = "listens",
    .help = "the ports that are listened on, and the program that does",
    .columns = columns,
    .collect = collect,
};
