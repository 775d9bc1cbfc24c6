#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# alert-faults: a server that is killed at whatever moment of judging and telling, and one
# whose disk is full meanwhile, tell each alert once, and once that it is over.
. "$(dirname "$0")/lib.sh"
mkdir -p "$work/rules" "$work/disk"

# write_conf STORE
write_conf() {
    printf '(store "%s") (rules "%s/rules") (log "%s/told") (settle "0s")' \
        "$1" "$work" "$work" >"$work/server.conf"
    store=$1
}

# note TAG ERR
note() {
    curl -sS -o "$work/answer" -w '%{http_code}' -H 'Content-Type: application/json' \
        "http://127.0.0.1:$port/v1/messages" -d \
        "{\"kind\":\"note\",\"host\":\"ewe\",\"tag\":\"$1\",\"err\":\"$2\",\"text\":\"x\"}"
}

# tellings TAG: what was put into the outbox for the log, in its order, and told.
tellings() {
    sqlite3 -readonly "$store" "SELECT what FROM telling WHERE notifier = 'log'
        AND tag = '$1' AND told IS NOT NULL ORDER BY number" | tr '\n' ' '
}

are_told() {
    [ "$(tellings "$1")" = "$2" ]
}

# kill_after SECONDS: and another goes on.
kill_after() {
    sleep "$1"
    kill -9 "$server_pid"
    wait "$server_pid" 2>/dev/null
    start_server "$work/server.conf" "$work/log" --port "$first_port"
}

write_conf "$work/store.db"
start_server "$work/server.conf" "$work/log"
first_port=$port
for moment in 0 0.01 0.02 0.04 0.07 0.11 0.16 0.22; do
    note "at$moment" FAIL >"$work/status"
    kill_after "$moment"
    check "killed $moment s after a failure came, it is told" \
        wait_until 10 are_told "at$moment" "new "
    note "at$moment" SUCCESS >"$work/status"
    kill_after "$moment"
    check "and after it was mended" wait_until 10 are_told "at$moment" "new over "
done
kill "$server_pid"
wait "$server_pid" 2>/dev/null
expect "nothing more is told of them" "8 8" "$(sqlite3 "$store" "SELECT
    count(*) || ' ' || count(DISTINCT tag) FROM incident WHERE severity = 'fail'")"
expect "and nothing waits" 0 \
    "$(sqlite3 "$store" 'SELECT count(*) FROM telling WHERE told IS NULL')"

# Something more becomes wrong, by another rule, while nothing can be written.
if mount -t tmpfs -o size=3m tmpfs "$work/disk" 2>"$work/mount"; then
    trap 'umount -l "$work/disk"; clean_up' EXIT
    write_conf "$work/disk/store.db"
    start_server "$work/server.conf" "$work/log" --port "$first_port"
    note full FAIL >"$work/status"
    check "a failure is told while there is room" wait_until 10 are_told full "new "
    cat /dev/zero >"$work/disk/ballast" 2>/dev/null
    echo 'alert(host, "full", "worse", "x") :- state(host, "full", "fail", _).' \
        >"$work/rules/ours.dl"
    kill -HUP "$server_pid"
    check "a full disk is said" wait_until 20 grep -q 'watch: nothing can be judged' \
        "$work/log"
    expect "and nothing is told that is not stored" "new " "$(tellings full)"
    rm "$work/disk/ballast"
    check "with room again what became wrong is told" \
        wait_until 20 are_told full "new new "
    expect "and alerts are judged again" 1 "$(grep -c 'alerts are judged again' "$work/log")"
    note full SUCCESS >"$work/status"
    check "what is over is told" wait_until 10 are_told full "new new over over "
else
    echo "# skipped: a full disk (mounting a small one takes root)"
fi
finish
