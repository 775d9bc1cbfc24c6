// SPDX-License-Identifier: GPL-3.0-or-later
/* The commands that talk to the server or look at the spool, and so run within
 * sheepdog-look. To add one: write look/NAME.c, name it in look.h and below, and give
 * it a row in commands.c. */
#include <stddef.h>

#include "look/look.h"

const struct command *const looks[] = {
    &look_list,   &look_status,   &look_show,    &look_alerts,   &look_told,
    &look_digest, &look_ack,      &look_silence, &look_silences, &look_host,
    &look_facts,  &look_readings, &look_forget,  &look_export,   &look_import,
    &look_dead,   &look_join,     &look_spool,   &look_plugin,   NULL};
