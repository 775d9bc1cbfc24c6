// SPDX-License-Identifier: GPL-3.0-or-later
/* functors_parts - what the SQL functions share. */
#ifndef DATALOG_FUNCTORS_PARTS_H
#define DATALOG_FUNCTORS_PARTS_H

#include <sqlite3.h>
#include <stdint.h>

#define FUNCTORS_MARK        "dl:"
#define FUNCTORS_SEPARATOR   '\x1f'
#define FUNCTORS_WITNESS_MAX 200 /* bytes of a text in a message */

/* Ends the statement; site -1: gives NULL. */
void functors_fail(sqlite3_context *context, const char *what, int64_t site, int count,
                   sqlite3_value **witnesses);

/* SQLITE_OK, or what SQLite says. */
int functors_register_match(sqlite3 *db);
int functors_register_glob(sqlite3 *db);
int functors_register_median(sqlite3 *db);

#endif
