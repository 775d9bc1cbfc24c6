// SPDX-License-Identifier: GPL-3.0-or-later
/* monitor - a kind of thing that can be watched on a machine, built in.
 *
 *     look ──> findings ──> daemon/ (what changed, what is to be sent)
 *
 * Used by: daemon/, which says when to look and what to make of it; each instance has
 * its settings. The list is monitors.c. What is not built in is a plugin, a program
 * that speaks lines.h, which daemon/ runs as it runs these. */
#ifndef MONITOR_MONITOR_H
#define MONITOR_MONITOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "monitor/findings.h"
#include "monitor/settings.h"

/* Where a look happens. */
enum monitor_place {
    MONITOR_INLINE,  /* on the daemon's loop: reads /proc or /sys, and never hangs */
    MONITOR_FORKED,  /* in a child of the daemon, ended after its timeout: it may hang,
                        or needs memory; what it found comes back as lines */
    MONITOR_PROGRAM, /* a program is run, whose output it reads: command and read */
};

/* What one look works with; lent. */
struct look {
    const struct settings *settings;
    const char *root;  /* put before /proc, /sys, /etc, …; "" but in tests */
    int64_t now;       /* ms since 1970 UTC */
    int64_t monotonic; /* us, by clock_monotonic() */
    void **memory;     /* inline, and read: kept from one look to the next, see forget;
                          NULL at first */
    struct findings *findings; /* to be put there */
};

/* What a program left behind. */
struct ended {
    int status;               /* exit code; -1: a signal ended it */
    int signal;               /* 0: none */
    bool is_too_slow;         /* we ended it */
    bool is_stuck;            /* we tried to: it hangs in the kernel */
    const char *out, *errors; /* as text, a NUL stands behind; lent */
    size_t out_size, errors_size;
    bool is_cut; /* it printed more than is read */
};

struct monitor {
    const char *name;
    const char *help;               /* one line: what it watches */
    const struct setting *settings; /* its own; ends with a NULL name */
    enum monitor_place place;
    bool is_default; /* runs where no configuration says anything of it */

    /* Inline and forked: looks once. An error means that it could not look: its thing's
     * state is then unknown, in the error's words. Whether there is nothing here to
     * watch is no error: it finds nothing. -EAGAIN: a second look is needed to measure
     * something; what was found is good, and what was not stays as it was. */
    int (*look)(struct look *look, struct error *err);

    /* Frees what a look, or read, left in *memory. NULL: nothing ever is there. */
    void (*forget)(void *memory);

    /* Program: appends the argv to run, argv[0] looked for in PATH; appends nothing
     * where there is nothing to watch here, which finds nothing. -EINVAL: with these
     * settings there is none. */
    int (*command)(const struct settings *settings, struct texts *argv,
                   struct error *err);

    /* Program: what its end means. NULL: it speaks lines.h. */
    int (*read)(const struct look *look, const struct ended *ended, struct error *err);
};

extern const struct monitor *const monitors[];        /* monitors.c; ends with NULL */
const struct monitor *monitor_find(const char *name); /* NULL */

/* Reads ROOT/PATH whole, of /proc or /sys: -ENOENT, … */
int look_read(const struct look *look, const char *path, struct strbuf *buf,
              struct error *err) MUST_USE;

/* A reading as precise as anybody reads its unit: bytes whole, "%" and "C" to a tenth,
 * "s" to a microsecond, others to a thousandth. One that is not finite, as it is not
 * known, is left out. */
void look_reading(const struct look *look, const char *part, const char *name,
                  double value, const char *unit);

/* Judges one value, see verdict.h, by the settings "warn" and "fail", which stand in
 * the place of its own, and says its state; where neither is set, nothing. */
struct threshold;
void look_judge(const struct look *look, const char *part,
                const struct threshold *value);

/* What a setting that is a number of some type says, durations in seconds; NAN: it is
 * not set. */
double look_bound(const struct look *look, const char *setting);

#endif
