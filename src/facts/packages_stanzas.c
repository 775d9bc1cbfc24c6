// SPDX-License-Identifier: GPL-3.0-or-later
/* packages_stanzas - databases of stanzas: "FIELD: value" lines, an empty line behind
 * each package. dpkg and opkg have them, and apk, whose fields are single letters. */
#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/memory.h"
#include "facts/packages.h"

struct stanza_form {
    const char *name, *version;
    const char *status; /* NULL: what stands there is installed */
};

static const struct stanza_form form_dpkg = {"Package", "Version", "Status"};
static const struct stanza_form form_distroless = {"Package", "Version", NULL};
static const struct stanza_form form_apk = {"P", "V", NULL};

/* One walk through a file. */
struct stanzas {
    struct packages *packages;
    const struct stanza_form *form;
    const char *path;
    size_t start; /* line of this stanza; 0: between two */
    char *name, *version, *status;
};

/* The last word of "install ok installed". What is unpacked is there, though it may not
 * work yet; of what is half installed nobody can say. */
static bool is_installed(const char *status)
{
    static const char *const states[] = {"not-installed", "config-files",
                                         "half-installed", NULL};
    const char *blank = strrchr(status, ' ');
    for (size_t i = 0; states[i]; i++)
        if (strcmp(blank ? blank + 1 : status, states[i]) == 0)
            return false;
    return true;
}

static void clear_stanza(struct stanzas *stanzas)
{
    free(stanzas->name);
    free(stanzas->version);
    free(stanzas->status);
    stanzas->name = stanzas->version = stanzas->status = NULL;
    stanzas->start = 0;
}

static void end_stanza(struct stanzas *stanzas)
{
    bool has_status = stanzas->status || !stanzas->form->status;
    bool is_there = !stanzas->status || is_installed(stanzas->status);
    if (stanzas->start > 0 && is_there) {
        if (stanzas->name && stanzas->version && has_status)
            packages_add(stanzas->packages, stanzas->name, stanzas->version);
        else
            damage_add(&stanzas->packages->damage,
                       "%s: what begins at line %zu is no package", stanzas->path,
                       stanzas->start);
    }
    clear_stanza(stanzas);
}

static char **find_place(struct stanzas *stanzas, const char *field, size_t length)
{
    const struct stanza_form *form = stanzas->form;
    const struct {
        const char *name;
        char **place;
    } fields[] = {{form->name, &stanzas->name},
                  {form->version, &stanzas->version},
                  {form->status, &stanzas->status}};
    for (size_t i = 0; i < 3; i++)
        if (fields[i].name && strlen(fields[i].name) == length &&
            strncmp(fields[i].name, field, length) == 0)
            return fields[i].place;
    return NULL;
}

static void read_line(char *line, size_t number, void *context)
{
    struct stanzas *stanzas = context;
    if (line[0] == '\0') {
        end_stanza(stanzas);
        return;
    }
    if (stanzas->start == 0)
        stanzas->start = number;
    size_t length = strcspn(line, ":");
    char **place = find_place(stanzas, line, length);
    if (!place || line[length] != ':')
        return;
    char *value = line + length + 1;
    value += strspn(value, " \t");
    for (size_t end = strlen(value); end > 0 && isspace((unsigned char)value[end - 1]);)
        value[--end] = '\0';
    free(*place);
    *place = value[0] ? text_copy(value) : NULL;
}

static int read_file(struct packages *packages, const char *path,
                     const struct stanza_form *form, struct error *err)
{
    struct stanzas stanzas = {.packages = packages, .form = form, .path = path};
    int rc = machine_each_line(packages->root, path, read_line, &stanzas, err);
    end_stanza(&stanzas);
    return rc;
}

/* Images without a package manager keep a file a package. */
static int read_distroless(struct packages *packages, struct error *err)
{
    AUTO(texts) struct texts names = {0};
    int rc = 0;
    machine_list(packages->root, "/var/lib/dpkg/status.d", &names);
    for (size_t i = 0; rc == 0 && i < names.count; i++) {
        AUTO(str) char *path = text_format("/var/lib/dpkg/status.d/%s", names.items[i]);
        if (!strstr(path, ".md5sums"))
            rc = read_file(packages, path, &form_distroless, err);
    }
    return rc;
}

int packages_dpkg(struct packages *packages, struct error *err)
{
    int rc = read_file(packages, "/var/lib/dpkg/status", &form_dpkg, err);
    return rc < 0 ? rc : read_distroless(packages, err);
}

int packages_apk(struct packages *packages, struct error *err)
{
    return read_file(packages, "/lib/apk/db/installed", &form_apk, err);
}

/* /opt: Entware, beside whatever the device came with. */
int packages_opkg(struct packages *packages, struct error *err)
{
    static const char *const paths[] = {"/usr/lib/opkg/status", "/opt/lib/opkg/status",
                                        "/var/lib/opkg/status", NULL};
    int rc = 0;
    for (size_t i = 0; rc == 0 && paths[i]; i++)
        rc = read_file(packages, paths[i], &form_dpkg, err);
    return rc;
}
