#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# plugin: plugins are written, tried and listed; a receiver on the server gets its messages,
# whatever it does nobody else waits for it, and what it stored is stored once.
. "$(dirname "$0")/lib.sh"

umask 022
plugins="$work/plugins"
mkdir "$plugins" "$work/new"
chmod 755 "$work"

# plugin NAME: the script on stdin becomes a plugin; under another name first, so that it
# is there whole or not at all.
plugin() {
    cat >"$work/$1.new"
    chmod 755 "$work/$1.new"
    mv "$work/$1.new" "$plugins/$1"
}

# ---- two lines of shell are a whole plugin

plugin reboot-required <<'EOF2'
#!/bin/sh
[ -e /run/reboot-required ] && echo "warning reboot required" || echo ok
EOF2
sheepdog plugin test "$plugins/reboot-required" >"$work/out" 2>&1
expect "two lines of shell are a plugin" 0 $?
check "which is a monitor" grep -qE '^    (ok|warning)' "$work/out"

# ---- new ones work as they are written

cd "$work/new" || exit 1
for language in sh python guile; do
    if [ "$language" = guile ] && ! [ -x /usr/bin/guile ]; then
        echo "skipped: guile is not installed"
        continue
    fi
    check "a plugin in $language is written" \
        sheepdog plugin new "my-$language" --language "$language"
    check "a plugin in $language is good as it is" sheepdog plugin test "./my-$language"
done
check "a plugin in c is written" sheepdog plugin new my-c --language c
check "it is built in one line" cc -O2 -Wall -Werror -o my-c my-c.c
check "a plugin in c is good as it is" sheepdog plugin test ./my-c
echo mine >mine
sheepdog plugin new mine 2>"$work/out"
expect "nothing is written over" "1 mine" "$? $(cat mine)"
check "and that is said" grep -q 'mine is there already' "$work/out"
sheepdog plugin new Mine 2>/dev/null
expect "a name that cannot be one is a mistake of the call" 2 $?

# ---- what is wrong is said

printf '#!/bin/sh\necho "warm 3"\n' >rubbish && chmod 755 rubbish
sheepdog plugin test ./rubbish >"$work/out" 2>&1
expect "a line that is none fails" 1 $?
check "and is named" grep -q '^not ok monitor: line 1' "$work/out"
chmod 777 rubbish
sheepdog plugin test ./rubbish >"$work/out" 2>&1
expect "what others can write is refused" 1 $?
check "with its path and its mode" grep -q 'rubbish: mode 0777: others can write' "$work/out"

# ---- the list

echo "(store \"$work/store.db\") (log \"$work/told\") (plugins \"$plugins\")
(user \"$(id -un)\")" >"$work/conf"
check "they are listed" sh -c \
    "sheepdog plugin list -c '$work/conf' | grep -q '^reboot-required  *machine '"
check "as JSON too" sh -c \
    "sheepdog plugin list -c '$work/conf' --json | grep -q '\"file\": \"$plugins/reboot'"

# ---- receivers

# The good one keeps a relation, and says a state of the host of each message.
plugin keeper <<'EOF2'
#!/bin/sh
case $1 in
describe) echo '(plugin (name "keeper") (monitor #f) (receives "job*")
    (relation job_seen (column word text key) (column count number)))' ;;
