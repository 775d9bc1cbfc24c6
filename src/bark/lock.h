// SPDX-License-Identifier: GPL-3.0-or-later
/* lock - one run of a name at a time: flock on a file that is called so, see tag_file.
 *
 * The folder is the user's own: see self_folder; root's is /run/sheepdog/lock. The job
 * inherits the lock, so that it holds while the job lives even when sheepdog is killed.
 * The kernel gives it back; no file has to be removed, and none ever is. */
#ifndef BARK_LOCK_H
#define BARK_LOCK_H

#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"

/* Waits at most wait_ms. -EAGAIN: somebody else holds it. Other errors say that there
 * can be no lock. */
int lock_take(const char *name, int64_t wait_ms, int *ret_fd, struct error *err)
    MUST_USE;
void lock_release(int fd); /* -1 is fine */

#endif
