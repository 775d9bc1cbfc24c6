// SPDX-License-Identifier: GPL-3.0-or-later
/* library - each file is read with those before it; with one that fails they are read
 * anew, without it. */
#include "rules/library.h"

#include <dirent.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/program.h"
#include "base/trusted.h"
#include "datalog/check.h"
#include "datalog/parse.h"

#define FILE_SIZE_MAX ((size_t)1 << 20)

/* Whose a folder of rules is. */
enum origin {
    ORIGIN_OURS,    /* they come with us */
    ORIGIN_DEFAULT, /* it need not be there */
    ORIGIN_NAMED,
    ORIGIN_TRIED,
};

struct rule_file {
    char *path, *text;
    const char *name; /* in what is said of it; within the path */
    size_t size;
    enum origin origin;
};

/* What a file says something of: a relation, a type, a saved question. */
struct defined {
    char *name;
    size_t file;
};

struct trouble {
    char *file, *why;
};

struct library {
    int shares;
    int64_t number;
    struct rule_file *files;
    size_t count;
    struct defined *names; /* by name */
    size_t name_count;
    bool *needs; /* count a file, one each of the others: it names what that defines */
    struct trouble *troubles;
    size_t trouble_count;
};

static void add_trouble(struct library *library, const char *file, const char *why)
{
    size_t size = (library->trouble_count + 1) * sizeof *library->troubles;
    library->troubles = memory_resize(library->troubles, size);
    library->troubles[library->trouble_count++] =
        (struct trouble){.file = text_copy(file), .why = text_copy(why)};
}

/* ---- reading ---- */

/* is_wanted NULL: all. */
static int read_some(const struct library *library, const bool *is_wanted,
                     struct program *program, struct complaint *complaint)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < library->count; i++) {
        const struct rule_file *file = &library->files[i];
        if (!is_wanted || is_wanted[i])
            rc = parse_text(program, file->name, file->text, file->size, PARSE_RULES,
                            complaint);
    }
    return rc;
}

int library_read(const struct library *library, struct program *program,
                 struct complaint *complaint)
{
    return read_some(library, NULL, program, complaint);
}

/* ---- what is wanted ---- */

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_?"

static int compare_names(const void *one, const void *other)
{
    return strcmp(((const struct defined *)one)->name,
                  ((const struct defined *)other)->name);
}

/* Those of all words of a text, a comment's too. */
static void want_named(const struct library *library, const char *text, bool *is_wanted)
{
    for (size_t length; *text; text += length) {
        text += strcspn(text, LETTERS);
        length = strspn(text, LETTERS);
        AUTO(str) char *word = text_format("%.*s", (int)length, text);
        const struct defined key = {.name = word};
        const struct defined *found = bsearch(&key, library->names, library->name_count,
                                              sizeof key, compare_names);
        while (found && found > library->names && !compare_names(found - 1, &key))
            found--;
        for (; found && found < library->names + library->name_count &&
               !compare_names(found, &key);
             found++)
            is_wanted[found->file] = true;
    }
}

static void define(struct library *library, const struct program *program,
                   const char *name, const struct place *place)
{
    size_t file = 0;
    while (file < library->count && program->sources[file] != place->source)
        file++;
    if (file == library->count)
        return;
    size_t size = (library->name_count + 1) * sizeof *library->names;
    library->names = memory_resize(library->names, size);
    library->names[library->name_count++] =
        (struct defined){.name = text_copy(name), .file = file};
}

static void define_all(struct library *library, const struct program *program)
{
    for (size_t i = 0; i < program->predicate_count; i++) {
        const struct predicate *predicate = program->predicates[i];
        if (predicate->is_declared)
            define(library, program, predicate->name, &predicate->place);
        for (size_t j = 0; j < predicate->rule_count; j++)
            define(library, program, predicate->name, &predicate->rules[j]->place);
    }
    for (size_t i = 0; i < program->directive_count; i++)
        define(library, program, program->directives[i].name,
               &program->directives[i].place);
    for (size_t i = 0; i < program->type_count; i++)
        define(library, program, program->types[i].name, &program->types[i].place);
    for (size_t i = 0; i < program->question_count; i++)
        define(library, program, program->questions[i].name,
               &program->questions[i].place);
}

