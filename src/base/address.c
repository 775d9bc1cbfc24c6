// SPDX-License-Identifier: GPL-3.0-or-later
/* address - the dot-atom and domain of RFC 5322; the forms that need quotes are left
 * out. */
#include "base/address.h"

#include <string.h>

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS  "0123456789"

#define LOCAL_MAX  64 /* RFC 5321, section 4.5.3.1 */
#define DOMAIN_MAX 253

/* Words of these characters with single dots between. */
static bool is_dotted(const char *text, size_t size, const char *characters)
{
    if (size == 0 || text[0] == '.' || text[size - 1] == '.')
        return false;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '.' && text[i + 1] == '.')
            return false;
        if (text[i] != '.' && !strchr(characters, text[i]))
            return false;
    }
    return true;
}

bool address_domain_is_valid(const char *domain)
{
    size_t size = strlen(domain);
    if (size > DOMAIN_MAX)
        return false;
    if (domain[0] == '[')
        return size > 2 && strspn(domain + 1, LETTERS DIGITS ".:") == size - 2 &&
               domain[size - 1] == ']';
    return is_dotted(domain, size, LETTERS DIGITS "-_");
}

bool address_is_valid(const char *address)
{
    const char *at = strrchr(address, '@');
    size_t size = at ? (size_t)(at - address) : strlen(address);
    return size <= LOCAL_MAX &&
           is_dotted(address, size, LETTERS DIGITS "!#$%&'*+-/=?^_`{|}~") &&
           (!at || address_domain_is_valid(at + 1));
}
