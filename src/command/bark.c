// SPDX-License-Identifier: GPL-3.0-or-later
/* bark - a message by hand, or from any script. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "bark/capture.h"
#include "bark/report.h"
#include "bark/tag.h"
#include "base/memory.h"
#include "base/say.h"
#include "base/suggest.h"
#include "command/command.h"
#include "command/expect.h"
#include "command/options.h"

struct call {
    const char *conf, *tag, *status, *mailto, *every;
    int64_t grace;
    enum message_err err;
};

#define AT(member) offsetof(struct call, member)

static const struct option_row options[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf), "the configuration to read"},
    {0, "tag", "NAME", OPTION_TEXT, AT(tag), "what the message is about; required"},
    {0, "status", "WORD", OPTION_TEXT, AT(status),
     "how that is: ok, warning or fail; else the message says nothing of it"},
    {0, "every", "TIME", OPTION_TEXT, AT(every), EXPECT_EVERY_HELP},
    {0, "grace", "DURATION", OPTION_DURATION, AT(grace), EXPECT_GRACE_HELP},
    {0, "mailto", "ADDRESS", OPTION_TEXT, AT(mailto), "tell this address too"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

static const char *const statuses[] = {"ok", "warning", "fail", NULL};
static const enum message_err errs[] = {ERR_SUCCESS, ERR_WARNING, ERR_FAIL};

static int read_status(struct call *call, struct error *err)
{
    char hint[64];
    call->err = ERR_NONE;
    if (!call->status)
        return 0;
    for (int i = 0; statuses[i]; i++)
        if (strcmp(call->status, statuses[i]) == 0) {
            call->err = errs[i];
            return 0;
        }
    return error_set(
        err, -EINVAL, "--status: found %.40s, expected ok, warning or fail%s",
        call->status, suggest_text(call->status, statuses, hint, sizeof hint));
}

static int read_call(int argc, char **argv, struct call *call, int *ret_next,
                     struct error *err)
{
    int rc = options_parse(options, argc, argv, call, ret_next, err);
    if (rc == 0)
        rc = read_status(call, err);
    if (rc == 0 && !call->tag)
        rc = error_set(err, -EINVAL, "--tag is missing");
    if (rc == 0 && tag_is_blank(call->tag))
        rc = error_set(err, -EINVAL, "--tag: expected a name");
    if (rc == 0 && call->mailto && !tag_is_clean(call->mailto))
        rc = error_set(err, -EINVAL,
                       "--mailto: expected an address of at most 255 bytes");
    return rc == 0 ? expect_check(call->every, call->grace, err) : rc;
}

static void read_stdin(struct capture *capture)
{
    char buffer[4096];
    for (;;) {
        ssize_t count = read(STDIN_FILENO, buffer, sizeof buffer);
        if (count == 0 || (count < 0 && errno != EINTR))
            break;
        if (count > 0)
            capture_add(capture, buffer, (size_t)count);
    }
}

static void read_words(char *const *words, struct capture *capture)
{
    for (int i = 0; words[i]; i++) {
        if (i > 0)
            capture_add(capture, " ", 1);
        capture_add(capture, words[i], strlen(words[i]));
    }
}

/* Bounded as what a job prints. */
static void read_text(char *const *words, const struct redaction *redaction,
                      struct strbuf *text)
{
    AUTO(capture) struct capture capture = {.keep = CAPTURE_KEEP_DEFAULT};
    if (words[0] && strcmp(words[0], "-") == 0 && !words[1])
        read_stdin(&capture);
    else
        read_words(words, &capture);
    capture_format(&capture, redaction, text);
    for (size_t i = 0; i < text->size; i++)
        if (text->data[i] == '\0')
            text->data[i] = ' ';
}

static int bark(const struct call *call, char *const *words)
{
    AUTO(report) struct report *report = report_open(call->conf);
    AUTO(message) struct message *message = message_new();
    AUTO(strbuf) struct strbuf text = {0};
    AUTO(strbuf) struct strbuf json = {0};
    read_text(words, report_redaction(report), &text);
    message->kind = MESSAGE_NOTE;
    message->err = call->err;
    message->tag = tag_clean(call->tag);
    message->mailto = text_copy(call->mailto);
    message->expect = call->every ? tag_clean(call->every) : NULL;
    message->grace = call->grace;
    message->text = strbuf_take(&text);
    report_sign(report, message);
    message_format(message, &json);
    struct room_message spooled = {
        .id = message->id, .weight = weight_of(MESSAGE_NOTE, call->err), .json = &json};
    return report_send(report, &spooled) < 0 ? EXIT_FAILED : EXIT_OK;
}

static int run(int argc, char **argv)
{
    struct call call = {.grace = EXPECT_NO_GRACE};
    struct error why;
    int next, rc = read_call(argc, argv, &call, &next, &why);
    if (rc < 0) {
        say("%s; see sheepdog help bark", why.text);
        return EXIT_USAGE;
    }
    return bark(&call, argv + next);
}

const struct command command_bark = {
    .name = "bark",
    .arguments = "--tag NAME [OPTIONS] [TEXT … | -]",
    .summary = "send a message by hand; - reads its text from stdin",
    .options = options,
    .run = run,
};
