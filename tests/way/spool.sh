#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What stands around a job never hinders it: configuration, spool, delivery. Here
# sheepdog-deliver is a script that notes how it was called.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1
mkdir bin
cp "$BUILD/sheepdog" bin/
PATH=$work/bin:$PATH
spool=$work/spool
conf=$work/sheepdog.conf
umask 022
printf '(spool (folder "%s")) (patience "1s")\n' "$spool" >"$conf"

# deliver_by LINE…: what sheepdog-deliver does from now on.
deliver_by() {
    : >calls
    chmod 666 calls
    printf '%s\n' '#!/bin/sh' "echo \"\$@\" >>$work/calls" "$@" >bin/sheepdog-deliver
    chmod +x bin/sheepdog-deliver
}

waiting() {
    find "${1:-$spool}" -name '*.json' 2>/dev/null | wc -l | tr -d ' '
}

# as_user COMMAND…: by somebody who is not root, where we are.
as_user() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
    else
        "$@"
    fi
}
mkdir "$work/theirs"
chmod 777 "$work" "$work/theirs" "$HOME"
export XDG_STATE_HOME="$work/theirs/state"
theirs=$XDG_STATE_HOME/sheepdog/spool

# ---- delivery

sheepdog -c "$conf" -e 'exit 3' 2>err.txt
expect "without sheepdog-deliver the message waits" "3 1" "$? $(waiting)"
check "and that is said" grep -q 'sheepdog-deliver is not installed' err.txt
deliver_by 'exit 0'
sheepdog -c "$conf" -e 'exit 3'
expect "it is started with the configuration and the spool" "3 --folder $spool -c $conf" \
    "$? $(cat calls)"
expect "the message is on disk before" "2" "$(waiting)"
deliver_by 'cat >input'
echo 'for nobody' | sheepdog -c "$conf" -e 'exit 3'
expect "what is on stdin is not its own" "3 " "$? $(cat input)"
deliver_by 'exit 0'
sheepdog -c "$conf" -e true
expect "a run that is well offers what waits" "0 --folder $spool -c $conf" "$? $(cat calls)"
: >calls
touch "$spool/.tried"
sheepdog -c "$conf" -e true
expect "but not within a minute of a try that failed" "0 " "$? $(cat calls)"
touch -d '2 minutes ago' "$spool/.tried"
sheepdog -c "$conf" -e true
expect "and again after that" "0 --folder $spool -c $conf" "$? $(cat calls)"
deliver_by "rm -f $spool/*.json"
sheepdog -c "$conf" -e true
: >calls
sheepdog -c "$conf" -e true
expect "an empty spool costs nothing" "0 " "$? $(cat calls)"
printf '(spool (folder "%s")) (patience "0s")\n' "$spool" >patient.conf
sheepdog -c patient.conf -e 'exit 3'
expect "with no patience nothing is delivered" "3 " "$? $(cat calls)"

deliver_by 'echo $$ >pid' 'exec sleep 60'
sheepdog -c "$conf" -e 'exit 3' 2>err.txt
expect "one that hangs is ended" 3 $?
check "and is gone" sh -c '! kill -0 "$(cat pid)"'
check "and that is said" grep -q 'took too long' err.txt
printf '(spool (folder "%s")) (patience "60s")\n' "$spool" >patient.conf
rm -f pid
sheepdog -c patient.conf -e 'exit 3' &
pid=$!
wait_until 10 test -s pid
kill -TERM $pid
wait $pid
expect "TERM ends delivering, and the status stays the job's" 3 $?
check "with what was delivering" sh -c '! kill -0 "$(cat pid)"'

# ---- sheepdog spool

