// SPDX-License-Identifier: GPL-3.0-or-later
/* terminal - lends our terminal to the job, as a shell does.
 *
 * The job leads its own process group, and only one group has the terminal: it alone
 * can read, and it gets ^C and ^Z. So the job has it while it runs. When it is stopped
 * we take the terminal back and stop too, for the shell to see; continued, we pass both
 * on. */
#ifndef BARK_TERMINAL_H
#define BARK_TERMINAL_H

#include <stdbool.h>
#include <sys/types.h>

/* The terminal to lend a job from its start: where stdin and stdout are one, and it is
 * ours now. Else -1: with a pipe after us (`sheepdog … | less`) another one needs it
 * too, and the job gets it when it asks (terminal_stopped). */
int terminal_find(void);

void terminal_give(int fd, pid_t group); /* -1 is fine */

/* The job was stopped by this signal. Returns when it runs again. */
void terminal_stopped(pid_t group, int number, int *terminal);

/* The job ended. */
void terminal_take_back(int fd, pid_t group);

#endif
