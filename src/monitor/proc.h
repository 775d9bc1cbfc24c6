// SPDX-License-Identifier: GPL-3.0-or-later
/* proc - what several monitors read in Linux's /proc and /sys. */
#ifndef MONITOR_PROC_H
#define MONITOR_PROC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "monitor/monitor.h"

/* The number behind the first line that begins with the name: "MemTotal:", "oom_kill".
 * false: there is no such line, or no number in it. */
bool proc_field(const char *text, const char *name, uint64_t *ret);

/* One whole number, which a file of /sys holds alone. -ENOENT, -EBADMSG, … */
int proc_number(const struct look *look, const char *path, int64_t *ret,
                struct error *err) MUST_USE;

/* A file's one line, without its newline, cut to size - 1 bytes; "" where it cannot be
 * read. */
const char *proc_word(const struct look *look, const char *path, char ret[],
                      size_t size);

int proc_cores(const struct look *look); /* that are online; at least 1 */

/* -EBADMSG: "PATH: it is not understood" */
int proc_malformed(const char *path, struct error *err);

#endif
