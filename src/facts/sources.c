// SPDX-License-Identifier: GPL-3.0-or-later
/* sources - the relations that are built in. To add one: write facts/NAME.c, name it
 * twice below, and describe it in doc/sheepdog-facts.7 (a test looks for it). */
#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "base/memory.h"
#include "facts/facts.h"

extern const struct fact_source source_address, source_cpu, source_cron, source_disk,
    source_kernel, source_listens, source_mount, source_os, source_package, source_ram,
    source_timer, source_unit, source_user;

const struct fact_source *const fact_sources[] = {
    &source_os,    &source_kernel,  &source_ram,     &source_cpu,  &source_disk,
    &source_mount, &source_address, &source_user,    &source_unit, &source_listens,
    &source_timer, &source_cron,    &source_package, NULL,
};

/* "name text key" */
static void add_column(struct relation *relation, const char *column)
{
    AUTO(str) char *words = text_copy(column);
    char *rest = words;
    const char *name = strsep(&rest, " ");
    const char *type_name = strsep(&rest, " ");
    enum column_type type = COLUMN_TEXT;
    int rc = column_type_parse(type_name, &type);
    assert(rc == 0);
    (void)rc;
    relation_add_column(relation, name, type, rest && strcmp(rest, "key") == 0);
}

struct relation *fact_source_relation(const struct fact_source *source)
{
    struct relation *relation = relation_new(source->name, source->help);
    for (size_t i = 0; source->columns[i]; i++)
        add_column(relation, source->columns[i]);
    return relation;
}
