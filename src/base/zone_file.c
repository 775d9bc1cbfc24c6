// SPDX-License-Identifier: GPL-3.0-or-later
/* zone_file - TZif, RFC 8536: a header and a block for 32-bit times, which is passed
 * over, the same for 64-bit ones, and a line with the rule that holds from there on.
 *
 *     header    "TZif", version, 15 bytes, six counts of 4 bytes
 *     block     times, a type each; types: offset (4), is summer (1), name (1);
 *               names, leap seconds, and two flags a type
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/zone_parts.h"

#define HEADER_SIZE 44
#define TYPE_SIZE   6
#define OFFSET_MAX  (26 * CIVIL_HOUR)
/* No change lies further than so many seconds from 1970: some files say "ever". */
#define SECONDS_MAX (INT64_C(1) << 40)

enum count {
    COUNT_UTC,
    COUNT_STANDARD,
    COUNT_LEAP,
    COUNT_TIME,
    COUNT_TYPE,
    COUNT_CHAR
};

struct block {
    const unsigned char *times, *indexes, *types;
    size_t counts[COUNT_CHAR + 1];
    bool is_old; /* version 1 */
};

struct cursor {
    const unsigned char *at;
    size_t left;
};

static bool take(struct cursor *cursor, size_t size, const unsigned char **ret)
{
    if (size > cursor->left)
        return false;
    *ret = cursor->at;
    cursor->at += size;
    cursor->left -= size;
    return true;
}

static int64_t read_big_endian(const unsigned char *at, int size)
{
    uint64_t value = at[0] & 0x80 ? UINT64_MAX : 0;
    for (int i = 0; i < size; i++)
        value = value << 8 | at[i];
    return (int64_t)value;
}

static bool take_block(struct cursor *cursor, size_t time_size, struct block *ret)
{
    const unsigned char *header, *rest;
    if (!take(cursor, HEADER_SIZE, &header) || memcmp(header, "TZif", 4) != 0)
        return false;
    ret->is_old = header[4] < '2';
    for (int i = COUNT_UTC; i <= COUNT_CHAR; i++) {
        ret->counts[i] = (uint32_t)read_big_endian(header + 20 + i * 4, 4);
        if (ret->counts[i] > cursor->left)
            return false;
    }
    const size_t *counts = ret->counts;
    size_t rest_size = counts[COUNT_CHAR] + counts[COUNT_LEAP] * (time_size + 4) +
                       counts[COUNT_STANDARD] + counts[COUNT_UTC];
    return take(cursor, counts[COUNT_TIME] * time_size, &ret->times) &&
           take(cursor, counts[COUNT_TIME], &ret->indexes) &&
           take(cursor, counts[COUNT_TYPE] * TYPE_SIZE, &ret->types) &&
           take(cursor, rest_size, &rest);
}

static bool type_offset(const struct block *block, size_t type, int64_t *ret)
{
    if (type >= block->counts[COUNT_TYPE])
        return false;
    int64_t offset = read_big_endian(block->types + type * TYPE_SIZE, 4) * CIVIL_SECOND;
    if (offset > OFFSET_MAX || offset < -OFFSET_MAX)
        return false;
    *ret = offset;
    return true;
}

static bool add_changes(struct zone *zone, const struct block *block)
{
    int64_t offset;
    if (!type_offset(block, 0, &zone->offset))
        return false;
    for (size_t i = 0; i < block->counts[COUNT_TIME]; i++) {
        int64_t seconds = read_big_endian(block->times + i * 8, 8);
        if (!type_offset(block, block->indexes[i], &offset))
            return false;
        if (seconds > -SECONDS_MAX && seconds < SECONDS_MAX)
            zone_add(zone, seconds * CIVIL_SECOND, offset);
    }
    return true;
}

/* The line behind the block; an empty one says nothing. */
static bool add_rule(struct zone *zone, struct cursor *cursor)
{
    const unsigned char *begin;
    if (!take(cursor, 1, &begin) || *begin != '\n')
        return false;
    const char *line = (const char *)cursor->at;
    const char *end = memchr(line, '\n', cursor->left);
    return end &&
           (end == line || zone_read_rule(zone, line, (size_t)(end - line)) == 0);
}

int zone_read_file(struct zone *zone, const char *bytes, size_t size, struct error *err)
{
    struct cursor cursor = {.at = (const unsigned char *)bytes, .left = size};
    struct block block;
    if (!take_block(&cursor, 4, &block))
        return error_set(err, -EINVAL, "it is no time zone file");
    if (block.is_old)
        return error_set(err, -EINVAL, "it has the time zone format of before 2005");
    if (!take_block(&cursor, 8, &block))
        return error_set(err, -EINVAL, "it ends too early");
    if (block.counts[COUNT_LEAP] > 0)
        return error_set(err, -EINVAL, "it counts leap seconds, which we do not");
    if (!add_changes(zone, &block) || !add_rule(zone, &cursor))
        return error_set(err, -EINVAL, "it is damaged");
    return 0;
}
