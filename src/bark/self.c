// SPDX-License-Identifier: GPL-3.0-or-later
/* self - asked only when there is something to tell. */
#include "bark/self.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bark/tag.h"
#include "base/auto.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/zone.h"

#define ZONE_ROOM 128

char *self_host(void)
{
    const char *given = getenv("SHEEPDOG_HOSTNAME");
    if (given && !tag_is_blank(given))
        return tag_clean(given);
    char name[256];
    if (gethostname(name, sizeof name) < 0)
        name[0] = '\0';
    name[sizeof name - 1] = '\0';
    AUTO(str) char *clean = tag_clean(name);
    return clean[0] ? TAKE(clean) : text_copy("localhost");
}

static char *user_of_passwd(uid_t uid)
{
    AUTO(file) FILE *file = fopen("/etc/passwd", "re");
    if (!file)
        return NULL;
    for (const struct passwd *entry; (entry = fgetpwent(file));)
        if (entry->pw_uid == uid)
            return tag_clean(entry->pw_name);
    return NULL;
}

char *self_user(void)
{
    AUTO(str) char *name = user_of_passwd(getuid());
    if (name && name[0])
        return TAKE(name);
    const char *logname = getenv("LOGNAME");
    if (logname && tag_is_clean(logname))
        return text_copy(logname);
    return text_format("%u", (unsigned)getuid());
}

void self_sign(const struct config *config, struct message *message)
{
    char zone[ZONE_ROOM];
    int64_t now = clock_now();
    uuid_make(now, message->id);
    message->time = message->time ? message->time : now;
    message->host = self_host();
    message->user = self_user();
    message->zone = text_copy(zone_own_name(zone, sizeof zone));
    if (!message->mailto && config->mailto[0] && tag_is_clean(config->mailto))
        message->mailto = text_copy(config->mailto);
}

int self_folder(const char *name, const char *for_root, char **ret, struct error *err)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (state && state[0] == '/')
        *ret = text_format("%s/sheepdog/%s", state, name);
    else if (geteuid() == 0)
        *ret = text_copy(for_root);
    else if (home && home[0] == '/')
        *ret = text_format("%s/.local/state/sheepdog/%s", home, name);
    else
        return error_set(err, -ENOENT, "no folder for the %s: HOME is not set", name);
    return 0;
}
