#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A backlog is history: a spool of old messages is delivered at once, and only what is still
# wrong at its end is mailed, once.
. "$(dirname "$0")/lib.sh"
spool=$work/spool
start_mail_server "$work/mail"
cat >"$work/server.conf" <<CONF
(store "$work/store.db") (log "$work/told.log") (settle "2s")
(mailto "shepherd@example.org") (flood 100) (smtp (url "smtp://127.0.0.1:$mail_port"))
CONF
start_server "$work/server.conf" "$work/log"
cat >"$work/client.conf" <<CONF
(host "127.0.0.1") (port $port) (spool (folder "$spool"))
CONF

# fill FIRST TAG WORD…: messages into the spool that happened a minute after each other,
# days ago; each with the next of the words, in turn.
fill() {
    /usr/bin/python3 - "$spool" "$@" <<'PYTHON'
import json, os, sys, time
folder, first, tag, *words = sys.argv[1:]
os.makedirs(folder, mode=0o700, exist_ok=True)
for i, word in enumerate(words):
    number = int(first) + i
    when = time.gmtime(time.time() - 5 * 86400 + number * 60)
    name = f"0192e4c8-0000-7000-8000-{number:012d}"
    with open(f"{folder}/{name}.json", "w") as file:
        json.dump({"v": 1, "id": name, "kind": "note", "host": "flock", "tag": tag,
                   "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", when), "err": word}, file)
PYTHON
}

# repeat COUNT WORD…: the words, so many times over.
repeat() {
    count=$1
    shift
    while [ "$count" -gt 0 ]; do
        printf '%s ' "$@"
        count=$((count - 1))
    done
}

deliver() {
    sheepdog-deliver -c "$work/client.conf"
}

# has_told COUNT: so many lines are in the log, at least.
has_told() {
    [ "$(wc -l <"$work/told.log")" -ge "$1" ]
}

# subjects: of all mails, sorted.
subjects() {
    cat "$work"/mail/new/* 2>/dev/null | sed -n 's/^Subject: \[sheepdog\] //p' | sort
}

curl -s -o "$work/answer" --data-binary \
    '{"host":"flock","tag":"fresh","kind":"note","err":"FAIL"}' \
    -H 'Content-Type: application/json' "http://127.0.0.1:$port/v1/messages"
check "a failure of now is mailed at once" wait_until 20 has_mails "$work/mail" 1
rm "$work"/mail/new/*

# shellcheck disable=SC2046
{
    fill 1 flapping $(repeat 40 FAIL SUCCESS)
    fill 101 broken $(repeat 25 SUCCESS FAIL)
    fill 201 worse SUCCESS WARNING $(repeat 19 FAIL)
    fill 301 well $(repeat 49 SUCCESS)
}
expect "a spool of 200 messages" 200 "$(find "$spool" -name '*.json' | wc -l | tr -d ' ')"
check "is delivered" deliver
check "what is wrong at its end is mailed" wait_until 20 has_mails "$work/mail" 2
expect "and that alone" "FAIL flock broken
FAIL flock worse" "$(subjects)"
wait_until 20 has_told 3
expect "the log has no more of it" 3 "$(wc -l <"$work/told.log" | tr -d ' ')"

# It goes on where it ended.
fill 401 broken FAIL SUCCESS FAIL SUCCESS
fill 501 new FAIL
check "more of it is delivered" deliver
check "what was told and is over by now is mailed" wait_until 20 has_mails "$work/mail" 4
expect "as one recovery" "FAIL flock broken
FAIL flock new
FAIL flock worse
OK flock broken" "$(subjects)"
kill "$server_pid"
wait "$server_pid" 2>/dev/null
expect "and nothing twice" 4 "$(mails "$work/mail")"
expect "nor is anything lost for it: all are stored" 206 "$(
    /usr/bin/python3 -c 'import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute("SELECT count(*) FROM message").fetchone()[0])' \
        "$work/store.db")"
finish
