// SPDX-License-Identifier: GPL-3.0-or-later
/* herd - a small catalogue for tests: what a store of hosts might offer. */
#ifndef TESTS_DATALOG_HERD_H
#define TESTS_DATALOG_HERD_H

#include "datalog/catalogue.h"
#include "datalog/check.h"

#define HERD_NOW 1700000000000 /* 2023-11-14T22:13:20Z */

static const struct stored_column herd_host_columns[] = {
    {.name = "host", .type = TYPE_TEXT},
    {.name = "first_seen", .type = TYPE_TIME},
};
static const struct stored_column herd_ram_columns[] = {
    {.name = "host", .type = TYPE_TEXT},
    {.name = "ram", .type = TYPE_SIZE},
};
static const struct stored_column herd_package_columns[] = {
    {.name = "host", .type = TYPE_TEXT},
    {.name = "name", .type = TYPE_TEXT},
    {.name = "version", .type = TYPE_VERSION},
};
static const struct stored_column herd_interruption_columns[] = {
    {.name = "host", .type = TYPE_TEXT},
    {.name = "tag", .type = TYPE_TEXT},
    {.name = "from", .type = TYPE_TIME},
    {.name = "to", .type = TYPE_TIME},
};
static const struct stored_column herd_reading_columns[] = {
    {.name = "host", .type = TYPE_TEXT},
    {.name = "name", .type = TYPE_TEXT},
    {.name = "time", .type = TYPE_TIME},
    {.name = "value", .type = TYPE_NUMBER},
};

static const struct stored herd_host = {
    .name = "host", .columns = herd_host_columns, .count = 2, .sql = "main.host"};
static const struct stored herd_interruption = {.name = "interruption",
                                                .columns = herd_interruption_columns,
                                                .count = 4,
                                                .sql = "main.interruption"};
static const struct stored herd_package = {.name = "package",
                                           .columns = herd_package_columns,
                                           .count = 3,
                                           .sql = "main.package",
                                           .history = "main.package_history"};
static const struct stored herd_ram = {.name = "ram",
                                       .columns = herd_ram_columns,
                                       .count = 2,
                                       .sql = "main.ram",
                                       .history = "main.ram_history"};
static const struct stored herd_reading = {
    .name = "reading", .columns = herd_reading_columns, .count = 4, .sql = NULL};

static const struct stored *const herd_relations[] = {
    &herd_host, &herd_interruption, &herd_package, &herd_ram, &herd_reading, NULL};
static const struct catalogue herd = {.items = herd_relations};

static const struct check_settings herd_settings = {.catalogue = &herd,
                                                    .now = HERD_NOW};

#endif
