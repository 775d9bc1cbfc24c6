#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Watching a job: its exit status, its signals, its output, its time, its lock; what is in
# the message; and that nothing around it hinders it. Nothing is delivered here.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1
spool=$work/spool
conf=$work/sheepdog.conf
cat >"$conf" <<EOF
(spool (folder "$spool")) (patience "0s")
EOF
chmod 600 "$conf"
export SHEEPDOG_CONF="$conf"

# field NAME…: those fields of the one message in the spool, as JSON, and empties it.
field() {
    /usr/bin/python3 - "$spool" "$@" <<'EOF'
import json, os, sys
names = [n for n in os.listdir(sys.argv[1]) if n.endswith(".json")]
assert len(names) == 1, names
path = os.path.join(sys.argv[1], names[0])
message = json.load(open(path))
assert names[0].split(".")[0] == message["id"] and message["v"] == 1
os.remove(path)
print(*(json.dumps(message.get(name)) for name in sys.argv[2:]))
EOF
}

# exact NAME FILE: the bytes of that output in the message are those of the file.
exact() {
    /usr/bin/python3 - "$spool" "$@" <<'EOF'
import base64, glob, json, os, sys
(path,) = glob.glob(sys.argv[1] + "/*.json")
message = json.load(open(path))
os.remove(path)
name = sys.argv[2]
found = message.get("bytes", {}).get(name)
found = base64.b64decode(found) if found else message[name].encode()
assert found == open(sys.argv[3], "rb").read(), found[:100]
EOF
}

# nobody_lives WHO…: as pgrep finds them; a zombie does not live.
nobody_lives() {
    ! pgrep -r R,S,D,T "$@"
}

waiting() {
    find "$spool" -name '*.json' 2>/dev/null | wc -l | tr -d ' '
}

# ---- the exit status

sheepdog -e true
expect "a job that is well sends nothing" "0 0" "$? $(waiting)"
for status in 1 3 126 127 255; do
    sheepdog -e "exit $status"
    expect "status $status comes through" "$status" $?
    expect "and stands in the message" "$status null \"FAIL\"" "$(field status signal err)"
done
for signal in HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM; do
    number=$(env kill -l $signal)
    prlimit --core=0 sheepdog run -- sh -c "kill -$signal \$\$"
    expect "$signal ends it with 128+$number" $((128 + number)) $?
    expect "and stands in the message" "null $number" "$(field status signal)"
done
sheepdog run -- "$work/none" 2>err.txt
expect "a program that is missing is 127" 127 $?
expect "and is named in stderr" "\"sheepdog: $work/none: No such file or directory\\n\"" \
    "$(field stderr)"
check "which passes through" grep -q 'No such file' err.txt
: >"$work/plain"
sheepdog run -- "$work/plain" 2>/dev/null
expect "one that is not executable is 126" "126 126" "$? $(field status)"
sheepdog run -- nosuch-program-anywhere 2>/dev/null
expect "one that PATH does not have is 127" "127 127" "$? $(field status)"
mkdir -m 0 "$work/closed"
PATH=$work/closed:$PATH sheepdog run -- nosuch-program-anywhere 2>/dev/null
expect "also where a folder of PATH is closed" "127 127" "$? $(field status)"

# ---- what passes through

expect "stdin is the job's" "to the job" "$(echo to the job | sheepdog -e cat)"
expect "stdout and stderr stay apart" "o" "$(sheepdog -e 'echo o; echo e >&2' 2>/dev/null)"
printf 'a\0\377\200b\n\303' >binary
sheepdog run -- sh -c 'cat; cat binary >&2; exit 1' <binary >out.bin 2>err.bin
check "any bytes pass through stdout" cmp binary out.bin
check "any bytes pass through stderr" cmp binary err.bin
check "any bytes come back from the message" exact stderr binary
sheepdog run -- sh -c 'cat binary; exit 1' >/dev/null
check "of stdout too, when it failed" exact stdout binary
sheepdog --always -e 'echo text' >/dev/null
expect "stdout is not told on success" "null \"SUCCESS\" 0" "$(field stdout err status)"
sheepdog --always --store-stdout -e 'echo text' >/dev/null
expect "unless it was asked for" '"text\n"' "$(field stdout)"
expect "64 MiB pass unchanged" "$(yes | head -c 67108864 | cksum)" \
    "$(sheepdog -e 'yes | head -c 67108864; grep VmHWM /proc/$PPID/status >memory' | cksum)"
