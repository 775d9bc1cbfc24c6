#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Rules are tried on the real past: what a server heard and told is moved some days back,
# and other rules say what they would have told, beside that.
. "$(dirname "$0")/lib.sh"
LC_ALL=C.UTF-8
TZ=UTC
export LC_ALL TZ
mkdir -p "$work/store" "$work/rules" "$work/more" "$work/tmp"
store=$work/store/sheepdog.db
printf '(store "%s") (rules "%s/rules") (log "%s/told") (mailto "shepherd@example.org")
        (flood 100) (smtp (url "smtp://127.0.0.1:1"))' "$store" "$work" "$work" \
    >"$work/server.conf"
start_server "$work/server.conf" "$work/log"

# has_put COUNT: so many tellings are in the outbox, or were told
has_put() {
    [ "$(sqlite3 "$store" 'SELECT count(*) FROM telling')" = "$1" ]
}

# happens HOST TAG ERR TOLD: the next step of the story, after which so many are told
put=0
happens() {
    put=$((put + $4))
    curl -sS -H 'Content-Type: application/json' "http://127.0.0.1:$port/v1/messages" -d \
        "{\"kind\":\"note\",\"host\":\"$1\",\"tag\":\"$2\",\"err\":\"$3\",\"text\":\"x\"}" \
        >/dev/null
    wait_until 20 has_put "$put" || echo "not ok $1 $2 $3 is told"
}

# The log and a mail, of each of the last five. Then message N is of noon of the Nth of
# March, and so is what was told of it.
happens ewe backup SUCCESS 0
happens ewe backup FAIL 2
happens ewe backup SUCCESS 2
happens ram tree WARNING 2
happens ewe backup FAIL 2
happens ram tree SUCCESS 2
kill "$server_pid"
wait "$server_pid" 2>/dev/null
sqlite3 "$store" <<'END'
CREATE TEMP VIEW story AS SELECT number, rank() OVER (ORDER BY number) AS step FROM message;
CREATE TEMP TABLE told AS SELECT number, (rank() OVER (ORDER BY number) + 1) / 2 + 1 AS step
    FROM telling;
CREATE TEMP TABLE moved AS SELECT number, 1772366400000 + (step - 1) * 86400000 AS noon
    FROM story;
UPDATE message SET came = noon, time = noon - 100,
    body = json_set(body, '$.time', strftime('%Y-%m-%dT%H:%M:%fZ', (noon - 100) / 1000.0,
        'unixepoch'))
    FROM moved WHERE moved.number = message.number;
UPDATE telling SET made = 1772366401000 + (step - 1) * 86400000,
    due = 1772366401000 + (step - 1) * 86400000
    FROM told WHERE told.number = telling.number;
END

# replay RULES… [OPTION…]: of the first weeks of March; into shown and said
replay() {
    TMPDIR=$work/tmp timeout 60 sheepdog replay -c "$work/server.conf" --since 2026-03-01 \
        --until 2026-03-08 --tick 1h "$@" >"$work/shown" 2>"$work/said"
    replayed=$?
}

# marked MARK: how many rows have it
marked() {
    grep -c "^$1  2026-03" "$work/shown"
}

printf '// nothing more\n' >"$work/more/more.dl"
replay "$work/more"
expect "it ends well" 0 "$replayed"
expect "the same rules tell the same" 5 "$(marked ' ')"
expect "and nothing else" "0 0" "$(marked +) $(marked -)"

# quiet FROM: somebody asked for quiet then, for twelve hours, about what fails on the 5th.
quiet() {
    sqlite3 "$store" "DELETE FROM silence; INSERT INTO silence (host, tag, began, until, zone,
        length, start, stop, until_recovery, reason, who, made)
        SELECT 'ewe', '*', began, began + 43200000, '', 0, began, began + 43200000, 0, 'x',
            'anna', began FROM (SELECT unixepoch('$1') * 1000 AS began)"
}
quiet '2026-03-05 06:00'
replay "$work/more"
expect "a silence of that time is kept: what it held is told at its end" "1 1" \
    "$(marked + | tr -d ' ') $(marked - | tr -d ' ')"
check "by these rules" grep -q '^+  2026-03-05 18:..:..  new  *ewe ' "$work/shown"
quiet '2026-03-06 13:00'
replay "$work/more"
expect "and one that held nothing changes nothing" "5 0 0" \
    "$(marked ' ') $(marked +) $(marked -)"
cat >"$work/more/more.dl" <<'END'
alert(host, "again", "twice", "two of the last four") :-
    recent(host, "backup", 1, _, "fail", _, _),
    2 <= n, n = count : { recent(host, "backup", nth, _, "fail", _, _), nth <= 4 }.
END
replay "$work/more/more.dl"
expect "what others tell besides is marked" 1 "$(marked +)"
check "with when, what and by whom" grep -qE \
    '^[+]  2026-03-05 12:00:00  new +ewe +again +twice +log, mailto.* +-$' "$work/shown"
check "and with the sums" \
    grep -q '6 would be told, 5 were; 5 both, 1 only by these' "$work/shown"
printf 'attempts("ewe", "backup", 2).\n' >"$work/more/more.dl"
replay "$work/more"
expect "and what they tell no longer" 3 "$(marked -)"
replay "$work/more" --json
expect "all of it as JSON" "2 0 3" "$(/usr/bin/python3 -c 'import json, sys
said = json.load(open(sys.argv[1]))
print(said["both"], said["only_these"], said["only_then"])' "$work/shown")"
replay "$work/rules" --since 2026-03-02T18:00:00Z
expect "of what was wrong before only the end is told" "4 0" "$(marked ' ') $(marked +)"
echo 'alert(h' >"$work/more/more.dl"
replay "$work/more"
expect "rules that cannot be read are refused" 2 "$replayed"
check "with their place" grep -q 'more.dl:1:' "$work/said"
replay
expect "rules must be named" 2 "$replayed"
replay "$work/rules" --store "$work/nowhere"
expect "and a store be there" 1 "$replayed"

TMPDIR=$work/tmp sheepdog replay -c "$work/server.conf" --since 2026-03-01 \
    --until 2026-11-01 --tick 1s "$work/rules" 2>/dev/null &
pid=$!
pids="$pids $pid"
check "its own store is in a folder for a while" \
    wait_until 10 sh -c "ls $work/tmp/sheepdog-replay.*/store.db"
kill -TERM "$pid"
wait "$pid"
expect "who ends it ends it" 143 $?
expect "and nothing is left of it" "" "$(ls "$work/tmp")"
finish
