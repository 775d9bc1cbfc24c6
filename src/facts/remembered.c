// SPDX-License-Identifier: GPL-3.0-or-later
/* remembered - lines of values parted by tabs, and in the last line the sum of all
 * before it:
 *
 *     facts 1795332188123 7
 *     package  name text  version version
 *     nginx  1.22.1-9
 *     end 1 8c5f00d2b9a1e7f4
 *
 * A value has \t \n \\ for what would part it, and is \0 where it is not known. */
#include "facts/remembered.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "facts/machine.h"

#define MARK          "mark"
#define SUFFIX        ".rows"
#define FILE_SIZE_MAX (256 << 20) /* bytes of a file */
#define NUMBER        "%" SCNd64

/* FNV-1a */
static uint64_t sum_of(const char *bytes, size_t size)
{
    uint64_t sum = 0xcbf29ce484222325;
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ (unsigned char)bytes[i]) * 0x100000001b3;
    return sum;
}

static int fail_damaged(const char *folder, const char *name, struct error *err)
{
    return error_set(err, -EBADMSG, "%s/%s: it is damaged", folder, name);
}

/* Reads a file, and takes off the last line: its count is given. */
static int read_summed(const char *folder, const char *name, struct strbuf *text,
                       size_t *ret_count, struct error *err)
{
    AUTO(str) char *path = text_format("%s/%s", folder, name);
    uint64_t sum;
    int rc = files_read(path, FILE_SIZE_MAX, text, err);
    if (rc < 0)
        return rc == -EFBIG ? -EBADMSG : rc;
    size_t end = text->size;
    if (end < 2 || text->data[end - 1] != '\n' || strlen(text->data) != end)
        return fail_damaged(folder, name, err);
    for (end--; end > 0 && text->data[end - 1] != '\n';)
        end--;
    if (sscanf(text->data + end, "end %zu %" SCNx64, ret_count, &sum) != 2 ||
        sum != sum_of(text->data, end))
        return fail_damaged(folder, name, err);
    strbuf_shorten(text, end);
    return 0;
}

static int write_summed(const char *folder, const char *name, struct strbuf *text,
                        size_t count, struct error *err)
{
    uint64_t sum = sum_of(strbuf_text(text), text->size);
    strbuf_printf(text, "end %zu %016" PRIx64 "\n", count, sum);
    return files_put(folder, name, strbuf_text(text), text->size, err);
}

/* ---- the mark ---- */

int mark_read(const char *folder, struct mark *ret, struct error *err)
{
    AUTO(strbuf) struct strbuf text = {0};
    struct mark mark = {0};
    size_t is_due;
    int rc = read_summed(folder, MARK, &text, &is_due, err);
    if (rc < 0)
        return rc;
    if (sscanf(text.data, "mark " NUMBER " " NUMBER, &mark.epoch, &mark.counter) != 2 ||
        mark.epoch < 1 || mark.counter < 0)
        return fail_damaged(folder, MARK, err);
    mark.is_whole_due = is_due > 0;
    *ret = mark;
    return 0;
}

int mark_write(const char *folder, const struct mark *mark, struct error *err)
{
    AUTO(strbuf) struct strbuf text = {0};
    strbuf_printf(&text, "mark %" PRId64 " %" PRId64 "\n", mark->epoch, mark->counter);
    return write_summed(folder, MARK, &text, mark->is_whole_due, err);
}

/* ---- values ---- */

static void put_value(struct strbuf *text, const char *value)
{
    if (!value)
        strbuf_puts(text, "\\0");
    for (; value && *value; value++)
        switch (*value) {
        case '\t':
            strbuf_puts(text, "\\t");
            break;
        case '\n':
            strbuf_puts(text, "\\n");
            break;
        case '\\':
            strbuf_puts(text, "\\\\");
            break;
        default:
            strbuf_putc(text, *value);
        }
}

