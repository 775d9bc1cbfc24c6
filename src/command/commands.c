// SPDX-License-Identifier: GPL-3.0-or-later
/* The commands of `sheepdog`. To add one: write command/NAME.c, then name it twice
 * below; one that asks the server gets a row here, and does its work in
 * sheepdog-look, or in sheepdog-ask. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/program.h"
#include "base/say.h"
#include "base/suggest.h"
#include "command/command.h"

extern const struct command command_run, command_bark, command_check, command_join,
    command_monitors, command_help;

static int become(const char *program, int argc, char **argv)
{
    char **words = memory_new(((size_t)argc + 2) * sizeof *words);
    struct error why;
    words[0] = text_copy(program);
    memcpy(words + 1, argv, (size_t)argc * sizeof *words);
    if (program_become(words[0], words, &why) < 0)
        say("%s", why.text);
    free(words[0]);
    free(words);
    return EXIT_FAILED;
}

int command_look(int argc, char **argv)
{
    return become("sheepdog-look", argc, argv);
}

int command_datalog(int argc, char **argv)
{
    return become("sheepdog-ask", argc, argv);
}

static const struct command command_list = {
    .name = "list",
    .arguments = "[OPTIONS]",
    .summary = "the messages that the server holds, newest last",
    .run = command_look,
};

static const struct command command_status = {
    .name = "status",
    .arguments = "[OPTIONS]",
    .summary = "how each (host, tag) is, what is wrong first",
    .run = command_look,
};

static const struct command command_show = {
    .name = "show",
    .arguments = "[OPTIONS] ID | N",
    .summary = "one message, with what the job printed; or one alert",
    .run = command_look,
};

static const struct command command_alerts = {
    .name = "alerts",
    .arguments = "[OPTIONS]",
    .summary = "what the rules say is wrong, the worst first",
    .run = command_look,
};

static const struct command command_why = {
    .name = "why",
    .arguments = "[OPTIONS] N",
    .summary = "why an alert is one, who was told, and why others were not",
    .run = command_datalog,
};

static const struct command command_why_not = {
    .name = "why-not",
    .arguments = "[OPTIONS] HOST TAG",
    .summary = "why there is no alert",
    .run = command_datalog,
};

static const struct command command_replay = {
    .name = "replay",
    .arguments = "[OPTIONS] RULES…",
    .summary = "what rules would have told over the past, beside what was told",
    .run = command_datalog,
};

static const struct command command_told = {
    .name = "told",
    .arguments = "[OPTIONS]",
    .summary = "who was told of what, and what waits to be told",
    .run = command_look,
};

static const struct command command_digest = {
    .name = "digest",
    .arguments = "[OPTIONS]",
    .summary = "what a digest says: what is new, still wrong, over, late",
    .run = command_look,
};

static const struct command command_ack = {
    .name = "ack",
    .arguments = "[OPTIONS] N",
    .summary = "say that you know of an alert: no reminders for a while",
    .run = command_look,
};

static const struct command command_silence = {
    .name = "silence",
    .arguments = "[OPTIONS] 'host:PATTERN tag:PATTERN'",
    .summary = "do not tell what these hosts and tags do, for a while",
    .run = command_look,
};

static const struct command command_silences = {
    .name = "silences",
    .arguments = "[OPTIONS]",
    .summary = "what is not to be told, until when, and why",
    .run = command_look,
};

static const struct command command_host = {
    .name = "host",
    .arguments = "[OPTIONS] [HOST]",
    .summary = "the hosts of the herd; or all that is known of one",
    .run = command_look,
};

static const struct command command_facts = {
    .name = "facts",
    .arguments = "[OPTIONS] [RELATION]",
    .summary = "what is true of the hosts, or was at some time",
    .run = command_look,
};

static const struct command command_readings = {
    .name = "readings",
    .arguments = "[OPTIONS] HOST [NAME …]",
    .summary = "what a host measured: the newest, or drawn as a chart",
    .run = command_look,
};

static const struct command command_ask = {
    .name = "ask",
    .arguments = "[OPTIONS] [QUESTION | @NAME [ARG …] | @ | -]",
    .summary = "ask all that is known, in Datalog; with proofs",
    .run = command_datalog,
};

static const struct command command_relations = {
    .name = "relations",
    .arguments = "[OPTIONS] [NAME]",
    .summary = "the relations and rules that can be asked, or all of one",
    .run = command_datalog,
};

static const struct command command_test = {
    .name = "test",
    .arguments = "[OPTIONS] FILE…",
    .summary = "try rules on what a file says, with time moved by hand",
    .run = command_datalog,
};

static const struct command command_forget = {
    .name = "forget",
    .arguments = "[OPTIONS] HOST [TAG]",
    .summary = "remove all that is known of a host, or of a tag of it",
    .run = command_look,
};

static const struct command command_spool = {
    .name = "spool",
    .arguments = "[OPTIONS] [list | show ID | flush]",
    .summary = "what waits on this machine to be delivered, and why",
    .run = command_look,
};

static const struct command command_dead = {
    .name = "dead",
    .arguments = "list | show N | retry N… | drop N…",
    .summary = "the messages that the server could not read or handle",
    .run = command_look,
};

static const struct command command_export = {
    .name = "export",
    .arguments = "[OPTIONS]",
    .summary = "every message that the server holds, a line of JSON each",
    .run = command_look,
};

static const struct command command_import = {
    .name = "import",
    .arguments = "[OPTIONS] [FILE …]",
    .summary = "give the server what another one exported",
    .run = command_look,
};

static const struct command command_plugin = {
    .name = "plugin",
    .arguments = "new NAME | test FILE | list",
    .summary = "write a plugin, try one, list those that are there",
    .run = command_look,
};

const struct command *const commands[] = {
    &command_run,
    &command_bark,
    &command_check,
    &command_join,
    &command_list,
    &command_status,
    &command_show,
    &command_alerts,
    &command_why,
    &command_why_not,
    &command_told,
    &command_digest,
    &command_ack,
    &command_silence,
    &command_silences,
    &command_host,
    &command_facts,
    &command_readings,
    &command_ask,
    &command_relations,
    &command_test,
    &command_replay,
    &command_forget,
    &command_export,
    &command_import,
    &command_dead,
    &command_spool,
    &command_monitors,
    &command_plugin,
    &command_help,
    NULL,
};

#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

const struct command *command_find(const char *name)
{
    const char *names[COMMAND_COUNT] = {0};
    char hint[80];
    for (size_t i = 0; commands[i]; i++) {
        names[i] = commands[i]->name;
        if (strcmp(names[i], name) == 0)
            return commands[i];
    }
    suggest_text(name, names, hint, sizeof hint);
    say("no command is called %.60s%s", name, hint[0] ? hint : "; see sheepdog help");
    return NULL;
}
