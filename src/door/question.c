// SPDX-License-Identifier: GPL-3.0-or-later
/* question - each parameter is a row of a table: its name, how it is read, and where
 * to. */
#include "door/question.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/suggest.h"
#include "base/uuid.h"

#define PARAMETERS_MAX 8

/* Is read by a function that finds value valid, or says what it expected. */
struct parameter {
    const char *name;
    int (*read)(const struct parameter *parameter, const char *value, void *target,
                struct error *err);
    size_t offset; /* in what is filled */
};

static int fail(const struct parameter *parameter, const char *value,
                const char *expected, struct error *err)
{
    return error_set(err, -EINVAL, "parameter \"%s\": found \"%.60s\", expected %s",
                     parameter->name, value, expected);
}

static int read_text(const struct parameter *parameter, const char *value, void *target,
                     struct error *err)
{
    if (!*value)
        return fail(parameter, value, "a name", err);
    *(const char **)target = value;
    return 0;
}

static int read_flag(const struct parameter *parameter, const char *value, void *target,
                     struct error *err)
{
    if (strcmp(value, "0") != 0 && strcmp(value, "1") != 0)
        return fail(parameter, value, "0 or 1", err);
    *(bool *)target = *value == '1';
    return 0;
}

static int read_time(const struct parameter *parameter, const char *value, void *target,
                     struct error *err)
{
    if (clock_parse_utc(value, target, NULL) < 0)
        return fail(parameter, value, "a time such as \"2026-11-22T09:48:08Z\"", err);
    return 0;
}

static int read_limit(const struct parameter *parameter, const char *value,
                      void *target, struct error *err)
{
    char *end;
    long limit = strtol(value, &end, 10);
    if (*value < '0' || *value > '9' || *end || limit < 1 || limit > QUESTION_LIMIT_MAX)
        return fail(parameter, value, "a number from 1 to 10000", err);
    *(int *)target = (int)limit;
    return 0;
}

static int read_id(const struct parameter *parameter, const char *value, void *target,
                   struct error *err)
{
    if (!uuid_is_valid(value, strlen(value)))
        return fail(parameter, value, "the id of a message", err);
    *(const char **)target = value;
    return 0;
}

static int read_number(const struct parameter *parameter, const char *value,
                       void *target, struct error *err)
{
    if (!*value || strlen(value) > 18 || value[strspn(value, "0123456789")])
        return fail(parameter, value, "a number", err);
    *(int64_t *)target = strtoll(value, NULL, 10);
    return 0;
}

#define AT(member) offsetof(struct message_filter, member)

static const struct parameter of_messages[] = {
    {"host", read_text, AT(host)},     {"tag", read_text, AT(tag)},
    {"failed", read_flag, AT(failed)}, {"since", read_time, AT(since)},
    {"until", read_time, AT(until)},   {"limit", read_limit, AT(limit)},
    {"before", read_id, AT(before)},   {NULL, NULL, 0},
};

static const struct parameter of_states[] = {
    {"failed", read_flag, AT(failed)},
    {NULL, NULL, 0},
};

#define PAGE(member) offsetof(struct page, member)

static const struct parameter of_dead_letters[] = {
    {"limit", read_limit, PAGE(limit)},
    {"before", read_number, PAGE(before)},
    {NULL, NULL, 0},
};

static const struct parameter of_export[] = {
    {"limit", read_limit, PAGE(limit)},
    {"after", read_number, PAGE(after)},
    {"since", read_time, PAGE(since)},
    {NULL, NULL, 0},
};

#define FACTS(member) offsetof(struct fact_filter, member)

static const struct parameter of_facts[] = {
    {"host", read_text, FACTS(host)},     {"at", read_time, FACTS(at)},
    {"all", read_flag, FACTS(all)},       {"limit", read_limit, FACTS(limit)},
    {"after", read_number, FACTS(after)}, {NULL, NULL, 0},
};

#define SERIES(member) offsetof(struct series_filter, member)

static const struct parameter of_readings[] = {
    {"host", read_text, SERIES(host)},   {"name", read_text, SERIES(name)},
    {"since", read_time, SERIES(since)}, {"until", read_time, SERIES(until)},
    {"hours", read_flag, SERIES(hours)}, {NULL, NULL, 0},
};

static const struct parameter of_series[] = {
    {"host", read_text, 0},
    {NULL, NULL, 0},
};

static const struct parameter of_tag[] = {
    {"tag", read_text, 0},
    {NULL, NULL, 0},
};

#define INCIDENTS(member) offsetof(struct incident_filter, member)

static const struct parameter of_incidents[] = {
    {"all", read_flag, INCIDENTS(all)},
    {"since", read_time, INCIDENTS(since)},
    {"before", read_number, INCIDENTS(before)},
    {"limit", read_limit, INCIDENTS(limit)},
    {"host", read_text, INCIDENTS(host)},
    {"tag", read_text, INCIDENTS(tag)},
    {NULL, NULL, 0},
};

#define TELLINGS(member) offsetof(struct telling_filter, member)