cp "$BUILD/sheepdog-look" bin/
printf '(spool (folder "%s/shown") (limit "4K")) (patience "0s")\n' "$work" >"$conf"
sheepdog spool -c "$conf" >out.txt
expect "a spool that is not there yet is empty" "0 1" "$? $(grep -c '^waiting    nothing$' out.txt)"
check "and is not made by looking" test ! -e shown
sheepdog -c "$conf" --tag P2-ETC -e 'echo "no $(printf "\033")[31mdisk" >&2; exit 3' 2>/dev/null
sheepdog -c "$conf" --always --tag fine -e true
sheepdog bark -c "$conf" --tag word of mine
printf '{"tag":"old","status":1,"host":"h"}' >shown/00000000-old.json
mkdir shown/rejected
: >shown/rejected/1.json
printf 'never\nhttp://server:7777: connection refused\n' >shown/.tried
sheepdog spool -c "$conf" >out.txt
check "the kinds that wait are counted" \
    grep -qx 'waiting    1 success, 1 note, 1 failure, 1 other' out.txt
check "beside their size and its limit" grep -qE '^size       [0-9.]+ (B|KiB) of 4 KiB$' out.txt
check "what is rejected" grep -qx "rejected   1, in $work/shown/rejected" out.txt
check "and why the last try failed" \
    grep -qE '^last try   20.* ago\): http://server:7777: connection refused$' out.txt
sheepdog spool --json -c "$conf" >out.txt
expect "the same as JSON" "4 1 4096 1 None http://server:7777: connection refused" \
    "$(/usr/bin/python3 -c 'import json
s = json.load(open("out.txt"))
print(s["count"], s["waiting"]["failure"], s["limit"], s["rejected"], s["given_up_since"], s["error"])')"
sheepdog spool list -c "$conf" >out.txt
expect "each is a line, oldest first" "WAITS old P2-ETC fine word" \
    "$(awk 'NR == 1 { print $1 } NR > 1 { print $4 }' out.txt | tr '\n' ' ' | sed 's/ $//')"