static void find_needs(struct library *library)
{
    AUTO(program) struct program *program = program_new();
    AUTO(complaint) struct complaint complaint = {0};
    if (library_read(library, program, &complaint) < 0)
        return;
    define_all(library, program);
    if (library->name_count > 0)
        qsort(library->names, library->name_count, sizeof *library->names,
              compare_names);
    library->needs = memory_new(library->count * library->count + 1);
    for (size_t i = 0; i < library->count; i++)
        want_named(library, library->files[i].text,
                   library->needs + i * library->count);
}

/* And what those need that are wanted. */
static void want_needed(const struct library *library, bool *is_wanted)
{
    bool has_more = true;
    while (has_more) {
        has_more = false;
        for (size_t i = 0; i < library->count; i++)
            for (size_t j = 0; is_wanted[i] && j < library->count; j++) {
                bool is_new = !is_wanted[j] && library->needs[i * library->count + j];
                is_wanted[j] = is_wanted[j] || is_new;
                has_more = has_more || is_new;
            }
    }
}

int library_read_for(const struct library *library, const char *text,
                     struct program *program, struct complaint *complaint)
{
    bool *is_wanted = memory_new(library->count + 1);
    if (library->name_count > 0)
        want_named(library, text, is_wanted);
    want_needed(library, is_wanted);
    int rc = read_some(library, is_wanted, program, complaint);
    free(is_wanted);
    return rc;
}

static int try_reading(const struct library *library, struct complaint *complaint)
{
    AUTO(program) struct program *program = program_new();
    return library_read(library, program, complaint);
}

static void file_clear(struct rule_file *file)
{
    free(file->path);
    free(file->text);
}

static const char *base_name(const char *path)
{
    return strrchr(path, '/') + 1;
}

/* Two folders may have files of one name: those that come with us need no folder. */
static struct rule_file make_file(const char *path, enum origin origin,
                                  struct strbuf *text)
{
    struct rule_file file = {
        .path = text_copy(path), .size = text->size, .origin = origin};
    file.name = origin == ORIGIN_OURS ? base_name(file.path) : file.path;
    file.text = strbuf_take(text);
    return file;
}

/* One of ours gives way to any other, and each to what is tried. */
static bool gives_way(const struct rule_file *file, enum origin to)
{
    if (to == ORIGIN_TRIED)
        return file->origin != ORIGIN_TRIED;
    return file->origin == ORIGIN_OURS && to != ORIGIN_OURS;
}

/* The one in whose place the file stands; the end: it stands by itself. */
static size_t find_place(const struct library *library, const char *path,
                         enum origin origin)
{
    size_t i = 0;
    while (i < library->count &&
           (!gives_way(&library->files[i], origin) ||
            strcmp(base_name(library->files[i].path), base_name(path)) != 0))
        i++;
    return i;
}

/* Where it cannot be read with the others, all stays as it was. */
static void add_text(struct library *library, const char *path, enum origin origin,
                     struct strbuf *text)
{
    AUTO(complaint) struct complaint complaint = {0};
    size_t place = find_place(library, path, origin);
    library->files =
        memory_resize(library->files, (library->count + 1) * sizeof *library->files);
    struct rule_file before =
        place < library->count ? library->files[place] : (struct rule_file){0};
    library->files[place] = make_file(path, origin, text);
    library->count += place == library->count;
    if (try_reading(library, &complaint) == 0) {
        file_clear(&before);
        return;
    }
    AUTO(str) char *why = complaint_line(&complaint);
    add_trouble(library, path, why);
    file_clear(&library->files[place]);
    if (before.path)
        library->files[place] = before;
    else
        library->count--;
}

static void add_file(struct library *library, const char *path, enum origin origin)
{
    AUTO(strbuf) struct strbuf text = {0};
    struct error why = {0};
    int rc = trusted_check(path, &why);
    if (rc == 0)
        rc = files_read(path, FILE_SIZE_MAX, &text, &why);
    if (rc < 0)
        add_trouble(library, path, why.text);
    else
        add_text(library, path, origin, &text);
}

