#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# faults: a short run of bench/chaos over each of the three queues, side by side, for they
# mostly wait; by a new seed that each prints. QUEUES and SEED may be set; bench/chaos makes
# a long one. With BRIEF the embedded queue alone.
. "$(dirname "$0")/lib.sh"
export BUILD
[ -n "${BRIEF:-}" ] || QUEUES=${QUEUES:-http redis amqp}
queues=${QUEUES:-http}

for queue in $queues; do
    "$way/../../bench/chaos" --queue "$queue" --messages 900 --senders 4 --faults 12 \
        --minutes 0.3 ${SEED:+--seed "$SEED"} >"$work/$queue" 2>&1 &
    eval "chaos_$queue=\$!"
    pids="$pids $!"
done
for queue in $queues; do
    eval "wait \$chaos_$queue" || failures=1
    echo "# $queue"
    cat "$work/$queue"
done
finish
