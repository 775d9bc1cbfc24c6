// SPDX-License-Identifier: GPL-3.0-or-later
/* asked - the JSON of a question, read strictly; for rules/ alone. */
#ifndef RULES_ASKED_H
#define RULES_ASKED_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "datalog/complaint.h"

struct asked {
    json_t *json;         /* that all below is part of */
    const char *question; /* one of these two, the other NULL */
    const char *saved;
    const json_t *args;                 /* texts; NULL: none */
    const json_t *times;                /* ms by their token; NULL: none */
    int64_t limit, since, now, timeout; /* 0: not said */
    bool count, why, why_not, sql, plan;
};

void asked_clear(struct asked *asked);
AUTO_DEFINE_CLEAR(asked)

/* -EINVAL: what is wrong, without a place. */
int asked_read(const char *json, size_t size, struct asked *ret,
               struct complaint *complaint) MUST_USE;

#endif