/* In place; NULL: it is not known. */
static char *take_value(char *value)
{
    char *to = value;
    if (strcmp(value, "\\0") == 0)
        return NULL;
    for (const char *from = value; *from; from++) {
        if (*from == '\\' && from[1]) {
            from++;
            *to++ = *from == 't' ? '\t' : *from == 'n' ? '\n' : *from;
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
    return value;
}

/* ---- a relation ---- */

/* "name text key" */
static bool read_column(char *words, struct relation *relation)
{
    enum column_type type;
    const char *name = strsep(&words, " ");
    const char *type_name = strsep(&words, " ");
    if (!type_name || column_type_parse(type_name, &type) < 0)
        return false;
    relation_add_column(relation, name, type, words && strcmp(words, "key") == 0);
    return true;
}

static bool read_relation(char *line, const char *name, struct remembered *ret)
{
    const char *found = line ? strsep(&line, "\t") : NULL;
    if (!found || strcmp(found, name) != 0)
        return false;
    ret->relation = relation_new(found, NULL);
    for (char *column; (column = strsep(&line, "\t")) != NULL;)
        if (!read_column(column, ret->relation))
            return false;
    return relation_check(ret->relation, NULL) == 0;
}

static bool read_row(char *line, struct remembered *ret)
{
    const char *values[RELATION_COLUMNS_MAX];
    size_t count = 0;
    for (char *value; (value = strsep(&line, "\t")) != NULL; count++) {
        if (count == ret->relation->count)
            return false;
        values[count] = take_value(value);
    }
    if (count != ret->relation->count)
        return false;
    rows_add(&ret->rows, count, values);
    return true;
}

static bool read_all(char *text, const char *name, size_t count, struct remembered *ret)
{
    char *next = text;
    const char *head = strsep(&next, "\n");
    if (sscanf(head, "facts " NUMBER " " NUMBER, &ret->epoch, &ret->counter) != 2)
        return false;
    if (!read_relation(strsep(&next, "\n"), name, ret))
        return false;
    for (size_t i = 0; i < count; i++) {
        char *line = strsep(&next, "\n");
        if (!line || !read_row(line, ret))
            return false;
    }
    return true;
}

int remembered_read(const char *folder, const char *name, struct remembered *ret,
                    struct error *err)
{
    AUTO(str) char *file = text_format("%s" SUFFIX, name);
    AUTO(strbuf) struct strbuf text = {0};
    AUTO(remembered) struct remembered remembered = {0};
    size_t count;
    int rc = read_summed(folder, file, &text, &count, err);
    if (rc < 0)
        return rc;
    if (!read_all(text.data, name, count, &remembered))
        return fail_damaged(folder, file, err);
    *ret = remembered;
    remembered = (struct remembered){0};
    return 0;
}

int remembered_write(const char *folder, const struct remembered *remembered,
                     struct error *err)
{
    const struct relation *relation = remembered->relation;
    AUTO(str) char *file = text_format("%s" SUFFIX, relation->name);
    AUTO(strbuf) struct strbuf text = {0};
    strbuf_printf(&text, "facts %" PRId64 " %" PRId64 "\n%s", remembered->epoch,
                  remembered->counter, relation->name);
    for (size_t i = 0; i < relation->count; i++)
        strbuf_printf(&text, "\t%s %s%s", relation->columns[i].name,
                      column_type_name(relation->columns[i].type),
                      relation->columns[i].is_key ? " key" : "");
    for (size_t i = 0; i < remembered->rows.count; i++)
        for (size_t j = 0; j < relation->count; j++) {
            strbuf_putc(&text, j ? '\t' : '\n');
            put_value(&text, remembered->rows.items[i].values[j]);
        }
    strbuf_putc(&text, '\n');
    return write_summed(folder, file, &text, remembered->rows.count, err);
}

void remembered_clear(struct remembered *remembered)
{
    relation_free(remembered->relation);
    rows_clear(&remembered->rows);
    *remembered = (struct remembered){0};
}

/* ---- the files ---- */

void remembered_remove(const char *folder, const char *name)
{
    AUTO(str) char *path = text_format("%s/%s" SUFFIX, folder, name);
    unlink(path);
}

bool remembered_is_there(const char *folder, const char *name)
{
    AUTO(str) char *path = text_format("%s/%s" SUFFIX, folder, name);
    return access(path, F_OK) == 0;
}

void remembered_list(const char *folder, struct texts *ret)
{
    AUTO(texts) struct texts files = {0};
    machine_list(folder, "", &files);
    for (size_t i = 0; i < files.count; i++) {
        size_t length = strlen(files.items[i]), suffix = strlen(SUFFIX);
        if (length > suffix && strcmp(files.items[i] + length - suffix, SUFFIX) == 0) {
            files.items[i][length - suffix] = '\0';
            texts_add(ret, files.items[i]);
        }
    }
}
