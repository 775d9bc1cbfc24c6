// SPDX-License-Identifier: GPL-3.0-or-later
/* functors_explain - the message of a call that failed in SQL, as a complaint. */
#include "datalog/functors.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "datalog/compile.h"
#include "datalog/functors_parts.h"

/* A witness, of the type of its variable. */
static bool read_witness(const char *text, size_t size, enum type type,
                         struct arena *arena, struct value *ret)
{
    char *copy = arena_copy(arena, text + 1, size - 1);
    *ret = (struct value){.type = type};
    switch (text[0]) {
    case 'i':
        ret->number = strtoll(copy, NULL, 10);
        break;
    case 'r':
        ret->is_real = true;
        ret->real = strtod(copy, NULL);
        break;
    case 't':
        ret->text = copy;
        break;
    default:
        return false;
    }
    return type_is_text(type) == (text[0] == 't') && type != TYPE_NONE;
}

static void put_row(const char *witnesses, const struct site *site, struct strbuf *text)
{
    AUTO(arena) struct arena *arena = arena_new();
    const char *between = ", where ";
    for (size_t i = 0; i < site->count && *witnesses == FUNCTORS_SEPARATOR; i++) {
        size_t size = strcspn(++witnesses, (char[]){FUNCTORS_SEPARATOR, '\0'});
        const struct variable *variable = site->variables[i];
        struct value value;
        if (size > 0 && read_witness(witnesses, size, variable->type, arena, &value)) {
            strbuf_printf(text, "%s%s = ", between, variable->name);
            value_put_source(&value, text);
            between = ", ";
        }
        witnesses += size;
    }
}

int functor_explain(const char *message, const struct sites *sites,
                    struct complaint *complaint)
{
    size_t mark = strlen(FUNCTORS_MARK);
    if (strncmp(message, FUNCTORS_MARK, mark) != 0)
        return 0;
    char *what;
    size_t number = strtoul(message + mark, &what, 10);
    if (number >= sites->count || *what != ':')
        return 0;
    const struct site *site = sites->items[number];
    size_t size = strcspn(++what, (char[]){FUNCTORS_SEPARATOR, '\0'});
    AUTO(strbuf) struct strbuf text = {0};
    strbuf_add(&text, what, size);
    strbuf_puts(&text, " in ");
    term_format(site->term, NULL, &text);
    put_row(what + size, site, &text);
    return complain(complaint, &site->term->place, -EDOM, "%s", strbuf_text(&text));
}
