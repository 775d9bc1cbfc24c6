// SPDX-License-Identifier: GPL-3.0-or-later
/* version - EPOCH:UPSTREAM-REVISION, the parts compared one by one: what is no digit by
 * letters, digits as numbers, in turn. */
#include "base/version.h"

#include <stdbool.h>
#include <string.h>

struct part {
    const char *at, *end;
};

static bool is_digit(const struct part *part)
{
    return part->at < part->end && *part->at >= '0' && *part->at <= '9';
}

/* Below the end of a part lies '~', above it come letters, above those all else. */
static int rank(const struct part *part)
{
    if (part->at == part->end || is_digit(part))
        return 0;
    unsigned char c = (unsigned char)*part->at;
    bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return c == '~' ? -1 : is_letter ? c : c + 256;
}

static int compare_letters(struct part *one, struct part *other)
{
    while ((one->at < one->end && !is_digit(one)) ||
           (other->at < other->end && !is_digit(other))) {
        int difference = rank(one) - rank(other);
        if (difference != 0)
            return difference;
        one->at++;
        other->at++;
    }
    return 0;
}

static void skip_zeros(struct part *part)
{
    while (is_digit(part) && *part->at == '0')
        part->at++;
}

/* Of any length: the longer one is larger, else the first digit that differs tells. */
static int compare_digits(struct part *one, struct part *other)
{
    int difference = 0;
    skip_zeros(one);
    skip_zeros(other);
    for (; is_digit(one) && is_digit(other); one->at++, other->at++)
        if (difference == 0)
            difference = *one->at - *other->at;
    if (is_digit(one) || is_digit(other))
        return is_digit(one) ? 1 : -1;
    return difference;
}

static int compare_part(struct part one, struct part other)
{
    while (one.at < one.end || other.at < other.end) {
        int difference = compare_letters(&one, &other);
        if (difference == 0)
            difference = compare_digits(&one, &other);
        if (difference != 0)
            return difference;
    }
    return 0;
}

/* Cuts the digits before the first colon off; what else stands there is no epoch. */
static struct part take_epoch(struct part *version)
{
    struct part epoch = {.at = version->at, .end = version->at}, rest = *version;
    while (is_digit(&rest))
        rest.at++;
    if (rest.at > version->at && rest.at < rest.end && *rest.at == ':') {
        epoch.end = rest.at;
        version->at = rest.at + 1;
    }
    return epoch;
}

/* Cuts what follows the last hyphen off. */
static struct part take_revision(struct part *version)
{
    const char *hyphen =
        memrchr(version->at, '-', (size_t)(version->end - version->at));
    struct part revision = {.at = hyphen ? hyphen + 1 : version->end,
                            .end = version->end};
    version->end = hyphen ? hyphen : version->end;
    return revision;
}

int version_compare(const char *one, size_t one_size, const char *other,
                    size_t other_size)
{
    struct part a = {.at = one, .end = one + one_size};
    struct part b = {.at = other, .end = other + other_size};
    int difference = compare_part(take_epoch(&a), take_epoch(&b));
    if (difference != 0)
        return difference;
    struct part a_revision = take_revision(&a), b_revision = take_revision(&b);
    difference = compare_part(a, b);
    return difference != 0 ? difference : compare_part(a_revision, b_revision);
}
