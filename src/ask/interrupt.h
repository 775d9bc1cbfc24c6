// SPDX-License-Identifier: GPL-3.0-or-later
/* interrupt - ^C at the prompt ends what is asked, and not the program. Without
 * interrupt_take it ends the program, as anywhere. */
#ifndef ASK_INTERRUPT_H
#define ASK_INTERRUPT_H

#include <signal.h>
#include <stdbool.h>

/* Takes SIGINT, and holds it back but within interrupt_wait and between interrupt_begin
 * and interrupt_end. */
void interrupt_take(void);

/* Waits until fd can be read; false: ^C came. */
bool interrupt_wait(int fd);

/* What may take long: the next ^C calls stop, in the handler of a signal, and sets the
 * flag, which is 0 from interrupt_begin on. stop may be NULL. */
void interrupt_begin(void (*stop)(void *context), void *context);
void interrupt_end(void);
const volatile sig_atomic_t *interrupt_flag(void);

#endif
