#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# mass: a thousand hosts fail at once, and are well again: at most five mails each time, and
# every one of them is an incident.
. "$(dirname "$0")/lib.sh"

start_mail_server "$work/mail"
cat >"$work/server.conf" <<END
(mailto "shepherd@example.org")
(store "$work/store.db")
(log "$work/herd.log")
(smtp (url "smtp://127.0.0.1:$mail_port"))
END
start_server "$work/server.conf" "$work/server.log"
first_port=$port

# all_say ERR: each of the thousand hosts, in one batch.
all_say() {
    i=0
    while [ $i -lt 1000 ]; do
        echo "{\"kind\":\"note\",\"host\":\"host$i\",\"tag\":\"mount\",\"err\":\"$1\",\"text\":\"x\"}"
        i=$((i + 1))
    done >"$work/notes"
    curl -sS -o "$work/answer" -H 'Content-Type: application/x-ndjson' \
        --data-binary "@$work/notes" "http://127.0.0.1:$port/v1/messages"
}

# stored SQL
stored() {
    sqlite3 -readonly "$work/store.db" "$1"
}

# are_open COUNT: so many incidents go on.
are_open() {
    [ "$(stored 'SELECT count(*) FROM incident WHERE ended IS NULL')" = "$1" ]
}

# nothing_waits: all is told that is due already; a sum waits for its time.
nothing_waits() {
    [ "$(stored "SELECT count(*) FROM telling WHERE told IS NULL AND what <> 'sum'")" = 0 ]
}

# in_tellings WHAT: so many of that were put for the shepherd, those in sums too.
in_tellings() {
    stored "SELECT count(*) FROM telling LEFT JOIN json_each(body, '$.items') j
        WHERE notifier = 'mailto' AND '$1' IN (what, j.value ->> 'what')"
}

# let_time_pass: what waits for its time is due, and all was put a minute before. The
# server reads that when it starts.
let_time_pass() {
    kill "$server_pid"
    wait "$server_pid" 2>/dev/null
    sqlite3 "$work/store.db" 'UPDATE telling SET made = made - 60000,
        due = iif(told IS NULL, made, due)'
    start_server "$work/server.conf" "$work/server.log" --port "$first_port"
}

# all_told: and no sum waits.
all_told() {
    [ "$(stored 'SELECT count(*) FROM telling WHERE told IS NULL')" = 0 ]
}

is_between() {
    echo "$2"
    [ "$2" -ge "$1" ] && [ "$2" -le "$3" ]
}

all_say FAIL
check "a thousand failures are as many incidents" wait_until 30 are_open 1000
check "some are told at once" wait_until 30 nothing_waits
let_time_pass
check "and all others in a sum, when it is due" wait_until 30 all_told
expect "so each is told" 1000 "$(in_tellings new)"
failed=$(mails "$work/mail")
check "by at most five mails" is_between 2 "$failed" 5

curl -sS -o "$work/answer" -H 'Content-Type: application/json' \
    -d '{"kind":"note","host":"ewe","tag":"load","err":"WARNING","text":"x"}' \
    "http://127.0.0.1:$port/v1/messages"
check "what is of another severity is told at once all the same" \
    wait_until 30 has_mails "$work/mail" $((failed + 1))
failed=$((failed + 1))

all_say SUCCESS
check "all are well again" wait_until 30 are_open 1
check "which is told" wait_until 30 nothing_waits
let_time_pass
check "when it is due" wait_until 30 all_told
expect "of each of them" 1000 "$(in_tellings over)"
over=$(($(mails "$work/mail") - failed))
check "by at most five mails" is_between 1 "$over" 5
expect "nothing was opened or told besides" "1001 1001 1000" \
    "$(stored 'SELECT count(*) FROM incident') $(in_tellings new) $(in_tellings over)"
expect "the log has each" "1001 1000" \
    "$(stored "SELECT sum(what = 'new') || ' ' || sum(what = 'over') FROM telling
        WHERE notifier = 'log'")"
finish
