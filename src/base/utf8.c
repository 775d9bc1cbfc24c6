// SPDX-License-Identifier: GPL-3.0-or-later
/* utf8 - the table of well-formed byte sequences (Unicode 15, table 3-7) as code. */
#include "base/utf8.h"

#include <string.h>

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

static size_t length_by_lead(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xC2 && lead <= 0xDF)
        return 2;
    if (lead >= 0xE0 && lead <= 0xEF)
        return 3;
    return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

/* Overlong forms, surrogates and what lies past U+10FFFF show in the second byte. */
static bool second_byte_fits(unsigned char lead, unsigned char second)
{
    switch (lead) {
    case 0xE0:
        return second >= 0xA0;
    case 0xED:
        return second <= 0x9F;
    case 0xF0:
        return second >= 0x90;
    case 0xF4:
        return second <= 0x8F;
    default:
        return true;
    }
}

size_t utf8_length(const char *text, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length = size > 0 ? length_by_lead(bytes[0]) : 0;
    if (length == 0 || length > size)
        return 0;
    for (size_t i = 1; i < length; i++)
        if (!is_continuation(bytes[i]))
            return 0;
    return length == 1 || second_byte_fits(bytes[0], bytes[1]) ? length : 0;
}

bool utf8_is_valid(const char *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        size_t length = utf8_length(text + at, size - at);
        if (length == 0)
            return false;
        at += length;
    }
    return true;
}

size_t utf8_torn_tail(const char *text, size_t size)
{
    for (size_t back = 1; back <= 3 && back <= size; back++) {
        const unsigned char *lead = (const unsigned char *)text + size - back;
        if (is_continuation(*lead))
            continue;
        bool begins = back == 1 || second_byte_fits(lead[0], lead[1]);
        return begins && length_by_lead(*lead) > back ? back : 0;
    }
    return 0;
}

size_t utf8_torn_head(const char *text, size_t size)
{
    size_t torn = 0;
    while (torn < 3 && torn < size && is_continuation((unsigned char)text[torn]))
        torn++;
    return torn;
}

static bool is_control(const unsigned char *bytes, size_t length)
{
    bool is_c1 = length == 2 && bytes[0] == 0xC2 && bytes[1] < 0xA0;
    return is_c1 || (length == 1 && (bytes[0] < 0x20 || bytes[0] == 0x7F));
}

void utf8_tidy(char *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        size_t length = utf8_length(text + at, size - at);
        if (length == 0)
            text[at] = '?';
        else if (is_control((unsigned char *)text + at, length))
            memset(text + at, ' ', length);
        at += length ? length : 1;
    }
}
