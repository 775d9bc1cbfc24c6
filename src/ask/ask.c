// SPDX-License-Identifier: GPL-3.0-or-later
/* ask - one question, a saved one, a program, or the prompt. */
#include "ask/ask.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/say.h"
#include "command/options.h"
#include "config/config.h"
#include "datalog/value.h"
#include "look/fetch.h"
#include "look/look.h"
#include "look/when.h"
#include "replay/replay.h"

struct ask_options {
    const char *conf, *facts, *output, *why_not, *since, *now;
    struct texts files;
    int64_t limit, timeout, memory, rows;
    bool json, csv, count, why, sql, plan;
};

static void ask_options_clear(struct ask_options *options)
{
    texts_clear(&options->files);
}
AUTO_DEFINE_CLEAR(ask_options)

#define AT(member) offsetof(struct ask_options, member)

static const struct option_row ask_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf), "the configuration to read"},
    {0, "json", NULL, OPTION_FLAG, AT(json), "as one JSON array"},
    {0, "csv", NULL, OPTION_FLAG, AT(csv), "as CSV"},
    {0, "count", NULL, OPTION_FLAG, AT(count), "how many rows there are"},
    {0, "limit", "N", OPTION_NUMBER, AT(limit), "N rows at most"},
    {0, "since", "TIME", OPTION_TEXT, AT(since), "of what was from then on"},
    {0, "why", NULL, OPTION_FLAG, AT(why), "the proof of each row"},
    {0, "why-not", "ATOM", OPTION_TEXT, AT(why_not), "why it does not hold"},
    {0, "sql", NULL, OPTION_FLAG, AT(sql), "the SQL that it becomes"},
    {0, "plan", NULL, OPTION_FLAG, AT(plan), "what SQLite makes of that"},
    {0, "now", "TIME", OPTION_TEXT, AT(now), "what now() means"},
    {0, "timeout", "DURATION", OPTION_DURATION, AT(timeout), "give up after that"},
    {'f', "file", "FILE", OPTION_TEXTS, AT(files),
     "run this program alone, without a server; several are one"},
    {0, "facts", "FOLDER", OPTION_TEXT, AT(facts), "where its .input is; else here"},
    {'o', "output", "FOLDER", OPTION_TEXT, AT(output),
     "where its .output goes; else here; - is stdout"},
    {0, "memory", "SIZE", OPTION_SIZE, AT(memory),
     "of a program: what its tables take"},
    {0, "rows", "N", OPTION_NUMBER, AT(rows), "of a program: how many rows they have"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

/* ---- the call ---- */

static int check_wishes(const struct ask_options *options, const struct words *words,
                        struct error *err)
{
    int wishes = options->count + options->why + options->sql + options->plan +
                 (options->why_not != NULL);
    if (wishes > 1)
        return error_set(err, -EINVAL,
                         "--count, --why, --why-not, --sql, --plan: which one?");
    if (options->json && options->csv)
        return error_set(err, -EINVAL, "--json, --csv: which one?");
    if (options->why && options->csv)
        return error_set(err, -EINVAL, "a proof is no row of CSV; --json has both");
    if (options->why_not && words->count > 0)
        return error_set(err, -EINVAL, "--why-not asks by itself; found \"%.60s\" too",
                         words->items[0]);
    if (options->files.count == 0 && (options->facts || options->output))
        return error_set(err, -EINVAL, "--facts and -o are for a program: -f FILE");
    if (options->files.count == 0 && (options->memory || options->rows))
        return error_set(err, -EINVAL,
                         "--memory and --rows are for a program, -f FILE; the server "
                         "has limits of its own");
    if (words->count > 1 && words->items[0][0] != '@')
        return error_set(err, -EINVAL,
                         "found \"%.60s\", expected one question; it wants quotes "
                         "from the shell",
                         words->items[1]);
    return 0;
}

static enum wanted find_wanted(const struct ask_options *options)
{
    return options->why       ? WANTED_PROOFS
           : options->count   ? WANTED_COUNT
           : options->why_not ? WANTED_WHY_NOT
           : options->sql     ? WANTED_SQL
           : options->plan    ? WANTED_PLAN
                              : WANTED_ROWS;
}

static int read_call(const struct ask_options *options, const struct words *words,
                     struct asking *ret, struct error *err)
{
    int64_t now = clock_now();
    int rc = check_wishes(options, words, err);
    if (rc == 0)
        rc = when_parse_option("--since", options->since, now, &ret->question.since,
                               err);
    if (rc == 0)
        rc = when_parse_option("--now", options->now, now, &ret->question.now, err);
    ret->question.limit = options->limit;
    ret->question.timeout = options->timeout;
    ret->question.wanted = find_wanted(options);
    ret->form = options->json ? ANSWER_JSON : options->csv ? ANSWER_CSV : ANSWER_TABLE;
    return rc;
}

/* ---- asking ---- */

void asking_clear(struct asking *asking)
{
    if (asking->oracle.close)
        asking->oracle.close(asking->oracle.state);
    pieces_clear(&asking->pieces);
    *asking = (struct asking){0};
}

static void print(const struct asking *asking, const struct question *question,
                  const json_t *answer)
{
    struct screen screen = screen_find();
    AUTO(strbuf) struct strbuf text = {0};
    answer_format(answer, question->wanted, asking->form, &screen, &text);
    fwrite(strbuf_text(&text), 1, text.size, stdout);
    if (json_is_true(json_object_get(answer, "more"))) {
        fflush(stdout);
        say("these are the first %zu; --limit N shows more",
            json_array_size(json_object_get(answer, "rows")));
    }
}

static int ask(struct asking *asking, const struct question *question)
{
    json_auto_t *answer = NULL;
    AUTO(complaint) struct complaint complaint = {0};
    int rc = asking->oracle.ask(asking->oracle.state, &asking->pieces, question,
                                &answer, &complaint);
    if (rc == -EINTR)
        say("stopped");
    else if (rc < 0)
        answer_complain(&complaint);
    else if (answer)
        print(asking, question, answer);
    return rc;
}

void ask_put_text(struct strbuf *question, const char *text)
{
    struct value value = {.type = TYPE_TEXT, .text = text};
    value_put_source(&value, question);
}

int ask_one(struct asking *asking, const char *text, enum wanted wanted)
{
    struct question question = asking->question;
    question.text = text;
    question.wanted = wanted;
    return ask(asking, &question);
}

static int list_saved(struct asking *asking)
{
    json_auto_t *answer = NULL;
    AUTO(complaint) struct complaint complaint = {0};
    AUTO(strbuf) struct strbuf text = {0};
    struct screen screen = screen_find();
    int rc = asking->oracle.rules(asking->oracle.state, &asking->pieces, &answer,
                                  &complaint);
    const json_t *questions = json_object_get(answer, "questions");
    if (rc < 0)
        answer_complain(&complaint);
    else if (asking->form == ANSWER_JSON)
        fetch_print(questions);
    else
        answer_format_names(questions, "QUESTION", &screen, &text);
    fputs(strbuf_text(&text), stdout);
    return rc;
}

int ask_saved(struct asking *asking, const struct words *words, enum wanted wanted)
{
    struct question question = asking->question;
    question.saved = words->items[0] + 1;
    question.args = words->items + 1;
    question.arg_count = words->count - 1;
    question.wanted = wanted;
    return *question.saved ? ask(asking, &question) : list_saved(asking);
}

/* "-": the question is what stdin has. */
static int ask_stdin(struct asking *asking)
{
    AUTO(pieces) struct pieces input = {0};
    AUTO(complaint) struct complaint complaint = {0};
    int rc = pieces_load(&input, "-", &complaint);
    if (rc == 0)
        return ask_one(asking, input.items[0].text, asking->question.wanted);
    answer_complain(&complaint);
    return rc;
}

static int ask_words(struct asking *asking, const struct words *words)
{
    const char *word = words->count > 0 ? words->items[0] : NULL;
    if (word && word[0] == '@')
        return ask_saved(asking, words, asking->question.wanted);
    if (word && strcmp(word, "-") == 0)
        return ask_stdin(asking);
    return ask_one(asking, word, asking->question.wanted);
}

/* ---- where ---- */

static int load(const struct texts *files, struct pieces *pieces)
{
    AUTO(complaint) struct complaint complaint = {0};
    for (size_t i = 0; i < files->count; i++) {
        int rc = pieces_load(pieces, files->items[i], &complaint);
        if (rc < 0) {
            answer_complain(&complaint);
            return rc;
        }
    }
    return 0;
}

static int open_oracle(const struct ask_options *options, struct oracle *ret)
{
    struct error err;
    if (options->files.count > 0) {
        const struct alone_settings settings = {
            .facts = options->facts ? options->facts : ".",
            .output = options->output ? options->output : ".",
            .memory = options->memory,
            .rows = options->rows,
        };
        oracle_open_alone(&settings, ret);
        return 0;
    }
    int rc = oracle_open_server(options->conf, ret, &err);
    if (rc < 0)
        say("%s", err.text);
    return rc;
}

/* Whether a program asks something itself, or writes: then it is no prompt's. */
static bool is_busy(const struct pieces *pieces)
{
    AUTO(program) struct program *program = program_new();
    AUTO(complaint) struct complaint complaint = {0};
    return pieces_parse(pieces, program, PARSE_ASKED, &complaint) < 0 ||
           program->question || program->directive_count > 0;
}

static bool wants_prompt(const struct asking *asking, const struct words *words)
{
    return words->count == 0 && asking->question.wanted == WANTED_ROWS &&
           isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && !is_busy(&asking->pieces);
}

static int exit_status_of(int rc)
{
    return rc == 0 ? EXIT_OK : rc == -EINVAL ? EXIT_USAGE : EXIT_FAILED;
}

static int answer_call(struct asking *asking, const struct ask_options *options,
                       const struct words *words)
{
    if (wants_prompt(asking, words))
        return prompt_run(asking);
    if (options->why_not)
        return exit_status_of(ask_one(asking, options->why_not, WANTED_WHY_NOT));
    if (words->count == 0 && asking->pieces.count == 0) {
        struct error err;
        error_set(&err, -EINVAL,
                  "a question is missing; on a terminal there is a "
                  "prompt, and - reads stdin");
        return look_refuse(&ask_ask, &err);
    }
    return exit_status_of(ask_words(asking, words));
}

static int run(int argc, char **argv)
{
    AUTO(ask_options) struct ask_options options = {.limit = -1};
    AUTO(asking) struct asking asking = {0};
    struct words words;
    struct error err;
    int exit_status = look_begin_words(&ask_ask, argc, argv, &options, &words);
    if (exit_status >= 0)
        return exit_status;
    if (read_call(&options, &words, &asking, &err) < 0)
        return look_refuse(&ask_ask, &err);
    if (load(&options.files, &asking.pieces) < 0 ||
        open_oracle(&options, &asking.oracle) < 0)
        return EXIT_FAILED;
    return answer_call(&asking, &options, &words);
}

const struct command ask_ask = {
    .name = "ask",
    .arguments = "[OPTIONS] [QUESTION | @NAME [ARG …] | @ | -]",
    .summary = "ask all that is known, in Datalog; with proofs",
    .options = ask_rows,
    .run = run,
};

/* The commands of sheepdog-ask. To add one: write ask/NAME.c, name it in ask.h and
 * below, and give it a row in commands.c. */
const struct command *const asks[] = {
    &ask_ask, &ask_relations, &ask_test, &replay_command, &ask_why, &ask_why_not, NULL};
