// SPDX-License-Identifier: GPL-3.0-or-later
/* functors_sql - functor_compute as functions of SQLite, the aggregates that are exact,
 * and the order of versions. What has no value ends the statement, with a message that
 * functors_explain.c reads: "dl:SITE:what", then each witness behind a US sign, with a
 * letter for its type. */
#include "datalog/functors.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <sqlite3.h>
#include <string.h>

#include "base/version.h"
#include "datalog/functors_parts.h"

#define ARGS_MAX 16 /* a functor in SQL has at most three; behind them are witnesses */

/* ---- what is wrong, and for which row ---- */

static void put_witness(sqlite3_value *value, struct strbuf *message)
{
    static const char letters[] = {
        [SQLITE_INTEGER] = 'i', [SQLITE_FLOAT] = 'r', [SQLITE_TEXT] = 't'};
    int type = sqlite3_value_type(value);
    const char *text = (const char *)sqlite3_value_text(value);
    bool is_known = text && type <= SQLITE_TEXT;
    strbuf_printf(message, "%c%c", FUNCTORS_SEPARATOR, is_known ? letters[type] : 'n');
    if (is_known)
        strbuf_add(message, text, strnlen(text, FUNCTORS_WITNESS_MAX));
}

void functors_fail(sqlite3_context *context, const char *what, int64_t site, int count,
                   sqlite3_value **witnesses)
{
    if (site < 0) {
        sqlite3_result_null(context);
        return;
    }
    AUTO(strbuf) struct strbuf message = {0};
    strbuf_printf(&message, FUNCTORS_MARK "%" PRId64 ":%s", site, what);
    for (int i = 0; i < count; i++)
        put_witness(witnesses[i], &message);
    sqlite3_result_error(context, strbuf_text(&message), (int)message.size);
}

/* ---- functors ---- */

static bool read_value(sqlite3_value *from, struct value *ret)
{
    *ret = (struct value){0};
    switch (sqlite3_value_type(from)) {
    case SQLITE_INTEGER:
        *ret = (struct value){.type = TYPE_NUMBER, .number = sqlite3_value_int64(from)};
        return true;
    case SQLITE_FLOAT:
        *ret = (struct value){
            .type = TYPE_FLOAT, .is_real = true, .real = sqlite3_value_double(from)};
        return true;
    case SQLITE_TEXT:
        ret->type = TYPE_TEXT;
        ret->text = (const char *)sqlite3_value_text(from);
        return ret->text != NULL;
    default:
        return false;
    }
}

static void give_value(sqlite3_context *context, const struct value *value)
{
    if (type_is_text(value->type))
        sqlite3_result_text(context, value->text, -1, SQLITE_TRANSIENT);
    else if (value->is_real)
        sqlite3_result_double(context, value->real);
    else
        sqlite3_result_int64(context, value->number);
}

static bool read_values(sqlite3_value **from, size_t count, struct value *ret)
{
    for (size_t i = 0; i < count; i++)
        if (!read_value(from[i], &ret[i]))
            return false;
    return true;
}

static void call_functor(sqlite3_context *context, int count, sqlite3_value **args)
{
    const struct functor_row *row = sqlite3_user_data(context);
    int64_t site = row->may_fail ? sqlite3_value_int64(args[0]) : 0;
    int first = row->may_fail ? 1 : 0, size = count - first;
    if (row->most >= 0 && size > row->most)
        size = row->most;
    struct value values[ARGS_MAX], result;
    const char *what;
    if (size > ARGS_MAX || !read_values(args + first, (size_t)size, values))
        return;

    AUTO(arena) struct arena *arena = NULL;
    bool makes_text = row->functor == FUNCTOR_SUBSTR || row->functor == FUNCTOR_CAT ||
                      row->functor == FUNCTOR_TO_STRING;
    if (makes_text)
        arena = arena_new();
    if (functor_compute(row->functor, values, (size_t)size, arena, &result, &what) < 0)
        functors_fail(context, what, site, count - first - size, args + first + size);
    else
        give_value(context, &result);
}

static int register_functors(sqlite3 *db)
{
    int rc = SQLITE_OK;
    for (int i = FUNCTOR_NONE + 1; i < FUNCTORS && rc == SQLITE_OK; i++) {
        const struct functor_row *row = functor_of((enum functor)i);
        if (row->function)
            rc = sqlite3_create_function(db, row->function, -1, SQLITE_UTF8,
                                         (void *)(uintptr_t)row, call_functor, NULL,
                                         NULL);
    }
    return rc;
}