receive)
    while read -r message; do
        word=${message#*'"text":"'}
        word=${word%%'"'*}
        echo "note got $word"
        echo "fact job_seen $word 1"
        [ "$word" != mail ] || echo '{"mail":"come and look","subject":"it is time"}'
    done ;;
esac
EOF2
# These are bad, each in its own way.
receiver() {
    {
        printf '#!/bin/sh\n[ "$1" = receive ] || {\n'
        printf '    echo "(plugin (name \\"%s\\") (monitor #f) (receives \\"job*\\"))"\n' "$1"
        printf '    exit\n}\n%s\n' "$2"
    } | plugin "$1"
}
receiver crashes 'read -r message; kill -9 $$'
receiver ends 'exit 3'
receiver hangs 'while :; do sleep 1; done'
receiver floods 'read -r message; while :; do echo note flood flood flood flood; done'
receiver babbles 'while read -r message; do echo "what is this"; done'

start_server "$work/conf" "$work/log" --port 0
bark() {
    curl -sf -d "{\"host\":\"$1\",\"tag\":\"job\",\"text\":\"$2\"}" \
        "http://127.0.0.1:$port/v1/messages"
}
# stored SQL: what the store answers.
stored() {
    sqlite3 "$work/store.db" "$1"
}
notes() {
    stored "SELECT count(*) FROM message WHERE last_word LIKE 'got $1%'"
}
has_notes() {
    [ "$(notes "$1")" -ge "$2" ]
}

wait_until 20 grep -q 'receiver: keeper: it gets its messages' "$work/log"
i=0
while [ $i -lt 20 ]; do
    i=$((i + 1))
    bark "host$i" "first$i" >/dev/null || echo "not ok the door takes message $i"
done
check "a receiver gets each message" wait_until 30 has_notes first 20
expect "what it says is about the host of the message" 20 "$(stored "SELECT count(*)
    FROM message m JOIN tag t ON t.number = m.tag
    WHERE m.last_word = 'got first' || substr(t.host, 5) AND t.tag = 'keeper'")"
expect "in the order in which they came" "$(seq -f 'got first%g' 20)" \
    "$(stored "SELECT last_word FROM message WHERE last_word LIKE 'got %' ORDER BY number")"
check "one that crashes is named" wait_until 20 \
    grep -q 'receiver: crashes: it ended by signal 9' "$work/log"
check "one that ends is named" grep -q 'receiver: ends: it ended with status 3' "$work/log"
check "one that prints rubbish is named" wait_until 20 \
    grep -q 'receiver: babbles: line 1: ' "$work/log"
check "one that prints without end is ended" wait_until 60 \
    grep -q 'receiver: floods: it was ended: it printed more than' "$work/log"
expect "each is said once" 1 "$(grep -c 'receiver: ends: it ended with' "$work/log")"

# ---- killed, nothing is lost or comes twice

kill -9 "$server_pid"
wait "$server_pid" 2>/dev/null
rm -f "$plugins/crashes" "$plugins/ends" "$plugins/hangs" "$plugins/floods" \
    "$plugins/babbles"
round=0
while [ $round -lt 3 ]; do
    round=$((round + 1))
    start_server "$work/conf" "$work/log" --port 0
    i=0
    while [ $i -lt 40 ]; do
        i=$((i + 1))
        bark "host$i" "round$round.$i" >/dev/null
    done
    kill -9 "$server_pid"
    wait "$server_pid" 2>/dev/null
done
start_server "$work/conf" "$work/log" --port 0
check "after each kill it goes on" wait_until 30 has_notes round 120
expect "and nothing is stored twice" "120 120" \
    "$(notes round) $(stored "SELECT count(DISTINCT last_word) FROM message
        WHERE last_word LIKE 'got round%'")"

# ---- facts and mail

expect "the rows that it told one by one are kept" "first7 round1.7 round2.7 round3.7" \
    "$(stored "SELECT group_concat(v_word, ' ') FROM (SELECT v_word FROM fact_job_seen f
        JOIN host h ON h.number = f.host WHERE h.host = 'host7' AND ended IS NULL
        ORDER BY v_word)")"
bark host1 mail >/dev/null
check "a mail of a receiver is told" wait_until 20 \
    grep -q 'it is time: come and look' "$work/told"

# ---- the end, and a new one

kill -HUP "$server_pid"
check "SIGHUP begins anew" wait_until 20 sh -c \
    "[ \$(grep -c 'receiver: keeper: it gets its messages' '$work/log') -ge 2 ]"
begin=$(date +%s)
kill "$server_pid"
wait "$server_pid"
expect "it ends within 5 s" yes "$([ $(($(date +%s) - begin)) -le 5 ] && echo yes)"
finish
