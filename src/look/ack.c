// SPDX-License-Identifier: GPL-3.0-or-later
/* ack - "I know": there are no reminders of an alert for a while. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "command/options.h"
#include "look/alert.h"
#include "look/fetch.h"
#include "look/look.h"
#include "look/screen.h"
#include "look/wish.h"

#define AT(member) offsetof(struct wish, member)

static const struct option_row ack_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf), "the configuration to read"},
    {0, "for", "DURATION", OPTION_DURATION, AT(length), WISH_FOR_HELP},
    {0, "until", "TIME", OPTION_TEXT, AT(until), WISH_UNTIL_HELP},
    {0, "reason", "TEXT", OPTION_TEXT, AT(reason), WISH_REASON_HELP},
    {0, "json", NULL, OPTION_FLAG, AT(json), "what the server says, as JSON"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

static void print(const json_t *answer)
{
    char until[CLOCK_TEXT_SIZE];
    AUTO(strbuf) struct strbuf who = {0};
    const char *by = fetched_text(answer, "by");
    clock_format_local(fetched_time(answer, "until"), CLOCK_MINUTES, until);
    screen_add_line(&who, by, strlen(by));
    printf("alert %" JSON_INTEGER_FORMAT " is known to %s until %s\n",
           json_integer_value(json_object_get(answer, "acknowledged")),
           strbuf_text(&who), until);
}

static int run(int argc, char **argv)
{
    struct wish wish = {0};
    struct error err;
    const char *number;
    int exit_status = look_begin(&look_ack, argc, argv, &wish, &number);
    if (exit_status >= 0)
        return exit_status;
    json_auto_t *body = json_object();
    int rc = wish_put(&wish, clock_now(), body, &err);
    if (rc == 0 && !alert_is_number(number))
        rc = error_set(&err, -EINVAL,
                       "found \"%.60s\", expected the number of an alert; sheepdog "
                       "alerts lists them",
                       number);
    if (rc < 0)
        return look_refuse(&look_ack, &err);
    AUTO(str) char *incident = alert_path(number);
    AUTO(str) char *path = text_format("%s/acknowledge", incident);
    return wish_send(&look_ack, &wish, path, body, print);
}

const struct command look_ack = {
    .name = "ack",
    .arguments = "[OPTIONS] N",
    .summary = "say that you know of an alert: no reminders for a while",
    .options = ack_rows,
    .run = run,
};
