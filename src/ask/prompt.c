// SPDX-License-Identifier: GPL-3.0-or-later
/* prompt - questions typed one after the other. Lines are gathered until a question is
 * whole; a line that begins with a dot and a command's name is one. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <readline/readline.h>

#include "ask/ask.h"
#include "ask/complete.h"
#include "ask/history.h"
#include "ask/interrupt.h"
#include "base/memory.h"
#include "base/say.h"
#include "base/suggest.h"
#include "datalog/functors.h"

#define PROMPT    "sheepdog> "
#define GOES_ON   "       -> "
#define WORDS_MAX 32 /* of a saved question with its arguments */

struct prompt {
    struct asking *asking;
    struct strbuf pending; /* the lines of a question that is not whole */
    char *last;            /* what was asked last; NULL */
    bool is_over;
};

/* readline hands a line to a function without a context. */
static struct prompt *current;

/* ---- asking ---- */

/* Blanks part words; within double quotes they do not. */
static struct words split(char *line, char **items)
{
    struct words words = {.items = items};
    bool is_quoted = false, is_word = false;
    for (; *line; line++) {
        bool is_gap = !is_quoted && strchr(" \t\n", *line);
        is_quoted ^= *line == '"';
        if (is_gap)
            *line = '\0';
        else if (!is_word && words.count < WORDS_MAX)
            items[words.count++] = line;
        is_word = !is_gap;
    }
    return words;
}

static int ask(struct prompt *prompt, const char *text, enum wanted wanted)
{
    if (text[0] != '@')
        return ask_one(prompt->asking, text, wanted);
    char *items[WORDS_MAX];
    AUTO(str) char *line = text_copy(text);
    const struct words words = split(line, items);
    return ask_saved(prompt->asking, &words, wanted);
}

static void ask_again(struct prompt *prompt, enum wanted wanted)
{
    if (prompt->last)
        ask(prompt, prompt->last, wanted);
    else
        say("nothing was asked yet");
}

/* Rules alone ask nothing: they stay, for the questions that follow. */
static bool is_rules(const struct asking *asking, const char *text)
{
    AUTO(program) struct program *program = program_new();
    AUTO(complaint) struct complaint complaint = {0};
    return text[0] != '@' &&
           pieces_parse(&asking->pieces, program, PARSE_RULES, &complaint) == 0 &&
           parse_text(program, "question", text, strlen(text), PARSE_ASKED,
                      &complaint) == 0 &&
           !program->question;
}

static void take_question(struct prompt *prompt, const char *text)
{
    history_put(text);
    if (is_rules(prompt->asking, text)) {
        pieces_add(&prompt->asking->pieces, text);
        return;
    }
    free(prompt->last);
    prompt->last = text_copy(text);
    ask(prompt, text, WANTED_ROWS);
}

/* ---- the commands ---- */

static void help(struct prompt *prompt, const char *rest);

static void relations(struct prompt *prompt, const char *rest)
{
    relations_print(prompt->asking, *rest ? rest : NULL);
}

static void rules(struct prompt *prompt, const char *rest UNUSED)
{
    json_auto_t *answer = NULL;
    AUTO(complaint) struct complaint complaint = {0};
    AUTO(strbuf) struct strbuf text = {0};
    const struct oracle *oracle = &prompt->asking->oracle;
    struct screen screen = screen_find();
    if (oracle->rules(oracle->state, &prompt->asking->pieces, &answer, &complaint) < 0)
        answer_complain(&complaint);
    answer_format_names(json_object_get(answer, "rules"), "RULE", &screen, &text);
    strbuf_puts(&text, text.size > 0 ? "\n" : "");
    answer_format_names(json_object_get(answer, "questions"), "QUESTION", &screen,
                        &text);
    fputs(strbuf_text(&text), stdout);
}

