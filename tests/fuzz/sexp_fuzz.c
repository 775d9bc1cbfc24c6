// SPDX-License-Identifier: GPL-3.0-or-later
/* sexp_fuzz - any text as a configuration: read or refused in one line with its place,
 * within its bounds, and freed whole. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "config/config.h"
#include "config/sexp.h"

#define DEPTH_MAX 64

static void check_text(const struct sexp *sexp)
{
    assert(sexp->text && !sexp->items);
    assert(utf8_is_valid(sexp->text, strlen(sexp->text)));
    assert(sexp->type != SEXP_SYMBOL || sexp->text[0] != '\0');
    if (sexp->type == SEXP_BOOLEAN)
        assert(strcmp(sexp->text, "#t") == 0 || strcmp(sexp->text, "#f") == 0);
}

static void check_tree(const struct sexp *sexp, int depth)
{
    char words[80];
    assert(depth <= DEPTH_MAX + 1 && sexp->line > 0 && sexp->column > 0);
    assert(sexp_describe(sexp, words, sizeof words)[0] != '\0');
    if (sexp->type != SEXP_LIST)
        check_text(sexp);
    for (size_t i = 0; i < sexp->count; i++)
        check_tree(&sexp->items[i], depth + 1);
}

static void check_error(const struct error *err)
{
    int line, column;
    size_t size = strlen(err->text);
    const char *place = strncmp(err->text, "conf:", 5) == 0 ? err->text + 5 : err->text;
    assert(sscanf(place, "%d:%d: ", &line, &column) == 2 && line > 0 && column > 0);
    assert(utf8_is_valid(err->text, size) && !strchr(err->text, '\n'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(sexp) struct sexp *sexp = NULL;
    struct error err = {0};
    bool reads = sexp_parse((const char *)data, size, &sexp, &err) == 0;
    assert(reads == (sexp != NULL));
    if (reads)
        check_tree(sexp, 0);
    else
        check_error(&err);

    AUTO(config) struct config *config = NULL;
    if (config_parse("conf", (const char *)data, size, &config, &err) < 0) {
        assert(!config);
        check_error(&err);
        return 0;
    }
    assert(reads && config->port >= 1 && config->port <= 65535 &&
           config->patience >= 0);
    return 0;
}
