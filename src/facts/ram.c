// SPDX-License-Identifier: GPL-3.0-or-later
/* ram - how much memory the kernel has to give, as /proc/meminfo says. */
#include <stdio.h>

#include "base/auto.h"
#include "base/memory.h"
#include "facts/facts.h"
#include "facts/machine.h"

extern const struct fact_source source_ram;

static void read_line(char *line, size_t number UNUSED, void *context)
{
    long long kibibytes;
    if (sscanf(line, "MemTotal: %lld kB", &kibibytes) != 1 || kibibytes < 0)
        return;
    AUTO(str) char *bytes = text_format("%lld", kibibytes * 1024);
    rows_add(context, 1, (const char *const[]){bytes});
}

static int collect(const char *root, struct rows *ret, struct error *err)
{
    return machine_each_line(root, "/proc/meminfo", read_line, ret, err);
}

static const char *const columns[] = {"bytes size", NULL};

const struct fact_source source_ram = {
    .name = "ram",
    .help = "the memory of the machine",
    .columns = columns,
    .collect = collect,
};
