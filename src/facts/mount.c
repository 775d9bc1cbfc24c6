// SPDX-License-Identifier: GPL-3.0-or-later
/* mount - what is mounted where, and how; see lasting.h for what is left out. */
#include <string.h>

#include "base/memory.h"
#include "base/strbuf.h"
#include "facts/facts.h"
#include "facts/lasting.h"

extern const struct fact_source source_mount;

/* Those of the mount, and behind them those of its file system that it has not. */
static char *join_options(const struct mount *mount)
{
    AUTO(strbuf) struct strbuf options = {0};
    AUTO(str) char *own = text_copy(mount->own_options);
    char *rest = own;
    strbuf_puts(&options, mount->options);
    for (char *word; (word = strsep(&rest, ",")) != NULL;)
        if (word[0] && !mount_has_option(mount->options, word))
            strbuf_printf(&options, ",%s", word);
    return strbuf_take(&options);
}

static int collect(const char *root, struct rows *ret, struct error *err)
{
    AUTO(mounts) struct mounts mounts = {0};
    int rc = lasting_read(root, &mounts, err);
    for (size_t i = 0; rc == 0 && i < mounts.count; i++) {
        const struct mount *mount = &mounts.items[i];
        AUTO(str) char *options = join_options(mount);
        if (lasting_is(mount))
            rows_add(ret, 4,
                     (const char *const[]){mount->place, mount->source, mount->type,
                                           options});
    }
    return rc;
}

static const char *const columns[] = {"mount text key", "device text", "type text",
                                      "options text", NULL};
static const char *const watched[] = {"/etc/fstab", NULL};

const struct fact_source source_mount = {
    .name = "mount",
    .help = "what is mounted where, of disks and of servers",
    .columns = columns,
    .watched = watched,
    .collect = collect,
};
