// SPDX-License-Identifier: GPL-3.0-or-later
/* probing - the program stands where our others do. */
#include "monitor/probing.h"

#include "base/auto.h"
#include "base/program.h"

int probing_command(const char *name, struct texts *argv, struct error *err)
{
    AUTO(str) char *path = NULL;
    int rc = program_find("sheepdog-probe", &path, err);
    if (rc < 0)
        return rc;
    texts_add(argv, path);
    texts_add(argv, name);
    return 0;
}
