// SPDX-License-Identifier: GPL-3.0-or-later
/* The commands that talk to the server, and run within sheepdog-look. To add one: write
 * command/NAME.c, then name it twice below, and list it in commands.c. */
#include <stddef.h>

#include "command/command.h"

extern const struct command look_list, look_show, look_status;

const struct command *const looks[] = {&look_list, &look_status, &look_show, NULL};
