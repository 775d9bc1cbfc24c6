// SPDX-License-Identifier: GPL-3.0-or-later
/* kernel - which one runs, which may be older than the one that is installed. */
#include <string.h>

#include "base/auto.h"
#include "facts/facts.h"
#include "facts/machine.h"

extern const struct fact_source source_kernel;

static int collect(const char *root, struct rows *ret, struct error *err)
{
    AUTO(strbuf) struct strbuf text = {0};
    int rc = machine_read(root, "/proc/sys/kernel/osrelease", &text, err);
    if (rc < 0 || text.size == 0)
        return rc;
    strbuf_shorten(&text, strcspn(text.data, "\n"));
    rows_add(ret, 1, (const char *const[]){text.data});
    return 0;
}

static const char *const columns[] = {"release version", NULL};

const struct fact_source source_kernel = {
    .name = "kernel",
    .help = "the kernel that runs",
    .columns = columns,
    .collect = collect,
};
