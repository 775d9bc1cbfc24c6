// SPDX-License-Identifier: GPL-3.0-or-later
/* starttls - each protocol is a few turns: what is said, and how the last line of the
 * answer begins. */
#include "probe/starttls.h"

#include <errno.h>
#include <string.h>

#define TURNS_MAX 3

struct turn {
    const char *words; /* NULL: the server speaks first */
    const char *good;  /* how the line begins that ends the answer */
};

static const struct protocol {
    const char *name;
    struct turn turns[TURNS_MAX]; /* ends with a good of NULL */
} protocols[] = {
    {"smtp",
     {{NULL, "220 "}, {"EHLO sheepdog.invalid\r\n", "250 "}, {"STARTTLS\r\n", "220"}}},
    {"imap", {{NULL, "* OK"}, {"a STARTTLS\r\n", "a OK"}, {NULL, NULL}}},
    {"pop3", {{NULL, "+OK"}, {"STLS\r\n", "+OK"}, {NULL, NULL}}},
    {"ftp", {{NULL, "220 "}, {"AUTH TLS\r\n", "234"}, {NULL, NULL}}},
    {NULL, {{NULL, NULL}}},
};

/* The last line of what came, without its end. */
static const char *last_line(struct strbuf *heard)
{
    while (heard->size > 0 && strchr("\r\n", heard->data[heard->size - 1]))
        strbuf_shorten(heard, heard->size - 1);
    const char *newline = strrchr(strbuf_text(heard), '\n');
    return newline ? newline + 1 : strbuf_text(heard);
}

/* "250-SIZE" and "* CAPABILITY" go on; what begins otherwise ends the answer. */
static bool goes_on(const struct turn *turn, const char *line)
{
    bool is_number = turn->good[0] >= '0' && turn->good[0] <= '9';
    return is_number ? strlen(line) > 3 && line[3] == '-'
                     : turn->good[0] == 'a' && line[0] == '*';
}

static int take_turn(const struct wire *wire, const struct turn *turn,
                     struct error *err)
{
    int rc = turn->words ? wire_send(wire, turn->words, strlen(turn->words), err) : 0;
    while (rc == 0) {
        AUTO(strbuf) struct strbuf heard = {0};
        rc = wire_expect(wire, "\n", &heard, err);
        if (rc < 0)
            break;
        const char *line = last_line(&heard);
        if (strncmp(line, turn->good, strlen(turn->good)) == 0)
            return 0;
        if (!goes_on(turn, line))
            return error_set(err, -EPROTO, "found \"%.60s\", expected \"%s\"", line,
                             turn->good);
    }
    return rc;
}

/* An SSLRequest, and one letter for yes or no. */
static int ask_postgres(const struct wire *wire, struct error *err)
{
    static const unsigned char request[] = {0, 0, 0, 8, 4, 210, 22, 47};
    AUTO(strbuf) struct strbuf heard = {0};
    int rc = wire_send(wire, request, sizeof request, err);
    if (rc == 0)
        rc = wire_expect(wire, "S", &heard, err);
    return rc;
}

int starttls(const struct wire *wire, const char *name, struct error *err)
{
    const struct protocol *protocol = protocols;
    if (strcmp(name, "postgres") == 0)
        return ask_postgres(wire, err);
    while (protocol->name && strcmp(protocol->name, name) != 0)
        protocol++;
    if (!protocol->name)
        return error_set(err, -EINVAL,
                         "(starttls \"%.40s\"): expected smtp, imap, pop3, ftp or "
                         "postgres",
                         name);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < TURNS_MAX && protocol->turns[i].good; i++)
        rc = take_turn(wire, &protocol->turns[i], err);
    return rc;
}
