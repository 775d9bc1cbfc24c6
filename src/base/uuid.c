// SPDX-License-Identifier: GPL-3.0-or-later
/* uuid - time in front, chance behind. */
#include "base/uuid.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void uuid_make(int64_t now, char ret[UUID_SIZE])
{
    unsigned char tail[UUID_TAIL_SIZE];
    if (getentropy(tail, sizeof tail) < 0) {
        fputs("sheepdog: the system gives no random numbers\n", stderr);
        abort();
    }
    uuid_make_of(now, tail, ret);
}

void uuid_make_of(int64_t now, const unsigned char tail[UUID_TAIL_SIZE],
                  char ret[UUID_SIZE])
{
    unsigned char bytes[16];
    for (int i = 0; i < 6; i++)
        bytes[i] = (unsigned char)(now >> (40 - 8 * i));
    memcpy(bytes + 6, tail, UUID_TAIL_SIZE);
    bytes[6] = (unsigned char)(0x70 | (bytes[6] & 0x0F));
    bytes[8] = (unsigned char)(0x80 | (bytes[8] & 0x3F));

    static const char hex[] = "0123456789abcdef";
    char *at = ret;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *at++ = '-';
        *at++ = hex[bytes[i] >> 4];
        *at++ = hex[bytes[i] & 15];
    }
    *at = '\0';
}

bool uuid_is_valid(const char *text, size_t size)
{
    if (size != UUID_SIZE - 1)
        return false;
    for (size_t i = 0; i < size; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-'
                 : text[i] == '\0' || !strchr("0123456789abcdef", text[i]))
            return false;
    }
    return true;
}