check "with its last word" grep -q ' P2-ETC .*no .*\[31mdisk$' out.txt
expect "made harmless" 0 "$(grep -c "$(printf '\033')" out.txt)"
part=$(basename shown/*.failure.json .failure.json | cut -c 25-)
sheepdog spool show "$part" -c "$conf" >out.txt
expect "one is shown whole" "0 1" "$? $(grep -c '^  status    3$' out.txt)"
sheepdog spool show -c "$conf" "$(basename shown/*.failure.json | cut -c 1-4)" 2>err.txt
expect "a part that several ids have is refused" "1 1" "$? $(grep -c 'several ids' err.txt)"
sheepdog spool show -c "$conf" json 2>err.txt
expect "and one that none has" "1 1" "$? $(grep -c 'no message that waits' err.txt)"
sheepdog spool show -c "$conf" 2>/dev/null
expect "show wants an id" 2 $?
sheepdog spool flsh 2>err.txt
expect "a mistyped word is told" "2 1" "$? $(grep -c 'did you mean flush?' err.txt)"
sheepdog spol 2>err.txt
expect "so is a mistyped spool" "2 1" "$? $(grep -c 'did you mean spool?' err.txt)"
check "help knows it" sh -c 'sheepdog help | grep -q "^  spool "'
deliver_by 'exit 75'
sheepdog spool flush -c "$conf"
expect "flush delivers now, and its exit status says how it went" \
    "75 --count --patience 10m --conf $conf" "$? $(cat calls)"
printf '(spool (folder "%s")) (patience "0s")\n' "$spool" >"$conf"

# ---- configuration

deliver_by 'exit 0'
printf '(host "localhost)\n' >broken.conf
chmod 644 broken.conf
as_user sheepdog -c broken.conf -e 'echo ran; exit 3' >out.txt 2>err.txt
expect "a broken configuration does not hinder the job" "3 ran" "$? $(cat out.txt)"
check "it is said in one line" test "$(wc -l <err.txt)" -eq 1
check "that names its place" grep -q 'broken.conf:1:7: ' err.txt
expect "the message waits in the default spool" 1 "$(waiting "$theirs")"
expect "and is not delivered, as nobody knows where to" "" "$(cat calls)"
as_user sheepdog -c missing.conf -e true 2>err.txt
expect "a configuration that is missing neither" "0 1" "$? $(grep -c 'missing.conf: No such' err.txt)"
SHEEPDOG_CONF=missing.conf as_user sheepdog -e true 2>err.txt
expect "nor one that SHEEPDOG_CONF names" "0 1" "$? $(grep -c 'missing.conf: No such' err.txt)"
if [ ! -e /etc/sheepdog/sheepdog.conf ]; then
    as_user sheepdog -e 'exit 3' 2>err.txt
    expect "without any configuration the defaults hold" "3 --folder $theirs" "$? $(cat calls)"
    check "and the files are named" grep -q "$HOME/.sheepdog.conf, .*/etc/sheepdog/" err.txt
    expect "in one line" 1 "$(wc -l <err.txt)"
else
    echo "skipped: this machine has a configuration, so the way without one is not tried"
fi
chmod 666 "$conf"
if [ "$(id -u)" -eq 0 ]; then
    sheepdog check "$conf" >out.txt 2>&1
    expect "root's configuration must not be for all to write" "1 1" \
        "$? $(grep -c 'others can write it' out.txt)"
fi
chmod 600 "$conf"
sheepdog check broken.conf 2>err.txt
expect "sheepdog check is strict" "1 1" "$? $(grep -c 'broken.conf:1:7: ' err.txt)"

# ---- a spool that cannot be written

deliver_by 'cat >input' 'exit 0'
: >file
printf '(spool (folder "%s/file/spool")) (patience "1s")\n' "$work" >"$conf"
sheepdog -c "$conf" -e 'echo out; exit 3' >out.txt 2>err.txt
expect "a spool that cannot be does not hinder the job" "3 out" "$? $(cat out.txt)"
expect "the message is delivered at once" "--stdin -c $conf" "$(cat calls)"
check "whole" /usr/bin/python3 -c 'import json; assert json.load(open("input"))["status"] == 3'
check "and that is said" grep -q 'the spool cannot be written: .*Not a directory' err.txt
deliver_by 'exit 75'
sheepdog -c "$conf" -e 'exit 3' 2>err.txt
expect "and if that fails too" "3 1" "$? $(grep -c 'the message is lost' err.txt)"
sheepdog -c "$conf" bark 2>/dev/null
sheepdog bark -c "$conf" --tag t text 2>/dev/null
expect "bark by hand says so by its status" 1 $?
mkdir open
chmod 777 open
printf '(spool (folder "%s/open")) (patience "1s")\n' "$work" >"$conf"
sheepdog -c "$conf" -e 'exit 3' 2>err.txt
expect "a spool that others can write is refused" "3 0 1" \
    "$? $(waiting open) $(grep -c 'others can write it' err.txt)"

deliver_by 'cat >input' 'exit 0'
mkdir full
if mount -t tmpfs -o size=16k,mode=700 none full 2>/dev/null; then
    printf '(spool (folder "%s/full")) (patience "1s")\n' "$work" >"$conf"
    head -c 16384 /dev/zero >full/ballast 2>/dev/null
    sheepdog -c "$conf" -e 'exit 3' 2>err.txt
    expect "a full disk does not hinder the job" "3 1" "$? $(grep -c 'No space left' err.txt)"
    expect "nothing half-written is left" ballast "$(ls full; find full -name '*.new')"
    expect "the message is delivered at once here too" "--stdin -c $conf" "$(cat calls)"
    umount full
else
    echo "skipped: no tmpfs can be mounted here, so a full disk is not tried"
fi
printf '(spool (folder "%s")) (patience "0s")\n' "$spool" >"$conf"
rm -f "$spool"/*.json
(ulimit -f 0; sheepdog -c "$conf" -e 'exit 3' 2>/dev/null)
expect "nor does a limit on files" "3 0" "$? $(waiting)"
prlimit --nofile=4 sheepdog -c "$conf" -e 'echo out; exit 3' >out.txt 2>err.txt
expect "without a pipe the job writes past us" "3 out" "$? $(cat out.txt)"
check "and that is said" grep -q 'no pipe: ' err.txt
finish
