// SPDX-License-Identifier: GPL-3.0-or-later
/* tables - .input and .output: relations as files of lines, with tabs between the
 * columns, as Soufflé reads and writes them.
 *
 * Comes from: files.  Goes to: evaluate.h, and back. */
#ifndef DATALOG_TABLES_H
#define DATALOG_TABLES_H

#include "base/compiler.h"
#include "datalog/evaluate.h"

/* Reads all .input of the program: FOLDER/NAME.facts. -ENOENT, -EINVAL:
 * FILE:LINE:COLUMN, what was found and what was expected. */
int tables_read(struct evaluation *evaluation, const char *folder,
                struct complaint *complaint) MUST_USE;

/* Writes all .output, FOLDER/NAME.csv, in place of what was there; folder "-", or
 * IO=stdout: to stdout, as Soufflé does with -D-. And .printsize, to stdout. */
int tables_write(struct evaluation *evaluation, const char *folder,
                 struct complaint *complaint) MUST_USE;

#endif
