#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What a job is given and prints stays secret where (redact …) says so: not in the spool, not
# in a file's name, not at the server; and where the configuration cannot be read, all is.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1
spool=$work/spool
conf=$work/sheepdog.conf
write_conf() {
    printf '(spool (folder "%s")) (patience "0s") %s\n' "$spool" "$*" >"$conf"
    chmod 600 "$conf"
}
export SHEEPDOG_CONF="$conf"

# field NAME: of the newest message in the spool, as Python prints it
field() {
    newest=$(find "$spool" "$XDG_STATE_HOME/sheepdog/spool" -name '*.json' 2>/dev/null | sort | tail -n 1)
    /usr/bin/python3 -c 'import json, sys; print(json.load(open(sys.argv[1])).get(sys.argv[2]))' \
        "$newest" "$1"
}
# no_trace: the secret is in no file of ours, nor in a name of one
no_trace() {
    ! grep -rqa hunter2 "$spool" "$XDG_STATE_HOME" &&
        ! find "$spool" "$XDG_STATE_HOME" -name '*hunter2*' | grep -q .
}

write_conf '(redact "hunter2" "key=[^ ]*")'
sheepdog -e 'echo "the hunter2 key=abc, said"; echo "hunter2 too" >&2; : --password hunter2; exit 3' \
    >out 2>err
expect "the exit status is the job's" 3 $?
expect "what the job prints passes on as it is" "the hunter2 key=abc, said hunter2 too" "$(cat out err | xargs)"
expect "stdout is redacted" "the [redacted] [redacted] said" "$(field stdout)"
expect "stderr is redacted" "[redacted] too" "$(field stderr)"
check "the command is redacted" sh -c '! echo "$1" | grep -q hunter2 && echo "$1" | grep -qF "password [redacted]; exit 3"' - "$(field command)"
check "a tag that is made of it, too" sh -c 'echo "$1" | grep -qF "[redacted]"' - "$(field tag)"
check "nothing of it is on disk" no_trace

sheepdog run --lock -- sh -c 'exit 4' hunter2
expect "with a lock as well" 4 $?
check "whose file does not tell either" no_trace
mkfifo held
sheepdog run --lock -- sh -c 'echo held; read line <held' hunter2 >out 2>err &
holder=$!
wait_until 20 grep -q held out
sheepdog run --lock -- sh -c 'exit 5' hunter2 2>err
expect "which another command does not share" 5 $?
echo '(redact' >broken.conf
sheepdog run -c broken.conf --lock -- sh -c 'echo held; read line <held' hunter2 2>err
expect "but the same one does, whatever the configuration" 75 $?
sheepdog run -c broken.conf --lock -- sh -c 'exit 6' 2>err
expect "which stops no other job when it is broken" 6 $?
echo >held
wait "$holder"
check "nor is the command told then" no_trace
rm -r "$XDG_STATE_HOME/sheepdog/spool" # where a broken configuration let them go

sheepdog bark --tag by-hand "it is hunter2"
expect "the text of a bark is redacted" "it is [redacted]" "$(field text)"
echo "piped hunter2" | sheepdog bark --tag by-hand -
expect "also from stdin" "piped [redacted]" "$(field text)"

sheepdog --quiet -e 'echo hunter2; exit 1' >out 2>&1
expect "--quiet prints a failure as it was" hunter2 "$(cat out)"
check "and tells it redacted" no_trace

sheepdog --keep 16 --tag cut -e 'printf "0123456789abhunter2 %5000d hunter2 456789abcd" 1; exit 1' >out
expect "no half of a secret stands at a cut" "0123456789ab[redacted][redacted] 456789abcd" \
    "$(field stdout)"
sheepdog --keep 16 --tag cut -e 'printf "0123456789 hunter2 %5000d 2 xhunter23456789abcdef" 1; exit 1' >out
expect "at either end" "0123456789 [redacted][redacted]3456789abcdef" "$(field stdout)"
/usr/bin/python3 -c 'import sys; sys.stdout.buffer.write(b"\xff hunter2\0\xfe" + b"hunter2\0hunt\0er2\n")' >bytes
sheepdog --tag bytes -e 'cat bytes; exit 1' >out
check "bytes that are no text pass on unchanged" cmp bytes out
expect "and are redacted" "/yBbcmVkYWN0ZWRdAP5bcmVkYWN0ZWRdAGh1bnQAZXIyCg==" \
    "$(field bytes | sed "s/.*'stdout': '\([^']*\)'.*/\1/")"
check "all of them" no_trace

# ---- a configuration that cannot be read
write_conf '(redcat "hunter2")'
sheepdog -e 'echo hunter2; : hunter2; exit 5' >out 2>err
expect "the job runs" "5 hunter2" "$? $(cat out)"
expect "its output is hidden" "[redacted]" "$(field stdout)"
expect "its command" "[redacted]" "$(field command)"
expect "and its tag" "[redacted]" "$(field tag)"
check "the message says why" sh -c 'echo "$1" | grep -q "the configuration there cannot be read"' - "$(field text)"
check "nothing is on disk" no_trace
sheepdog --tag named -e 'exit 5' 2>err
expect "a tag that was given is kept" named "$(field tag)"
SHEEPDOG_CONF=$work/missing.conf sheepdog -e 'echo hunter2; exit 5' >out 2>err
check "one that is missing hides as much" no_trace
sheepdog bark --tag by-hand hunter2 2>err
check "so does a bark" no_trace

write_conf '(redact "fine" "hunter2(")'
sheepdog check >out 2>&1
expect "check names the place of a bad pattern" 1 "$(grep -c "^sheepdog: $conf:1:[0-9]*: redact: no extended regular expression: " out)"
check "and does not quote it" sh -c '! grep -q hunter2 out'
sheepdog -e 'echo hunter2; exit 6' >out 2>err
expect "a run names it too, and goes on" "6 1" "$? $(grep -c "$conf:1:[0-9]*: redact: " err)"
check "with nothing told" no_trace

write_conf ''
rm -r "$XDG_STATE_HOME"
sheepdog -e 'echo hunter2; exit 7' >out
expect "without redact all is told" hunter2 "$(field stdout)"
finish
