// SPDX-License-Identifier: GPL-3.0-or-later
/* test - plays files that say what rules are to make of what happens. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "ask/ask.h"
#include "ask/exam.h"
#include "base/json.h"
#include "base/say.h"
#include "look/look.h"

struct test_options {
    bool json;
};

static const struct option_row option_rows[] = {
    {0, "json", NULL, OPTION_FLAG, offsetof(struct test_options, json),
     "as one JSON object"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

/* ---- for people ---- */

static void print_why(const char *lines)
{
    while (*lines) {
        size_t size = strcspn(lines, "\n");
        printf("      %.*s\n", (int)size, lines);
        lines += size + (lines[size] == '\n');
    }
}

static void print_fault(void *context UNUSED, const struct exam_fault *fault)
{
    printf("%s:%d:%d: %s:\n", fault->path, fault->line, fault->column, fault->form);
    for (size_t i = 0; i < fault->missing.count; i++)
        printf("  wanted, not found: %s\n", fault->missing.items[i]);
    for (size_t i = 0; i < fault->surplus.count; i++) {
        printf("  found, not wanted: %s\n", fault->surplus.items[i]);
        print_why(fault->why.items[i]);
    }
}

/* ---- as JSON ---- */

static void put_texts(const char *name, const struct texts *texts, struct strbuf *json)
{
    json_name(json, name);
    json_open(json, '[');
    for (size_t i = 0; i < texts->count; i++) {
        json_comma(json);
        json_text(json, texts->items[i], strlen(texts->items[i]));
    }
    json_close(json, ']');
}

static void put_fault(void *context, const struct exam_fault *fault)
{
    struct strbuf *json = context;
    json_comma(json);
    json_open(json, '{');
    json_field_text(json, "file", fault->path);
    json_field_number(json, "line", fault->line);
    json_field_number(json, "column", fault->column);
    json_field_text(json, "form", fault->form);
    put_texts("missing", &fault->missing, json);
    put_texts("surplus", &fault->surplus, json);
    put_texts("why", &fault->why, json);
    json_close(json, '}');
}

/* ---- the call ---- */

/* 0 or negative: a file could not be played; the others are. */
static int run_all(const struct words *files, struct strbuf *json,
                   struct exam_result *ret)
{
    int worst = 0;
    for (size_t i = 0; i < files->count; i++) {
        struct error err;
        int rc =
            exam_run(files->items[i], json ? put_fault : print_fault, json, ret, &err);
        if (rc < 0) {
            fflush(stdout);
            say("%s", err.text);
            worst = rc;
        }
    }
    return worst;
}

static int run(int argc, char **argv)
{
    struct test_options options = {0};
    struct exam_result result = {0};
    AUTO(strbuf) struct strbuf json = {0};
    struct words files;
    struct error err;
    int exit_status = look_begin_words(&ask_test, argc, argv, &options, &files);
    if (exit_status >= 0)
        return exit_status;
    if (files.count == 0) {
        error_set(&err, -EINVAL, "a file is missing");
        return look_refuse(&ask_test, &err);
    }
    json_open(&json, '{');
    json_name(&json, "faults");
    json_open(&json, '[');
    int rc = run_all(&files, options.json ? &json : NULL, &result);
    json_close(&json, ']');
    json_field_number(&json, "passed", (int64_t)result.passed);
    json_field_number(&json, "failed", (int64_t)result.failed);
    json_close(&json, '}');
    if (options.json)
        puts(strbuf_text(&json));
    else
        printf("%zu passed, %zu failed\n", result.passed, result.failed);
    return rc < 0 ? EXIT_USAGE : result.failed > 0 ? EXIT_FAILED : EXIT_OK;
}

const struct command ask_test = {
    .name = "test",
    .arguments = "[OPTIONS] FILE…",
    .summary = "try rules on what a file says, with time moved by hand",
    .options = option_rows,
    .run = run,
};
