// SPDX-License-Identifier: GPL-3.0-or-later
/* ruby_place - as text: "COUNT HASH HASH.OCCURRENCE …", the newest last. */
#include "queue/ruby_place.h"

#include <ctype.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"

uint64_t ruby_hash(const char *text, size_t size)
{
    unsigned char hash[crypto_generichash_BYTES];
    uint64_t value = 0;
    crypto_generichash(hash, sizeof hash, (const unsigned char *)text, size, NULL, 0);
    for (size_t i = 0; i < sizeof value; i++)
        value = value << 8 | hash[i];
    return value;
}

static void push(struct ruby_place *place, struct ruby_print print)
{
    if (place->known == RUBY_WINDOW)
        memmove(place->window, place->window + 1,
                --place->known * sizeof *place->window);
    place->window[place->known++] = print;
}

unsigned ruby_place_add(struct ruby_place *place, uint64_t hash)
{
    unsigned occurrence = 0;
    for (size_t i = place->known; i > 0 && occurrence == 0; i--)
        if (place->window[i - 1].hash == hash)
            occurrence = place->window[i - 1].occurrence + 1;
    push(place, (struct ruby_print){.hash = hash, .occurrence = occurrence});
    place->count++;
    return occurrence;
}

bool ruby_place_is_at(const struct ruby_place *place, const uint64_t *hashes,
                      size_t count)
{
    for (size_t i = 0; i < count && i < place->known; i++)
        if (place->window[place->known - 1 - i].hash != hashes[i])
            return false;
    return count > 0 && place->known > 0;
}

void ruby_place_move(struct ruby_place *place, int64_t count)
{
    size_t known = place->known;
    if (count < (int64_t)known) {
        known = (size_t)count;
        memmove(place->window, place->window + place->known - known,
                known * sizeof *place->window);
    }
    place->known = known;
    place->count = count;
}

void ruby_place_parse(const char *text, struct ruby_place *ret)
{
    struct ruby_place place = {0};
    char *end = NULL;
    *ret = place;
    if (!text)
        return;
    int64_t count = strtoll(text, &end, 10);
    while (*end == ' ' && isxdigit((unsigned char)end[1])) {
        struct ruby_print print = {.hash = strtoull(end + 1, &end, 16)};
        if (*end == '.')
            print.occurrence = (unsigned)strtoul(end + 1, &end, 10);
        push(&place, print);
    }
    if (*end != '\0' || place.known == 0 || count < (int64_t)place.known)
        return;
    place.count = count;
    *ret = place;
}

char *ruby_place_format(const struct ruby_place *place)
{
    AUTO(strbuf) struct strbuf text = {0};
    strbuf_printf(&text, "%" PRId64, place->count);
    for (size_t i = 0; i < place->known; i++) {
        strbuf_printf(&text, " %016" PRIx64, place->window[i].hash);
        if (place->window[i].occurrence > 0)
            strbuf_printf(&text, ".%u", place->window[i].occurrence);
    }
    return strbuf_take(&text);
}
