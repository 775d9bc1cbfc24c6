// SPDX-License-Identifier: GPL-3.0-or-later
/* asked - each member is a row of a table: how it is read, and where to. */
#include "rules/asked.h"

#include <errno.h>
#include <string.h>

#include "base/suggest.h"
#include "rules/question.h"

#define TIME_MIN (-62167219200000) /* 0000-01-01, in ms since 1970 UTC */
#define TIME_MAX 253402300799999   /* 9999-12-31 */

struct member {
    const char *name;
    bool (*read)(const json_t *value, void *target); /* false: it is no such value */
    size_t offset;                                   /* in struct asked */
    const char *expected;
};

static bool read_text(const json_t *value, void *target)
{
    *(const char **)target = json_string_value(value);
    return json_is_string(value) &&
           strlen(json_string_value(value)) == json_string_length(value);
}

static bool read_flag(const json_t *value, void *target)
{
    *(bool *)target = json_is_true(value);
    return json_is_boolean(value);
}

static bool read_number(const json_t *value, int64_t from, int64_t to, int64_t *target)
{
    *target = json_integer_value(value);
    return json_is_integer(value) && *target >= from && *target <= to;
}

/* Only of these years it can be shown. */
static bool read_time(const json_t *value, void *target)
{
    return read_number(value, TIME_MIN, TIME_MAX, target);
}

static bool read_timeout(const json_t *value, void *target)
{
    return read_number(value, 1, QUESTION_TIMEOUT_MAX, target);
}

static bool read_limit(const json_t *value, void *target)
{
    return read_number(value, 1, QUESTION_ROWS_MAX, target);
}

static bool read_args(const json_t *value, void *target)
{
    size_t i;
    json_t *item;
    const char *text;
    *(const json_t **)target = value;
    json_array_foreach(value, i, item) if (!read_text(item, &text)) return false;
    return json_is_array(value);
}

static bool read_times(const json_t *value, void *target)
{
    const char *token;
    json_t *time;
    int64_t ms;
    *(const json_t **)target = value;
    json_object_foreach((json_t *)value, token,
                        time) if (!read_time(time, &ms)) return false;
    return json_is_object(value);
}

#define AT(member) offsetof(struct asked, member)

static const struct member members[] = {
    {"question", read_text, AT(question), "a text"},
    {"saved", read_text, AT(saved), "the name of a saved question"},
    {"args", read_args, AT(args), "an array of texts"},
    {"times", read_times, AT(times), "an object of times in ms"},
    {"limit", read_limit, AT(limit), "a number from 1 to 100000"},
    {"since", read_time, AT(since), "a time in ms"},
    {"now", read_time, AT(now), "a time in ms"},
    {"timeout", read_timeout, AT(timeout), "a duration in ms, of at most a day"},
    {"count", read_flag, AT(count), "true or false"},
    {"why", read_flag, AT(why), "true or false"},
    {"why_not", read_flag, AT(why_not), "true or false"},
    {"sql", read_flag, AT(sql), "true or false"},
    {"plan", read_flag, AT(plan), "true or false"},
};
#define MEMBERS (sizeof members / sizeof *members)

static int fail_unknown(const char *name, struct complaint *complaint)
{
    const char *known[MEMBERS + 1] = {0};
    for (size_t i = 0; i < MEMBERS; i++)
        known[i] = members[i].name;
    char hint[80];
    return complain(complaint, NULL, -EINVAL, "no field is called \"%.40s\"%s", name,
                    suggest_text(name, known, hint, sizeof hint));
}

static int read_member(const char *name, const json_t *value, struct asked *asked,
                       struct complaint *complaint)
{
    size_t i = 0;
    while (i < MEMBERS && strcmp(members[i].name, name) != 0)
        i++;
    if (i == MEMBERS)
        return fail_unknown(name, complaint);
    if (json_is_null(value) ||
        members[i].read(value, (char *)asked + members[i].offset))
        return 0;
    return complain(complaint, NULL, -EINVAL, "%s: expected %s", name,
                    members[i].expected);
}

/* What would be passed over is refused. */
static int check_wishes(const struct asked *asked, struct complaint *complaint)
{
    if (asked->count + asked->why + asked->why_not + asked->sql + asked->plan > 1)
        return complain(complaint, NULL, -EINVAL,
                        "count, why, why_not, sql, plan: which one?");
    if (asked->args && !asked->saved)
        return complain(complaint, NULL, -EINVAL,
                        "args: a question has none, only a saved one");
    return 0;
}

static int read_members(struct asked *asked, struct complaint *complaint)
{
    int rc = 0;
    const char *name;
    json_t *value;
    if (!json_is_object(asked->json))
        return complain(complaint, NULL, -EINVAL,
                        "expected an object such as {\"question\":\"…\"}");
    json_object_foreach(asked->json, name, value)
    {
        rc = read_member(name, value, asked, complaint);
        if (rc < 0)
            return rc;
    }
    if (!asked->question == !asked->saved)
        return complain(complaint, NULL, -EINVAL,
                        "expected one of the fields \"question\" and \"saved\"");
    return check_wishes(asked, complaint);
}

void asked_clear(struct asked *asked)
{
    json_decref(asked->json);
    *asked = (struct asked){0};
}

int asked_read(const char *json, size_t size, struct asked *ret,
               struct complaint *complaint)
{
    json_error_t why;
    AUTO(asked) struct asked asked = {0};
    asked.json = json_loadb(json, size, JSON_REJECT_DUPLICATES, &why);
    if (!asked.json)
        return complain(complaint, NULL, -EINVAL, "no JSON: %s", why.text);
    int rc = read_members(&asked, complaint);
    if (rc < 0)
        return rc;
    *ret = asked;
    asked = (struct asked){0};
    return 0;
}