/* One that cannot be read is not taken: all later questions would be wrong. */
static void load(struct prompt *prompt, const char *rest)
{
    AUTO(pieces) struct pieces piece = {0};
    AUTO(program) struct program *program = program_new();
    AUTO(complaint) struct complaint complaint = {0};
    int rc = pieces_load(&piece, rest, &complaint);
    if (rc == 0)
        rc = pieces_parse(&piece, program, PARSE_RULES, &complaint);
    if (rc == 0)
        rc = pieces_load(&prompt->asking->pieces, rest, &complaint);
    if (rc < 0)
        answer_complain(&complaint);
    for (size_t i = 0; rc == 0 && i < program->predicate_count; i++)
        complete_add_word(program->predicates[i]->name);
}

static void forget(struct prompt *prompt, const char *rest UNUSED)
{
    pieces_clear(&prompt->asking->pieces);
}

static void why(struct prompt *prompt, const char *rest UNUSED)
{
    ask_again(prompt, WANTED_PROOFS);
}

static void why_not(struct prompt *prompt, const char *rest)
{
    ask_one(prompt->asking, rest, WANTED_WHY_NOT);
}

static void sql(struct prompt *prompt, const char *rest UNUSED)
{
    ask_again(prompt, WANTED_SQL);
}

static void plan(struct prompt *prompt, const char *rest UNUSED)
{
    ask_again(prompt, WANTED_PLAN);
}

static void quit(struct prompt *prompt, const char *rest UNUSED)
{
    prompt->is_over = true;
}

/* The table is also the help. */
static const struct prompt_command {
    const char *name;
    const char *argument; /* NULL: none; in brackets: it may lack */
    const char *help;
    void (*run)(struct prompt *prompt, const char *rest);
} prompt_commands[] = {
    {".help", NULL, "this", help},
    {".relations", "[NAME]", "what can be asked, or all that is known of one",
     relations},
    {".rules", NULL, "the rules and the saved questions", rules},
    {".load", "FILE", "rules from a file, for the questions that follow", load},
    {".forget", NULL, "all rules that were loaded or typed", forget},
    {".why", NULL, "the proofs of the last answer", why},
    {".why-not", "ATOM", "why it does not hold", why_not},
    {".sql", NULL, "the SQL of the last question", sql},
    {".plan", NULL, "what SQLite makes of it", plan},
    {".quit", NULL, "the end; ^D too", quit},
};

#define COMMANDS (sizeof prompt_commands / sizeof *prompt_commands)

static void help(struct prompt *prompt UNUSED, const char *rest UNUSED)
{
    puts("A question, such as\n\n"
         "  host{host: h}, !interruption{host: h}\n\n"
         "or rules, which stay; a line that is not whole goes on in the next. @ lists "
         "the\nsaved questions, @NAME ARG … asks one. ^C ends what is asked.\n");
    for (size_t i = 0; i < COMMANDS; i++) {
        const struct prompt_command *command = &prompt_commands[i];
        AUTO(str)
        char *call = text_format("%s %s", command->name,
                                 command->argument ? command->argument : "");
        printf("  %-18s %s\n", call, command->help);
    }
}

static const struct prompt_command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(prompt_commands[i].name, name) == 0)
            return &prompt_commands[i];
    return NULL;
}

static void fail_unknown(const char *name)
{
    const char *names[COMMANDS + 1] = {0};
    char hint[80];
    for (size_t i = 0; i < COMMANDS; i++)
        names[i] = prompt_commands[i].name;
    suggest_text(name, names, hint, sizeof hint);
    say("no command is called %.40s%s", name, *hint ? hint : "; see .help");
}

/* .decl and its like belong to the language. */
static bool is_language(const char *name)
{
    static const char *const directives[] = {".decl", ".type", ".question"};
    for (size_t i = 0; i < sizeof directives / sizeof *directives; i++)
        if (strcmp(directives[i], name) == 0)
            return true;
    return false;
}