static const struct parameter of_tellings[] = {
    {"since", read_time, TELLINGS(since)},
    {"waiting", read_flag, TELLINGS(waiting)},
    {"incident", read_number, TELLINGS(incident)},
    {"before", read_number, TELLINGS(before)},
    {"limit", read_limit, TELLINGS(limit)},
    {NULL, NULL, 0},
};

static const struct parameter of_silences[] = {
    {"all", read_flag, 0},
    {NULL, NULL, 0},
};

static const struct parameter of_digest[] = {
    {"since", read_time, 0},
    {NULL, NULL, 0},
};

static const struct parameter of_nothing[] = {{NULL, NULL, 0}};

/* One reading of a request's parameters. */
struct reading {
    const struct parameter *parameters;
    void *into;
    unsigned seen; /* a bit for each parameter */
    struct error *err;
    int rc;
};

static int fail_unknown(const struct parameter *parameters, const char *name,
                        struct error *err)
{
    const char *known[PARAMETERS_MAX + 1] = {0};
    for (size_t i = 0; i < PARAMETERS_MAX && parameters[i].name; i++)
        known[i] = parameters[i].name;
    char hint[80];
    return error_set(err, -EINVAL, "no parameter is called \"%.40s\"%s", name,
                     suggest_text(name, known, hint, sizeof hint));
}

static int read_parameter(struct reading *reading, const char *name, const char *value,
                          size_t size)
{
    const struct parameter *parameter = reading->parameters;
    while (parameter->name && strcmp(parameter->name, name) != 0)
        parameter++;
    if (!parameter->name)
        return fail_unknown(reading->parameters, name, reading->err);
    unsigned bit = 1u << (parameter - reading->parameters);
    if (reading->seen & bit)
        return error_set(reading->err, -EINVAL, "parameter \"%s\": found it twice",
                         name);
    if (strlen(value) != size)
        return fail(parameter, value, "no NUL in it", reading->err);
    reading->seen |= bit;
    return parameter->read(parameter, value, (char *)reading->into + parameter->offset,
                           reading->err);
}

static enum MHD_Result on_parameter(void *context, enum MHD_ValueKind kind UNUSED,
                                    const char *name, size_t name_size UNUSED,
                                    const char *value, size_t size)
{
    struct reading *reading = context;
    reading->rc = read_parameter(reading, name, value ? value : "", value ? size : 0);
    return reading->rc < 0 ? MHD_NO : MHD_YES;
}

static int read_all(const struct request *request, const struct parameter *parameters,
                    void *into, struct error *err)
{
    struct reading reading = {.parameters = parameters, .into = into, .err = err};
    MHD_get_connection_values_n(request->connection, MHD_GET_ARGUMENT_KIND,
                                on_parameter, &reading);
    return reading.rc;
}

int question_of_messages(const struct request *request, struct message_filter *ret,
                         struct error *err)
{
    struct message_filter filter = {0};
    int rc = read_all(request, of_messages, &filter, err);
    if (rc == 0)
        *ret = filter;
    return rc;
}

int question_of_states(const struct request *request, bool *ret_failed,
                       struct error *err)
{
    struct message_filter filter = {0};
    int rc = read_all(request, of_states, &filter, err);
    if (rc == 0)
        *ret_failed = filter.failed;
    return rc;
}

int question_of_dead_letters(const struct request *request, struct page *page,
                             struct error *err)
{
    return read_all(request, of_dead_letters, page, err);
}

int question_of_export(const struct request *request, struct page *page,
                       struct error *err)
{
    return read_all(request, of_export, page, err);
}

int question_of_facts(const struct request *request, struct fact_filter *filter,
                      struct error *err)
{
    return read_all(request, of_facts, filter, err);
}

int question_of_readings(const struct request *request, struct series_filter *ret,
                         struct error *err)
{
    struct series_filter filter = {0};
    int rc = read_all(request, of_readings, &filter, err);
    if (rc < 0)
        return rc;
    if (!filter.host || !filter.name)
        return error_set(err, -EINVAL, "parameter \"%s\": found none, expected a name",
                         filter.host ? "name" : "host");
    *ret = filter;
    return 0;
}

int question_of_series(const struct request *request, const char **ret_host,
                       struct error *err)
{
    return read_all(request, of_series, ret_host, err);
}

int question_of_tag(const struct request *request, const char **ret_tag,
                    struct error *err)
{
    return read_all(request, of_tag, ret_tag, err);
}

int question_of_incidents(const struct request *request, struct incident_filter *filter,
                          struct error *err)
{
    return read_all(request, of_incidents, filter, err);
}

int question_of_tellings(const struct request *request, struct telling_filter *filter,
                         struct error *err)
{
    return read_all(request, of_tellings, filter, err);
}

int question_of_silences(const struct request *request, bool *ret_all,
                         struct error *err)
{
    return read_all(request, of_silences, ret_all, err);
}

int question_of_digest(const struct request *request, int64_t *ret_since,
                       struct error *err)
{
    return read_all(request, of_digest, ret_since, err);
}

int question_of_nothing(const struct request *request, struct error *err)
{
    struct message_filter filter = {0};
    return read_all(request, of_nothing, &filter, err);
}
