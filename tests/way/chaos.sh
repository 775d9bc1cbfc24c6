#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# chaos: kill -9 at random, of wrappers and of the queue daemon, during a stream of jobs.
# KILLS and SEED may be set; a seed makes the same choices again.
. "$(dirname "$0")/lib.sh"

start_mail_server "$work/mail"
/usr/bin/python3 "$way/storm" "$work" "$mail_port" "${KILLS:-500}" "${SEED:-7777}" &
storm=$!
pids="$pids $storm"
wait "$storm" || failures=1
finish
