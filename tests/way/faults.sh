#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# faults: a short run of bench/chaos over each of the three queues, by a new seed that it
# prints. QUEUES and SEED may be set; bench/chaos makes a long one.
. "$(dirname "$0")/lib.sh"
export BUILD

for queue in ${QUEUES:-http redis amqp}; do
    "$way/../../bench/chaos" --queue "$queue" --messages 1500 --senders 4 --faults 12 \
        --minutes 0.3 ${SEED:+--seed "$SEED"} &
    chaos=$!
    pids="$pids $chaos"
    wait "$chaos" || failures=1
done
finish