static int is_wanted(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return entry->d_name[0] != '.' && length > 3 &&
           strcmp(entry->d_name + length - 3, ".dl") == 0;
}

static void add_folder(struct library *library, const char *folder, enum origin origin)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, is_wanted, alphasort);
    if (count < 0 && (origin != ORIGIN_DEFAULT || errno != ENOENT)) {
        AUTO(str) char *why = text_format("%s: %s", folder, strerror(errno));
        add_trouble(library, folder, why);
    }
    for (int i = 0; i < count; i++) {
        AUTO(str) char *path = text_format("%s/%s", folder, entries[i]->d_name);
        add_file(library, path, origin);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

/* As they are installed, or beside the sources. */
static int find_own(char **ret, struct error *err)
{
    int rc = program_share("rules", ret, err);
    return rc < 0 && program_share("etc/rules", ret, NULL) == 0 ? 0 : rc;
}

static void add_own(struct library *library)
{
    AUTO(str) char *folder = NULL;
    struct error why = {0};
    if (find_own(&folder, &why) < 0)
        add_trouble(library, "rules", why.text);
    else
        add_folder(library, folder, ORIGIN_OURS);
}

static struct library *new_library(void)
{
    static atomic_llong last;
    struct library *library = memory_new(sizeof *library);
    library->shares = 1;
    library->number = atomic_fetch_add(&last, 1) + 1;
    return library;
}

int64_t library_number(const struct library *library)
{
    return library->number;
}

static void add_named(struct library *library, const struct texts *folders)
{
    for (size_t i = 0; i < folders->count; i++)
        add_folder(library, folders->items[i], ORIGIN_NAMED);
}

static void add_with_ours(struct library *library, const struct texts *folders)
{
    add_own(library);
    if (folders->count == 0)
        add_folder(library, LIBRARY_FOLDER, ORIGIN_DEFAULT);
    add_named(library, folders);
}

struct library *library_load(const struct texts *folders)
{
    struct library *library = new_library();
    add_with_ours(library, folders);
    find_needs(library);
    return library;
}

/* A path that says where it is: with a slash in it. */
static void add_tried(struct library *library, const char *tried)
{
    AUTO(str) char *path = realpath(tried, NULL);
    struct stat status;
    if (!path || stat(path, &status) < 0) {
        AUTO(str) char *why = text_format("%s: %s", tried, strerror(errno));
        add_trouble(library, tried, why);
    } else if (S_ISDIR(status.st_mode)) {
        add_folder(library, path, ORIGIN_TRIED);
    } else {
        add_file(library, path, ORIGIN_TRIED);
    }
}

struct library *library_load_tried(const struct texts *folders,
                                   const struct texts *tried)
{
    struct library *library = new_library();
    add_with_ours(library, folders);
    for (size_t i = 0; i < tried->count; i++)
        add_tried(library, tried->items[i]);
    find_needs(library);
    return library;
}

struct library *library_load_own(void)
{
    struct library *library = new_library();
    add_own(library);
    find_needs(library);
    return library;
}

struct library *library_load_only(const struct texts *folders)
{
    struct library *library = new_library();
    add_named(library, folders);
    find_needs(library);
    return library;
}

/* ---- what is there ---- */

static void stamp_folder(const char *folder, struct strbuf *stamp)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, is_wanted, alphasort);
    strbuf_printf(stamp, "%s %d\n", folder, count);
    for (int i = 0; i < count; i++) {
        AUTO(str) char *path = text_format("%s/%s", folder, entries[i]->d_name);
        struct stat status = {0};
        int rc = stat(path, &status);
        strbuf_printf(stamp, "%s %d %lld %lld %ld %u\n", entries[i]->d_name, rc,
                      (long long)status.st_size, (long long)status.st_mtim.tv_sec,
                      status.st_mtim.tv_nsec, status.st_mode);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

char *library_stamp(const struct texts *folders)
{
    struct strbuf stamp = {0};
    AUTO(str) char *own = NULL;
    if (find_own(&own, NULL) == 0)
        stamp_folder(own, &stamp);
    if (folders->count == 0)
        stamp_folder(LIBRARY_FOLDER, &stamp);
    for (size_t i = 0; i < folders->count; i++)
        stamp_folder(folders->items[i], &stamp);
    return strbuf_take(&stamp);
}

/* ---- shares ---- */

struct library *library_share(struct library *library)
{
    if (library)
        library->shares++;
    return library;
}

void library_free(struct library *library)
{
    if (!library || --library->shares > 0)
        return;
    for (size_t i = 0; i < library->count; i++)
        file_clear(&library->files[i]);
    for (size_t i = 0; i < library->trouble_count; i++) {
        free(library->troubles[i].file);
        free(library->troubles[i].why);
    }
    for (size_t i = 0; i < library->name_count; i++)
        free(library->names[i].name);
    free(library->names);
    free(library->needs);
    free(library->files);
    free(library->troubles);
    free(library);
}

void library_each_trouble(const struct library *library,
                          void (*each)(void *context, const char *file,
                                       const char *why),
                          void *context)
{
    for (size_t i = 0; i < library->trouble_count; i++)
        each(context, library->troubles[i].file, library->troubles[i].why);
}

/* ---- as JSON ---- */

static void put_columns(struct strbuf *json, const char *name,
                        const struct column_declaration *columns, size_t count)
{
    json_name(json, name);
    json_open(json, '[');
    for (size_t i = 0; i < count; i++)
        type_put_json(columns[i].type, columns[i].name, json);
    json_close(json, ']');
}

static void put_origin(struct strbuf *json, const char *help, const struct place *place)
{
    json_field_text(json, "help", help ? help : "");
    json_field_text(json, "file", place->source ? place->source->name : "");
    json_close(json, '}');
}

static void put_rules(const struct program *program, struct strbuf *json)
{
    json_name(json, "rules");
    json_open(json, '[');
    for (size_t i = 0; i < program->predicate_count; i++) {
        const struct predicate *predicate = program->predicates[i];
        if (predicate->rule_count == 0)
            continue;
        json_comma(json);
        json_open(json, '{');
        json_field_text(json, "name", predicate->name);
        put_columns(json, "columns", predicate->columns, predicate->count);
        put_origin(json, predicate->help, &predicate->place);
    }
    json_close(json, ']');
}

static void put_questions(const struct program *program, struct strbuf *json)
{
    json_name(json, "questions");
    json_open(json, '[');
    for (size_t i = 0; i < program->question_count; i++) {
        const struct saved_question *question = &program->questions[i];
        json_comma(json);
        json_open(json, '{');
        json_field_text(json, "name", question->name);
        put_columns(json, "parameters", question->parameters,
                    question->parameter_count);
        put_origin(json, question->help, &question->place);
    }
    json_close(json, ']');
}

static void put_trouble(void *context, const char *file, const char *why)
{
    struct strbuf *json = context;
    json_comma(json);
    json_open(json, '{');
    json_field_text(json, "file", file);
    json_field_text(json, "error", why);
    json_close(json, '}');
}

void library_put_json(const struct library *library, const struct catalogue *catalogue,
                      struct strbuf *json)
{
    AUTO(program) struct program *program = program_new();
    AUTO(complaint) struct complaint complaint = {0};
    struct check_settings settings = {
        .catalogue = catalogue, .now = clock_now(), .everything = true};
    int rc = library_read(library, program, &complaint);
    if (rc == 0)
        rc = check_program(program, &settings, &complaint);
    json_open(json, '{');
    put_rules(program, json);
    put_questions(program, json);
    json_name(json, "trouble");
    json_open(json, '[');
    library_each_trouble(library, put_trouble, json);
    if (rc < 0) {
        AUTO(str) char *why = complaint_line(&complaint);
        put_trouble(json, complaint.name ? complaint.name : "", why);
    }
    json_close(json, ']');
    json_close(json, '}');
}