static void take_command(struct prompt *prompt, const char *name, const char *rest)
{
    const struct prompt_command *command = find_command(name);
    bool is_needed = command && command->argument && command->argument[0] != '[';
    if (!command)
        fail_unknown(name);
    else if (is_needed && !*rest)
        say("%s: expected %s", name, command->argument);
    else
        command->run(prompt, rest);
}

/* ---- lines ---- */

static bool is_blank(const char *line)
{
    return line[strspn(line, " \t\n")] == '\0';
}

static bool run_if_command(struct prompt *prompt, const char *line)
{
    size_t length = strcspn(line, " \t");
    AUTO(str) char *name = memory_copy(line, length);
    if (line[0] != '.' || is_language(name))
        return false;
    AUTO(str) char *rest = text_copy(line + length + strspn(line + length, " \t"));
    for (size_t size = strlen(rest); size > 0 && strchr(" \t", rest[size - 1]);)
        rest[--size] = '\0';
    history_put(line);
    take_command(prompt, name, rest);
    return true;
}

static void take(struct prompt *prompt, const char *line)
{
    if (prompt->pending.size == 0 && (is_blank(line) || run_if_command(prompt, line)))
        return;
    strbuf_printf(&prompt->pending, "%s%s", prompt->pending.size > 0 ? "\n" : "", line);
    if (prompt->pending.data[0] != '@' &&
        !parse_is_complete(strbuf_text(&prompt->pending)))
        return;
    AUTO(str) char *text = strbuf_take(&prompt->pending);
    take_question(prompt, text);
}

/* It is ours. NULL: ^D. */
static void take_line(char *line)
{
    struct prompt *prompt = current;
    prompt->is_over = !line;
    if (line)
        take(prompt, line);
    else
        putchar('\n');
    free(line);
    fflush(stdout);
    if (prompt->is_over)
        rl_callback_handler_remove();
    else
        rl_set_prompt(prompt->pending.size > 0 ? GOES_ON : PROMPT);
}

/* ^C: what was typed is gone, and the prompt is there again. */
static void drop_line(struct prompt *prompt)
{
    strbuf_clear(&prompt->pending);
    rl_free_line_state();
    rl_callback_sigcleanup();
    rl_replace_line("", 0);
    puts("^C");
    rl_set_prompt(PROMPT);
    rl_on_new_line();
    rl_redisplay();
}

/* What cannot be fetched is not completed; the first question says why. */
static void fill_words(struct asking *asking)
{
    const struct oracle *oracle = &asking->oracle;
    json_auto_t *relations_known = NULL, *rules_known = NULL;
    AUTO(complaint) struct complaint complaint = {0};
    if (oracle->relations(oracle->state, &relations_known, &complaint) == 0)
        complete_add(relations_known);
    if (oracle->rules(oracle->state, &asking->pieces, &rules_known, &complaint) == 0)
        complete_add(rules_known);
    else
        answer_complain(&complaint);
    for (const char *const *name = functor_names(); *name; name++)
        if (name[0][0] >= 'a' && name[0][0] <= 'z')
            complete_add_word(*name);
    for (size_t i = 0; i < COMMANDS; i++)
        complete_add_word(prompt_commands[i].name);
}

int prompt_run(struct asking *asking)
{
    struct prompt prompt = {.asking = asking};
    interrupt_take();
    history_open();
    fill_words(asking);
    complete_start();
    puts("sheepdog " VERSION "; .help tells what can be said, ^D ends");
    current = &prompt;
    rl_catch_signals = 0;
    rl_readline_name = "sheepdog";
    rl_callback_handler_install(PROMPT, take_line);
    while (!prompt.is_over)
        if (interrupt_wait(STDIN_FILENO))
            rl_callback_read_char();
        else
            drop_line(&prompt);
    history_close();
    complete_stop();
    strbuf_clear(&prompt.pending);
    free(prompt.last);
    return EXIT_OK;
}
