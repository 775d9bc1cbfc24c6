// SPDX-License-Identifier: GPL-3.0-or-later
/* functors - the table of what can be computed. */
#include "datalog/functors.h"

#include <string.h>

/* In the order of enum functor, from the first behind FUNCTOR_NONE on. */
static const struct functor_row rows[] = {
    {FUNCTOR_ADD, "+", 2, 2, true, "dl_add"},
    {FUNCTOR_SUBTRACT, "-", 2, 2, true, "dl_subtract"},
    {FUNCTOR_MULTIPLY, "*", 2, 2, true, "dl_multiply"},
    {FUNCTOR_DIVIDE, "/", 2, 2, true, "dl_divide"},
    {FUNCTOR_RATIO, "/", 2, 2, true, "dl_ratio"},
    {FUNCTOR_MODULO, "%", 2, 2, true, "dl_modulo"},
    {FUNCTOR_POWER, "^", 2, 2, true, "dl_power"},
    {FUNCTOR_NEGATE, "-", 1, 1, true, "dl_negate"},
    {FUNCTOR_BAND, "band", 2, 2, true, "dl_band"},
    {FUNCTOR_BOR, "bor", 2, 2, true, "dl_bor"},
    {FUNCTOR_BXOR, "bxor", 2, 2, true, "dl_bxor"},
    {FUNCTOR_BNOT, "bnot", 1, 1, true, "dl_bnot"},
    {FUNCTOR_BSHL, "bshl", 2, 2, true, "dl_bshl"},
    {FUNCTOR_BSHR, "bshr", 2, 2, true, "dl_bshr"},
    {FUNCTOR_LAND, "land", 2, 2, false, "dl_land"},
    {FUNCTOR_LOR, "lor", 2, 2, false, "dl_lor"},
    {FUNCTOR_LNOT, "lnot", 1, 1, false, "dl_lnot"},
    {FUNCTOR_MIN, "min", 2, -1, false, "dl_min"},
    {FUNCTOR_MAX, "max", 2, -1, false, "dl_max"},
    {FUNCTOR_CAT, "cat", 2, -1, false, "dl_cat"},
    {FUNCTOR_STRLEN, "strlen", 1, 1, false, "dl_strlen"},
    {FUNCTOR_SUBSTR, "substr", 3, 3, false, "dl_substr"},
    {FUNCTOR_TO_NUMBER, "to_number", 1, 1, true, "dl_to_number"},
    {FUNCTOR_TO_FLOAT, "to_float", 1, 1, true, "dl_to_float"},
    {FUNCTOR_TO_STRING, "to_string", 1, 1, false, "dl_to_string"},
    {FUNCTOR_NOW, "now", 0, 0, false, NULL},
    {FUNCTOR_AGO, "ago", 1, 1, false, NULL},
};

#define ROWS (sizeof rows / sizeof *rows)

_Static_assert(ROWS == FUNCTORS - 1, "a row for each functor");

static const char *const names[] = {
    "+",        "-",         "*",    "/",    "%",      "^",      "band",
    "bor",      "bxor",      "bnot", "bshl", "bshr",   "land",   "lor",
    "lnot",     "min",       "max",  "cat",  "strlen", "substr", "to_number",
    "to_float", "to_string", "now",  "ago",  NULL,
};

const struct functor_row *functor_find(const char *name, size_t count)
{
    for (size_t i = 0; i < ROWS; i++) {
        bool is_enough = count >= (size_t)rows[i].least &&
                         (rows[i].most < 0 || count <= (size_t)rows[i].most);
        if (is_enough && strcmp(rows[i].name, name) == 0)
            return &rows[i];
    }
    return NULL;
}

const struct functor_row *functor_of(enum functor functor)
{
    return functor > FUNCTOR_NONE && functor < FUNCTORS ? &rows[functor - 1] : NULL;
}

const char *const *functor_names(void)
{
    return names;
}