/* ---- aggregates ---- */

/* The sum of integers, exact: integers + carry * 2^64; and of reals beside it. */
struct sum {
    int64_t integers, carry;
    double reals;
    bool has_reals;
    int64_t count;
    char *fault; /* the site and the row, should it have no value */
};

static void add_to_sum(struct sum *sum, sqlite3_value *value)
{
    int type = sqlite3_value_type(value);
    if (type == SQLITE_NULL)
        return;
    sum->count++;
    if (type == SQLITE_INTEGER) {
        int64_t number = sqlite3_value_int64(value);
        if (__builtin_add_overflow(sum->integers, number, &sum->integers))
            sum->carry += number < 0 ? -1 : 1;
    } else {
        sum->reals += sqlite3_value_double(value);
        sum->has_reals = true;
    }
}

static double total(const struct sum *sum)
{
    return ldexp((double)sum->carry, 64) + (double)sum->integers + sum->reals;
}

static void step_sum(sqlite3_context *context, int count, sqlite3_value **args)
{
    struct sum *sum = sqlite3_aggregate_context(context, sizeof *sum);
    if (!sum)
        return;
    add_to_sum(sum, args[1]);
    if (sum->fault)
        return;
    AUTO(strbuf) struct strbuf fault = {0};
    int64_t site = sqlite3_value_int64(args[0]);
    strbuf_printf(&fault, FUNCTORS_MARK "%" PRId64 ":the sum is too large", site);
    for (int i = 2; i < count; i++)
        put_witness(args[i], &fault);
    sum->fault = strbuf_take(&fault);
}

static void end_sum(sqlite3_context *context)
{
    struct sum *sum = sqlite3_aggregate_context(context, 0);
    if (!sum)
        sqlite3_result_int64(context, 0);
    else if (sum->has_reals)
        sqlite3_result_double(context, total(sum));
    else if (sum->carry != 0)
        sqlite3_result_error(context, sum->fault, -1);
    else
        sqlite3_result_int64(context, sum->integers);
    if (sum)
        free(sum->fault);
}

static void step_mean(sqlite3_context *context, int count UNUSED, sqlite3_value **args)
{
    struct sum *sum = sqlite3_aggregate_context(context, sizeof *sum);
    if (sum)
        add_to_sum(sum, args[0]);
}

static void end_mean(sqlite3_context *context)
{
    struct sum *sum = sqlite3_aggregate_context(context, 0);
    if (sum && sum->count > 0)
        sqlite3_result_double(context, total(sum) / (double)sum->count);
}

/* ---- versions ---- */

static int collate_versions(void *context UNUSED, int one_size, const void *one,
                            int other_size, const void *other)
{
    return version_compare(one, (size_t)one_size, other, (size_t)other_size);
}

/* The last one that is registered is there. */
static bool is_registered(sqlite3 *db)
{
    sqlite3_stmt *statement = NULL;
    bool is_there = sqlite3_prepare_v2(db, "SELECT dl_match(0, '', '')", -1, &statement,
                                       NULL) == SQLITE_OK;
    sqlite3_finalize(statement);
    return is_there;
}

int functors_register(struct sqlite3 *db)
{
    int rc = SQLITE_OK;
    if (is_registered(db))
        return 0;
    rc = register_functors(db);
    if (rc == SQLITE_OK)
        rc = sqlite3_create_function(db, "dl_sum", -1, SQLITE_UTF8, NULL, NULL,
                                     step_sum, end_sum);
    if (rc == SQLITE_OK)
        rc = sqlite3_create_function(db, "dl_mean", 1, SQLITE_UTF8, NULL, NULL,
                                     step_mean, end_mean);
    if (rc == SQLITE_OK)
        rc = sqlite3_create_collation(db, "version", SQLITE_UTF8, NULL,
                                      collate_versions);
    if (rc == SQLITE_OK)
        rc = functors_register_glob(db);
    if (rc == SQLITE_OK)
        rc = functors_register_median(db);
    if (rc == SQLITE_OK)
        rc = functors_register_match(db);
    return rc == SQLITE_OK ? 0 : -EIO;
}
