// SPDX-License-Identifier: GPL-3.0-or-later
/* limit - a list that is cut says so, where no program reads it. */
#include "look/limit.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>

#include "base/memory.h"
#include "base/say.h"
#include "queue/http.h"

int limit_check(int64_t limit, struct error *err)
{
    if (limit == 0)
        return error_set(err, -EINVAL, "--limit: found 0, expected 1 to 1000");
    return 0;
}

void limit_add(struct strbuf *path, int64_t limit)
{
    AUTO(str) char *text = text_format("%" PRId64, limit + 1);
    http_add_query(path, "limit", text);
}

bool limit_cut(struct json_t *list, int64_t limit)
{
    bool has_more = json_array_size(list) > (size_t)limit;
    while (json_array_size(list) > (size_t)limit)
        json_array_remove(list, (size_t)limit);
    return has_more;
}

void limit_say(int64_t limit)
{
    say("these are the newest %" PRId64 "; --limit N shows more", limit);
}
