// SPDX-License-Identifier: GPL-3.0-or-later
/* plugin - an executable file that watches a thing on a machine, or takes the messages
 * of it on the server, or both, in any language.
 *
 *     FILE describe    what it is, as JSON or an S-expression, on stdout
 *     FILE monitor     looks once; settings in the environment and as JSON on stdin;
 *                      prints lines (monitor/lines.h)
 *     FILE receive     reads one message a line, prints lines
 *     FILE test        runs its own tests; its status is 0 when they hold
 *
 * A file that prints no description is a monitor without settings, whose name is the
 * file's, without what stands behind the last dot: two lines of shell are a plugin.
 *
 * {"name":"nginx", "help":"…", "every":"1m", "timeout":"10s",
 *  "settings":[{"name":"url","type":"text","default":"http://…","unit":"","help":"…"}],
 *  "relations":[{"name":"site","help":"…","columns":[
 *      {"name":"name","type":"text","key":true},{"name":"port","type":"number"}]}],
 *  "states":["ok","warning","fail"], "receives":["nginx*"], "network":false}
 *
 * a setting without a default may be "required":true,
 *
 * or (plugin (name "nginx") (help "…") (every "1m")
 *      (setting url text (default "http://…") (help "…")) (setting key text required)
 *      (relation site (column name text key) (column port number))
 *      (states ok warning fail) (receives "nginx*") (network #f))
 *
 * Used by: daemon/ (monitors), receiver.h (receivers), sheepdog plugin. */
#ifndef PLUGIN_PLUGIN_H
#define PLUGIN_PLUGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "config/config.h"
#include "monitor/lines.h"
#include "monitor/settings.h"

#define PLUGIN_FOLDER       "/etc/sheepdog/plugins" /* where no other is named */
#define PLUGIN_DESCRIBE_MS  10000
#define PLUGIN_DESCRIBE_MAX (256 << 10) /* bytes */

struct plugin {
    char *path;
    char *name;               /* [a-z][a-z0-9-]*; of no monitor that is built in */
    char *help;               /* one line; "" */
    struct setting *settings; /* ends with a NULL name; texts are the plugin's own; its
                                 every and timeout are rows of it */
    struct relations relations;
    struct texts states;   /* that it may report; none: any */
    struct texts receives; /* patterns (* ?) of tags whose messages its receiver gets,
                              besides those that its own monitor sent */
    bool is_described;     /* else it is a bare one */
    bool has_receiver;     /* it says "receives", be it an empty list */
    bool has_monitor;      /* it says so: "monitor":false is a receiver alone */
    bool has_network;      /* its receiver needs the network */
};

void plugin_free(struct plugin *plugin); /* NULL is fine */
AUTO_DEFINE(plugin)

/* Whether we may run it: a file that can be run, which nobody but we, root or its owner
 * who is we can write, in a folder of which the same holds, and so on up to the root (a
 * sticky folder such as /tmp is fine above it). -EPERM, -EACCES, -ENOENT, naming the
 * path and its mode. */
int plugin_check_file(const char *path, struct error *err) MUST_USE;

/* Checks the file, runs it with "describe", at most PLUGIN_DESCRIBE_MS, with a clean
 * environment, and reads what it says. -EINVAL: "PATH: describe: field \"settings\" …";
 * -ETIMEDOUT. */
int plugin_load(const char *path, struct plugin **ret, struct error *err) MUST_USE;

/* The same by parts, for whom something else must not wait: what is to be run, and what
 * its end means. The question lends the plan what it needs. */
struct helper_plan;
struct ended;
struct plugin_question {
    const char *argv[3];
    struct texts environment;
};
void plugin_question_init(struct plugin_question *question, const char *path,
                          struct helper_plan *ret);
void plugin_question_clear(struct plugin_question *question);
AUTO_DEFINE_CLEAR(plugin_question)
int plugin_answer(const char *path, const struct ended *ended, struct plugin **ret,
                  struct error *err) MUST_USE;

/* What a file described; path is for its name and for errors. An output that is no
 * description (it begins with neither { nor a parenthesis) is a bare plugin. */
int plugin_read(const char *path, const char *text, size_t size, struct plugin **ret,
                struct error *err) MUST_USE;

struct plugins {
    struct plugin **items;
    size_t count;
};

/* The files in the folders that may be plugins, in the order in which they are asked.
 * say: of a folder that cannot be read; NULL is fine. No folders: PLUGIN_FOLDER, where
 * that is there. */
void plugins_list(const struct texts *folders,
                  void (*say)(void *context, const char *sentence), void *context,
                  struct texts *ret);

/* The plugin becomes theirs. -EEXIST: one of that name is there, and this one is
 * freed. */
int plugins_add(struct plugins *plugins, struct plugin *plugin, struct error *err)
    MUST_USE;

/* All plugins of the folders, by name; the first folder that has a name wins. What
 * cannot be used is said by say and passed over: it keeps no other from running. */
void plugins_load(const struct texts *folders,
                  void (*say)(void *context, const char *sentence), void *context,
                  struct plugins *ret);
void plugins_clear(struct plugins *plugins);
AUTO_DEFINE_CLEAR(plugins)

const struct plugin *plugins_find(const struct plugins *plugins, const char *name);

bool plugin_is_name(const char *text);

/* What one is called that does not say: as its file, without what stands behind the
 * last dot. To be freed; need be no name. */
char *plugin_file_name(const char *path) MUST_USE;

/* What every plugin finds in its environment, in each of its four ways: SHEEPDOG_SDK,
 * the folder of the SDK, by which Python and Guile find theirs; added to ret. */
void plugin_environment(struct texts *ret);

/* The folder of those that come with sheepdog: ../share/sheepdog/plugins from the
 * running program, or plugins/ of the source it was built in. They run only where they
 * are named. *ret is to be freed; -ENOENT. */
int plugin_own_folder(char **ret, struct error *err) MUST_USE;

#endif
