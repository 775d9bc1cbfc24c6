#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A job that promises to come again, on the whole way: its start is at the server while it
# still runs, its end after that, and both say what was promised, on the clocks of its zone.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1
cat >server.conf <<EOF
(store "$work/store.db") (spool (folder "$work/server-spool"))
EOF
chmod 600 server.conf
start_server server.conf server.log
cat >client.conf <<EOF
(host "localhost") (port $port) (spool (folder "$work/spool"))
EOF
chmod 600 client.conf
export SHEEPDOG_CONF="$work/client.conf" TZ=America/New_York

# promised: of each message that the server has, the oldest first, what it says.
promised() {
    sheepdog list --json | /usr/bin/python3 -c 'import json, sys
rows = [row["message"] for row in json.load(sys.stdin)]
for message in sorted(rows, key=lambda row: row["time"]):
    print(*(message.get(name) for name in ("kind", "err", "every", "grace", "zone")))'
}

has_promised() {
    promised | grep -q "^$1 "
}

sheepdog run --start --every '0 3 * * *' --grace 2h --tag nightly -- \
    sh -c 'until test -e go; do sleep 0.05; done' &
job=$!
pids="$pids $job"
wait_until 20 has_promised start
expect "the server knows of a run that has begun" \
    "start None 0 3 * * * 120m America/New_York" "$(promised)"
touch go
wait "$job"
expect "it ends as the job does" 0 $?
wait_until 20 has_promised outcome
expect "and of its end, though all is well" "start None 0 3 * * * 120m America/New_York
outcome SUCCESS 0 3 * * * 120m America/New_York" "$(promised)"

kill "$server_pid"
wait "$server_pid" 2>/dev/null
printf '(patience "100ms")' >>client.conf
sheepdog run --start --every 1d --tag nightly -- sh -c 'echo runs; exit 3' >out.txt 2>err.txt
expect "a server that is gone hinders nothing" "3 runs" "$? $(cat out.txt)"
expect "both messages wait for it" 2 "$(find spool -name '*.json' | wc -l | tr -d ' ')"
finish
