// SPDX-License-Identifier: GPL-3.0-or-later
/* replay - sheepdog replay: a policy is tried on the real past before it wakes anyone.
 * Runs where the store of the server is. */
#ifndef REPLAY_REPLAY_H
#define REPLAY_REPLAY_H

#include "command/command.h"

extern const struct command replay_command;

#endif
