// SPDX-License-Identifier: GPL-3.0-or-later
/* cpu - its model, and how many cores the kernel uses, as /proc/cpuinfo says. Not every
 * architecture tells a model, and each has its own word for it. */
#include <stddef.h>
#include <string.h>

#include "base/auto.h"
#include "base/memory.h"
#include "facts/facts.h"
#include "facts/machine.h"

extern const struct fact_source source_cpu;

struct processor {
    char *model; /* NULL: not said */
    int cores;
};

static bool is_model(const char *name)
{
    static const char *const names[] = {"model name", "cpu model", "uarch", "cpu",
                                        NULL};
    for (size_t i = 0; names[i]; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* "model name\t: AMD EPYC 7763" */
static void read_line(char *line, size_t number UNUSED, void *context)
{
    struct processor *processor = context;
    char *colon = strchr(line, ':');
    if (!colon)
        return;
    char *end = colon;
    while (end > line && strchr(" \t", end[-1]))
        end--;
    *end = '\0';
    processor->cores += strcmp(line, "processor") == 0;
    if (!processor->model && is_model(line))
        processor->model = text_copy(colon + 1 + strspn(colon + 1, " \t"));
}

static int collect(const char *root, struct rows *ret, struct error *err)
{
    struct processor processor = {0};
    int rc = machine_each_line(root, "/proc/cpuinfo", read_line, &processor, err);
    AUTO(str) char *model = processor.model;
    AUTO(str) char *cores = text_format("%d", processor.cores);
    if (rc == 0 && processor.cores > 0)
        rows_add(ret, 2, (const char *const[]){model, cores});
    return rc;
}

static const char *const columns[] = {"model text", "cores number", NULL};

const struct fact_source source_cpu = {
    .name = "cpu",
    .help = "the model of the processor, and how many cores there are",
    .columns = columns,
    .collect = collect,
};
