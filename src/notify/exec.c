// SPDX-License-Identifier: GPL-3.0-or-later
/* exec - the notifier "exec": a program of the user's, with the notice as JSON on its
 * standard input; told when it exits with 0. */
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/units.h"
#include "config/notifiers.h"
#include "monitor/helper.h"
#include "notify/notifier.h"
#include "notify/object.h"

#define TIMEOUT   (60 * 1000) /* ms */
#define PRINT_MAX (64 << 10)  /* bytes */

struct exec {
    struct texts argv; /* ends with NULL, which is not counted */
    int64_t timeout;
};

static void exec_close(void *state)
{
    struct exec *exec = state;
    if (!exec)
        return;
    texts_clear(&exec->argv);
    free(exec);
}

static int exec_open(const struct config *config UNUSED,
                     const struct notifier_form *form, void **ret, struct error *err)
{
    const char *timeout = notifier_form_text(form, "timeout");
    int64_t limit = TIMEOUT;
    int rc = timeout ? duration_parse(timeout, &limit, err) : 0;
    if (rc < 0)
        return rc;
    struct exec *exec = memory_new(sizeof *exec);
    exec->timeout = limit;
    for (size_t i = 0; i < form->values.count; i++)
        texts_add(&exec->argv, form->values.items[i]);
    exec->argv.items = memory_resize(exec->argv.items,
                                     (exec->argv.count + 1) * sizeof *exec->argv.items);
    exec->argv.items[exec->argv.count] = NULL;
    *ret = exec;
    return 0;
}

static int exec_tell(void *state, const struct notice *notice, struct error *err)
{
    const struct exec *exec = state;
    AUTO(strbuf) struct strbuf object = {0};
    AUTO(helper) struct helper *helper = NULL;
    struct ended ended;
    object_put(&object, notice, clock_now());
    strbuf_putc(&object, '\n');
    const struct helper_plan plan = {.argv = exec->argv.items,
                                     .input = object.data,
                                     .input_size = object.size,
                                     .timeout = exec->timeout,
                                     .out_max = PRINT_MAX};
    int rc = helper_run(&plan, &helper, err);
    if (rc == 0) {
        helper_ended(helper, &ended);
        rc = ended_check(&ended, exec->timeout, err);
    }
    return rc < 0 ? error_prefix(err, rc, "%s", exec->argv.items[0]) : 0;
}

const struct notifier notifier_exec = {
    .name = "exec",
    .open = exec_open,
    .tell = exec_tell,
    .close = exec_close,
};
