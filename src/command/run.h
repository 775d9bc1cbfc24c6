// SPDX-License-Identifier: GPL-3.0-or-later
/* run - the two doors to one job: `sheepdog -e LINE` and `sheepdog run -- PROGRAM ARG
 * …`. */
#ifndef COMMAND_RUN_H
#define COMMAND_RUN_H

#include "command/options.h"

extern const struct option_row run_options[]; /* of both */

/* argv[0] is the program's own name. */
int run_line(int argc, char **argv);

#endif