case $BUILD in
*san*) echo "skipped: memory is not looked at with the sanitizers, which take their own" ;;
*) check "in little memory" test "$(tr -dc 0-9 <memory)" -le 4096 ;;
esac
sheepdog --keep 10 -e 'printf 0123456789; printf "%01000d" 0; printf ABCDEFGHIJ; exit 1' \
    >/dev/null
expect "the first and last bytes are kept" \
    '"0123456789ABCDEFGHIJ" {"stdout": 1000} {"stdout": 10}' "$(field stdout cut cut_at)"
sheepdog --keep 4 -e 'printf "123\303\251......\303\251789"; exit 1' >/dev/null
expect "no character is torn" '"123789" {"stdout": 10}' "$(field stdout cut)"
sheepdog --keep 256K -e 'head -c 900000 /dev/zero; head -c 900000 /dev/urandom >&2; exit 1' \
    >/dev/null 2>&1
check "a message stays within 1 MiB" test "$(cat "$spool"/*.json | wc -c)" -le 1048576
field cut >/dev/null
sheepdog -e 'exec >&-; sleep 0.2; exit 3'
expect "a job may close its stdout" "3 3" "$? $(field status)"
expect "nobody reads our stdout: the job sees it" 141 "$(
    (sheepdog run -- yes; echo $? >yes.status) | head -n 1 >/dev/null; cat yes.status
)"
expect "and its message says so" "13" "$(field signal)"
sheepdog -e 'echo started; sleep 60 & echo $! >child; exit 4' >out.txt
expect "a background child does not hold us up" "4 started 4" "$? $(cat out.txt) $(field status)"
kill "$(cat child)"
sheepdog -e 'yes & echo started; exit 5' >/dev/null
expect "nor one that never stops printing" "5 5" "$? $(field status)"

# ---- quiet

expect "--quiet prints nothing while all is well" "" \
    "$(sheepdog --quiet -e 'echo o; echo e >&2' 2>&1)"
