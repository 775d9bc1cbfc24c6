#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The spool while the server is away for long: it keeps within its limit, gives up what
# counts least, says so when the server is back; and what is wrong is told first.
. "$(dirname "$0")/lib.sh"
spool=$work/spool
printf '(store "%s/sheepdog.db")\n' "$work" >"$work/server.conf"

# configure PORT LIMIT [PATIENCE]: the client's file.
configure() {
    printf '(host "127.0.0.1") (port %s) (patience "%s") (spool (folder "%s") (limit "%s"))\n' \
        "$1" "${3:-30s}" "$spool" "$2" >"$work/client.conf"
}

# waiting WEIGHT: how many of that kind wait.
waiting() {
    find "$spool" -maxdepth 1 -name "*.$1.json" | wc -l | tr -d ' '
}

# spool_size: bytes of the messages.
spool_size() {
    find "$spool" -maxdepth 1 -name '*.json' -printf '%s\n' | awk '{ n += $1 } END { print n + 0 }'
}

succeed() {
    sheepdog -c "$work/client.conf" --always --tag fine -e true 2>>"$work/said"
}

fail() {
    sheepdog -c "$work/client.conf" --tag "bad-$1" -e 'exit 3' 2>>"$work/said"
}

# many COUNT COMMAND…
many() {
    left=$1
    shift
    while [ "$left" -gt 0 ]; do
        "$@" "$left"
        left=$((left - 1))
    done
}

# stored TAG: the texts, or the words for its state, newest last.
stored() {
    sheepdog-look list -c "$work/client.conf" --limit 1000 --json |
        /usr/bin/python3 -c 'import json, sys
for row in json.load(sys.stdin):
    message = row["message"]
    if message["tag"].startswith(sys.argv[1]):
        print(message.get("err"), message.get("text") or "")' "$1"
}

# ---- nobody listens

configure 1 8K 0s
many 40 succeed
check "the spool keeps within its limit" test "$(spool_size)" -le 8192
check "but for 1/64 of it and a message, it is used" test "$(spool_size)" -ge 7000
kept=$(waiting success)
expect "what was given up is counted" "success $((40 - kept))" \
    "$(grep '^success' "$spool/.given-up")"
many 10 fail
expect "a failure takes the place of successes" 10 "$(waiting failure)"
check "within the limit" test "$(spool_size)" -le 8192
expect "and none is given up" "failure 0" "$(grep '^failure' "$spool/.given-up")"
many 30 fail
check "failures take each other's place at last" test "$(spool_size)" -le 8192
kept=$(waiting failure)
expect "the oldest first, and counted" "0 failure $((40 - kept))" \
    "$(waiting success) $(grep '^failure' "$spool/.given-up")"

: >"$work/said"
configure 1 8K 5s
succeed
expect "a success that finds no room is lost, and the job is not" 0 $?
check "which is said" grep -q 'its limit of 8 KiB is reached.*delivering at once' "$work/said"
check "and said" grep -q 'the message is lost' "$work/said"
expect "and counted" "success 41" "$(grep '^success' "$spool/.given-up")"
sheepdog spool -c "$work/client.conf" >"$work/overview"
check "sheepdog spool shows it" \
    grep -q "^given up   41 successes, $((40 - kept)) failures, since 2" "$work/overview"

# ---- the server comes

start_server "$work/server.conf" "$work/log"
configure "$port" 8K
sheepdog spool flush -c "$work/client.conf" >"$work/flushed"
expect "when the server is there all goes" "0 $kept messages are delivered" \
    "$? $(cat "$work/flushed")"
stored bad- >"$work/bad"
expect "what was kept is stored" "$kept" "$(wc -l <"$work/bad" | tr -d ' ')"
stored sheepdog:spool >"$work/notes"
check "the server is told what was given up" grep -q \
    "^WARNING given up while the server could not be reached: 41 successes, $((40 - kept)) failures, since 2.*; the spool's limit is 8 KiB" \
    "$work/notes"
check "and then that it is over" grep -q '^SUCCESS all that waited is delivered' "$work/notes"
expect "each once" 2 "$(wc -l <"$work/notes" | tr -d ' ')"
check "nothing of it is left" test ! -e "$spool/.given-up"
fail again
expect "nor told again" 2 "$(stored sheepdog:spool | wc -l | tr -d ' ')"

# ---- kill -9 while they put: nothing torn, and the limit holds

kill "$server_pid"
wait "$server_pid" 2>/dev/null
configure 1 16K 0s
round=0
while [ "$round" -lt 60 ]; do
    sheepdog -c "$work/client.conf" --tag bad -e 'printf %2000d 0; exit 3' >/dev/null &
    one=$!
    sheepdog -c "$work/client.conf" --always --tag fine -e true &
    two=$!
    sleep "0.00$((round % 8))"
    kill -9 "$one" "$two" 2>/dev/null
    wait "$one" "$two" 2>/dev/null
    round=$((round + 1))
done
check "after kill -9 the limit still holds" test "$(spool_size)" -le $((16384 + 2 * 2600))
check "and no message is torn" /usr/bin/python3 -c 'import glob, json, sys
for name in glob.glob(sys.argv[1] + "/*.json"):
    json.load(open(name))' "$spool"
fail one
fail two
printf '00000000000099999999\n' >"$spool/.size"
before=$(cat "$spool"/*.json | wc -c)
rm -f "$spool"/*.json
fail last
expect "a size that is wrong gives up nothing" 1 "$(waiting failure)"
check "and is put right" test "$(sed 's/^0*//' "$spool/.size")" -lt "$before"
finish
