// SPDX-License-Identifier: GPL-3.0-or-later
/* functors_glob - dl_glob: all of a text by a pattern with * and ?. */
#include "base/compiler.h"
#include "base/glob.h"
#include "datalog/functors.h"
#include "datalog/functors_parts.h"

/* dl_glob(pattern, text) */
static void glob(sqlite3_context *context, int count UNUSED, sqlite3_value **args)
{
    const char *text = (const char *)sqlite3_value_text(args[1]);
    const char *pattern = (const char *)sqlite3_value_text(args[0]);
    if (text && pattern)
        sqlite3_result_int(context, glob_matches(pattern, text));
}

int functors_register_glob(sqlite3 *db)
{
    return sqlite3_create_function(db, "dl_glob", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                                   NULL, glob, NULL, NULL);
}