expect "and all when it fails" "o" "$(sheepdog --quiet -e 'echo o; echo e >&2; exit 1' 2>/dev/null)"
expect "on both streams" "e" "$(sheepdog --quiet -e 'echo o; echo e >&2; exit 1' 2>&1 >/dev/null)"
expect "with what was left out" "ab
[… 3 bytes left out …]
fg" "$(sheepdog --quiet --keep 2 -e 'printf abcdefg; exit 1')"
rm -f "$spool"/*.json

# ---- signals and time

sheepdog -e 'sleep 71.5 & sleep 71.5; wait' &
pid=$!
wait_until 10 pgrep -f '^sleep 71.5'
group=$(ps -o pgid= -p "$(pgrep -f '^sleep 71.5' | head -n 1)" | tr -d ' ')
kill -TERM $pid
wait $pid
expect "TERM goes to the job, whose status it is" 143 $?
check "and to its whole group" wait_until 5 nobody_lives -g "$group"
expect "and its message says so" 15 "$(field signal)"
sheepdog -e 'trap "exit 9" HUP; echo ready; while :; do sleep 0.05; done' >ready 2>/dev/null &
pid=$!
wait_until 10 test -s ready
kill -HUP $pid
wait $pid
expect "a job may answer a signal its own way" "9 9" "$? $(field status)"
expect "one that we are to ignore the job ignores too" 0 "$(
    nohup sheepdog -e 'kill -HUP $$; exit 0' >/dev/null 2>&1; echo $?
)"
sheepdog -e 'kill -STOP $$; exit 6' &
pid=$!
wait_until 10 sh -c "ps -o stat= --ppid $pid | grep -q T"
child=$(ps -o pid= --ppid $pid | tr -d ' ')
kill -CONT "$child"
wait $pid
expect "a job that is stopped and continued is waited for" "6 6" "$? $(field status)"
sheepdog --timeout 200ms -e 'sleep 60' 2>err.txt
expect "--timeout ends it" "143 \"TIMEOUT\" 15" "$? $(field err signal)"
check "and says so" grep -q 'sleep 60: ended after 200 ms' err.txt
sheepdog --timeout 200ms -e 'trap "exit 0" TERM; while :; do sleep 0.05; done' 2>/dev/null
expect "its status stays its own" "0 \"TIMEOUT\" 0" "$? $(field err status)"
sheepdog --timeout 100ms -e '(trap "" TERM; exec sleep 72.5) & sleep 73.5' 2>/dev/null
expect "what ignores TERM is killed" "143 \"TIMEOUT\"" "$? $(field err)"
check "and is gone with us" nobody_lives -f '^sleep 72.5'
expect "a short job has no trouble with a time limit" 0 "$(sheepdog --timeout 1h -e true; echo $?)"

# ---- lock

mkfifo fifo
sheepdog --lock --tag "way $$" -e 'echo held; read line' <fifo >held &
pid=$!
exec 9>fifo
wait_until 10 test -s held
sheepdog --lock --tag "way $$" -e 'echo never' >out.txt 2>err.txt
expect "a second run of the tag is locked out" "75  null \"LOCKED\"" \
    "$? $(cat out.txt) $(field status err)"
check "and says so" grep -q 'not started' err.txt
sheepdog --lock --wait 100ms --tag "way $$" -e 'echo never' 2>/dev/null
expect "also when it has waited" "75 \"LOCKED\"" "$? $(field err)"
sheepdog --lock --tag "other $$" -e 'exit 0'
expect "another tag is free" 0 $?
sheepdog --lock --wait 20s --tag "way $$" -e 'exit 7' &
second=$!
echo >&9
exec 9>&-
wait $pid
wait $second
expect "--wait gets the lock in the end" 7 $?
rm -f "$spool"/*.json

# ---- recovery

sheepdog --tag recovery -e 'exit 1'
field id >/dev/null
sheepdog --tag recovery -e true
expect "the first good run after a bad one is told" '"SUCCESS" 0 "recovery"' \
    "$(field err status tag)"
sheepdog --tag recovery -e true
expect "and then no more" 0 "$(waiting)"

# ---- retry

sheepdog --retry 2 -e 'echo x >>tries; exit 7'
expect "--retry runs it again" "7 3" "$? $(wc -l <tries | tr -d ' ')"
expect "and tells each attempt" '[7, 7, 7]' "$(
    field attempts | /usr/bin/python3 -c 'import json; print([a["status"] for a in json.loads(input())])'
)"
rm -f tries
sheepdog --retry 5 --delay 10ms -e 'echo x >>tries; test $(wc -l <tries) -ge 2'
expect "until it succeeds" "0 2 0" "$? $(wc -l <tries | tr -d ' ') $(waiting)"
sheepdog --retry 1000 --delay 1h -e 'echo x >failed; exit 8' &
pid=$!
wait_until 10 test -s failed
wait_until 10 nobody_lives -P $pid # the job has ended, and the delay begins
kill -TERM $pid
wait $pid
expect "a signal ends the retrying" "8 8" "$? $(field status)"
sheepdog --retry 1 -e 'echo x >>asked; trap "exit 5" USR1; kill -USR1 $PPID
    while :; do sleep 0.02; done'
expect "but not one that only asks the job for something" "5 2" "$? $(wc -l <asked | tr -d ' ')"
rm -f "$spool"/*.json

# ---- require and forbid

sheepdog --require '^done$' -e 'echo almost done' >/dev/null 2>err.txt
expect "--require misses a line" "0 \"CHECK\" \"it did not print what --require requires: ^done\$\"" \
    "$? $(field err text)"
check "and says so" grep -q 'echo almost done: it did not print' err.txt
sheepdog --require '^done$' -e 'echo almost; printf done >&2' 2>/dev/null >&2
expect "and finds it on either stream" "0 0" "$? $(waiting)"
sheepdog --forbid 'err(or)?:' -e 'yes | head -n 100000; printf "\0err: x"; yes | head -n 100000' \
    >/dev/null 2>&1
expect "--forbid finds what was left out of the message" "0 \"CHECK\"" "$? $(field err)"
sheepdog --require '(' -e 'echo ran >ran.txt' 2>/dev/null
expect "a wrong pattern is refused before the job runs" "2 no" \
    "$? $(test -e ran.txt && echo yes || echo no)"

# ---- the message

sheepdog --tag ' P2	ETC ' --mailto me@example.org -e 'exit 1'
expect "tag and mailto" '"P2 ETC" "me@example.org" "outcome" "exit 1"' \
    "$(field tag mailto kind command)"
sheepdog run -- sh -c 'exit "$1"' "it's" 3
expect "an argv is told as a shell would read it" \
    '"sh -c '"'exit \\\"\$1\\\"' 'it'\\\\''s'"' 3"' "$(field command)"
sheepdog -e '  true &&
    false'
expect "without a tag it is the command" '"true && false"' "$(field tag)"
sheepdog -e 'head -c 20000000 /dev/zero | tail -c 1 >/dev/null; sleep 0.1; exit 1'
check "times and memory are known" /usr/bin/python3 -c '
import sys
elapsed, rss, user, system = map(float, sys.argv[1].split())
assert 0.1 <= elapsed < 60 and rss > 100000 and user >= 0 and system >= 0' \
    "$(field elapsed max_rss user_time system_time)"
sheepdog --always --tag quiet -e 'printf 12345; printf 678 >&2' >/dev/null 2>&1
expect "what a success printed is counted, and not told" '8 null' "$(field printed stdout)"
sheepdog --always --tag silent -e true
expect "also where it is nothing" '0' "$(field printed)"
expect "host and user are known" "\"$(uname -n)\" \"$(id -un)\"" \
    "$(sheepdog -e 'exit 1'; field host user)"

# ---- the call

expect "an unknown monitor is said, and the job runs" "0 ran" \
    "$(sheepdog -m monitor-eror -e 'echo ran >out.txt' 2>err.txt; echo $? "$(cat out.txt)")"
check "with what was meant" grep -q 'did you mean monitor-error?' err.txt
rm -f ran.txt
/usr/bin/python3 -c '
import os, signal, sys
from_nobody, to_nobody = os.pipe()
os.close(from_nobody)
os.dup2(to_nobody, 2)
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])' sheepdog -m monitor-eror -e 'echo ran >ran.txt; exit 3'
expect "a word that nobody reads does not keep it from running" "3 ran 3" \
    "$? $(cat ran.txt) $(field status)"
rm -f ran.txt
sheepdog --tiemout 3s -e 'echo ran >ran.txt' 2>err.txt
expect "an unknown option is refused" "2 no" "$? $(test -e ran.txt && echo yes || echo no)"
check "with what was meant" grep -q 'did you mean --timeout?' err.txt
for call in '--every 1dd -e true' '--every dayly -e true' '--every 0 -e true' '--grace 1h -e true' \
    '--every 1d --grace x -e true' 'run --every 25:00 -- true' 'bark --tag t --every 1dd' \
    'bark --tag t --grace 1h' '--timeout soon -e true' '--keep 1T -e true' '--retry x -e true' '-e' 'run' \
    'run -e true -- true' '--tag= -e true' 'bark hello' 'bark --tag= hello' 'bark --tag t --status bad' 'stauts' \
    'check a b' 'help run list' '-c conf status' ''; do
    # shellcheck disable=SC2086
    sheepdog $call >/dev/null 2>&1
    expect "refused: sheepdog $call" 2 $?
done
check "--version" sh -c 'sheepdog --version | grep -q "^sheepdog [0-9]"'
for call in --help help 'help run' 'help bark' 'help check' 'run --help' 'bark --help'; do
    # shellcheck disable=SC2086
    expect "sheepdog $call" "0 yes" \
        "$(sheepdog $call >out.txt 2>&1; echo $? "$(grep -q '^usage: sheepdog' out.txt && echo yes)")"
done
expect "sheepdog check" "$conf: good 0" "$(sheepdog check "$conf") $?"

# ---- what is promised

expected() {
    TZ=Europe/Berlin "$@" >/dev/null
    field kind err every grace zone
}
expect "a job that is well and comes again says so" \
    '"outcome" "SUCCESS" "1d" "120m" "Europe/Berlin"' \
    "$(expected sheepdog --every 1d --grace 2h -e true)"
expect "so does one that fails" '"outcome" "FAIL" "0 3 * * 1-5" null "Europe/Berlin"' \
    "$(expected sheepdog run --every '0  3 * * 1-5' -- false)"
expect "a bark may promise the next" '"note" "SUCCESS" "Mon..Fri 03:00" "10m" "Europe/Berlin"' \
    "$(expected sheepdog bark --tag t --status ok --every 'Mon..Fri 03:00' --grace 10m)"
expect "or that none comes" '"note" null "off" null "Europe/Berlin"' \
    "$(expected sheepdog bark --tag t --every off)"
expect "a zone that nobody else knows is not named" "no" \
    "$(TZ=JST-9 sheepdog bark --tag t && field zone | grep -q JST && echo yes || echo no)"
# both: the two messages in the spool, which tell of one run; and empties it.
both() {
    /usr/bin/python3 - "$spool" <<'EOF'
import glob, json, os, sys
paths = sorted(glob.glob(sys.argv[1] + "/*.json"))
both = [json.load(open(path)) for path in paths]
for path in paths:
    os.remove(path)
print(*(f"{m['kind']} {m['tag']} {m.get('err')} {m['every']}" for m in both),
      len({m["run"] for m in both}), sep="|")
EOF
}
sheepdog run --start --every 1d --retry 1 --tag pair -- false
expect "start and end of a run are two messages with one id" \
    'start pair None 1d|outcome pair FAIL 1d|1' "$(both)"
sheepdog --every '0 25 * * *' -e 'echo ran >ran.txt' 2>err.txt
expect "a wrong promise is refused before the job runs" "2 no" \
    "$? $(test -e ran.txt && echo yes || echo no)"
check "with its place" grep -q 'column 3: found 25, expected an hour from 0 to 23' err.txt

# ---- bark by hand

sheepdog bark --tag t --status fail disk is full
expect "bark" "0 \"note\" \"FAIL\" \"disk is full\" \"t\"" \
    "$? $(field kind err text tag)"
expect "bark reads stdin" '"note" null "one\ntwo\n"' \
    "$(printf 'one\ntwo\n' | sheepdog bark --tag t -; field kind err text)"
words=$(head -c 100000 /dev/zero | tr '\0' a)
expect "what it is given as words is bounded too" "1" "$(
    sheepdog bark --tag t "$words" "$words" "$words" "$words" "$words" "$words" "$words" \
        "$words" "$words" "$words" "$words" "$words"
    find "$spool" -name '*.json' -size -100k | wc -l)"
rm -f "$spool"/*.json
finish
