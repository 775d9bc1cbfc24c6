#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# sheepdog join: what it writes, each way in which it fails, and that the token is seen by
# nobody else.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1
if ! command -v openssl >/dev/null; then
    echo "ok skipped: openssl is not installed, so there is no certificate to join by"
    finish
fi

# certificate NAME SUBJECT: NAME.crt, NAME.key and $pin
certificate() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
        -keyout "$1.key" -out "$1.crt" -subj "/CN=$2" -addext "subjectAltName=DNS:$2" 2>/dev/null
    pin=sha256//$(openssl x509 -in "$1.crt" -noout -pubkey | openssl pkey -pubin -outform der |
        openssl dgst -sha256 -binary | openssl base64 -A)
}
# start_token_server LOG CERTIFICATE KEY: sets $url_port
start_token_server() {
    : >"$1"
    "$way/token-server" "$2" "$3" >"$1" &
    pids="$pids $!"
    wait_until 20 test -s "$1" || exit 1
    url_port=$(head -n 1 "$1")
}
# said PATTERN: what went to stderr or stdout
said() {
    grep -q -- "$1" out err
}

certificate other other.example
other_pin=$pin
certificate server localhost
start_token_server heard server.crt server.key
url=https://localhost:$url_port
me=$(uname -n)
tail=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
token=sheepdog_bark_${me}_$tail
conf=$work/joined/deep/sheepdog.conf
sheepdog_join() {
    sheepdog join "$@" >out 2>err
}

# ---- what works
sheepdog_join "$url" --pin "$pin" --token "$token" -c "$conf"
expect "a good token joins" 0 $?
check "whose it is, is said" said "it speaks for $me, and may send messages"
check "and what was written" said "$conf is written: queue, pin, token"
check "and what to try" said "sheepdog bark -c $conf"
expect "the file is the user's alone" 600 "$(stat -c %a "$conf")"
expect "it holds what was said" "(queue \"$url\") (pin \"$pin\") (token \"$token\")" \
    "$(grep -v '^;' "$conf" | xargs -d '\n')"
check "it is a good configuration" sheepdog check "$conf"
check "the token is not said" sh -c "! grep -q $tail out err"

cat >mine.conf <<'CONF'
; mine
(host "localhost") ; where it was
(token "sheepdog_old")
(config (ca "/etc/old.pem")
        (mailto "me@example.org")) #| kept |#
CONF
chmod 600 mine.conf
cp mine.conf before.conf
sheepdog_join "$url" --ca server.crt --token "$token" -c mine.conf
expect "a CA does as well" 0 $?
expect "what was there stays, but what changed" "; mine
(host \"localhost\") ; where it was
(token \"$token\")
(config (ca \"$work/server.crt\")
        (mailto \"me@example.org\")) #| kept |#
(queue \"$url\")" "$(cat mine.conf)"
check "and is kept beside it" cmp before.conf mine.conf.old
sheepdog_join "$url" --pin "$pin" --token "$token" -c mine.conf
check "a pin takes the place of a CA" sh -c 'grep -q "(pin " mine.conf && ! grep -q "(ca " mine.conf'

printf '%s\n' "$token" | sheepdog join "$url" --pin "$pin" --token - -c stdin.conf >out 2>err
expect "a token on stdin" "0 1" "$? $(grep -c "$tail" stdin.conf)"
SHEEPDOG_TOKEN=$token sheepdog_join "$url" --pin "$pin" -c variable.conf
expect "a token in the environment" "0 1" "$? $(grep -c "$tail" variable.conf)"
sheepdog_join -c joined.conf "--token=$token" --pin "$pin" "$url"
expect "a token joined to its option" "0 1" "$? $(grep -c "$tail" joined.conf)"
if [ "$(id -u)" -eq 0 ]; then
    chgrp nogroup mine.conf
    chmod 640 mine.conf
    sheepdog_join "$url" --pin "$pin" --token "$token" -c mine.conf
    expect "a server's own configuration stays readable to its user" \
        "root:nogroup 640 root:nogroup 640" \
        "$(stat -c '%U:%G %a' mine.conf mine.conf.old | xargs)"
fi
sheepdog_join "$url" --pin "$pin" --token "sheepdog_shepherd_*_$tail" -c shepherd.conf
check "a shepherd's token speaks for any host" said "it speaks for any host, and may see and change"
if [ "$(id -u)" -ne 0 ]; then
    sheepdog_join "$url" --pin "$pin" --token "$token"
    check "without -c it is the user's own file" test -f "$HOME/.config/sheepdog/sheepdog.conf"
fi

# ---- what does not
# refused NAME PATTERN ARGUMENT…: it fails, says so in one line, and writes nothing
refused() {
    name=$1
    pattern=$2
    shift 2
    rm -f none.conf
    sheepdog_join "$@" -c none.conf
    expect "$name" "1 1 yes" \
        "$? $(wc -l <err) $(said "$pattern" && [ ! -e none.conf ] && ! grep -q "$tail" err && echo yes || cat err)"
}
asked=$(grep -c GET heard)
refused "a wrong pin is refused" "its key is not the pinned one" "$url" --pin "$other_pin" --token "$token"
refused "so is a CA that vouches for another" "is not trusted" "$url" --ca other.crt --token "$token"
refused "and a certificate that nobody vouches for" "nobody whom we trust vouches for it" "$url" --token "$token"
refused "and another name" "made out to another name\|is not trusted" "https://127.0.0.1:$url_port" --ca server.crt --token "$token"
expect "no token went to a server that is not trusted" "$asked" "$(grep -c GET heard)"
refused "an unknown token is refused" "it does not know this token" "$url" --pin "$pin" --token "sheepdog_$tail"
refused "one that may not" "this token may not do that: not from here" "$url" --pin "$pin" --token "sheepdog_forbidden_$tail"
refused "one of another host" "speaks for the host elsewhere" "$url" --pin "$pin" --token "sheepdog_bark_elsewhere_$tail"
refused "a server that is not ours" "is it a sheepdog-queue-daemon" "$url" --pin "$pin" --token "sheepdog_stranger_$tail"
refused "a role that is none" "no sheepdog-queue-daemon, or an old one\|does not know" "$url" --pin "$pin" --token "sheepdog_cat_$tail"
refused "nobody there" "connection refused" "https://localhost:1" --pin "$pin" --token "$token"
refused "a pin that is none" "is no pin" "$url" --pin "sha256//short" --token "$token"
refused "a token in the clear" "can read the token" "http://192.0.2.1:7777" --token "$token"
refused "a CA that is not there" "No such file" "$url" --ca missing.pem --token "$token"
# A token in the wrong place is not shown.
for call in "join $url $token" "join $token --token $url" "$token" "list $token" "run --$token" \
    "spool $token" "dead show $token" "check $token"; do
    # shellcheck disable=SC2086 # words
    sheepdog $call >out 2>err
    check "sheepdog ${call%%sheepdog_*}…: the token is not shown" \
        sh -c "test -s err && ! grep -q $tail out err"
done

printf '(hots "x")\n' >broken.conf
cp broken.conf before.conf
sheepdog_join "$url" --pin "$pin" --token "$token" -c broken.conf
expect "a configuration that cannot be read is not touched" "1 1" "$? $(grep -c 'broken.conf:1:2: ' err)"
check "at all" cmp broken.conf before.conf

for call in "" "--token $token" "$url" "$url --pin $pin --ca x --token $token" "$url $url --token $token"; do
    # shellcheck disable=SC2086 # words
    sheepdog_join $call -c none.conf
    expect "a wrong call: join $(echo "$call" | sed "s/$tail/…/g" | cut -c1-50)" "2 0" "$? $(grep -c "$tail" err)"
done

# ---- who can see the token
# a server that does not answer holds it where it can be looked at
/usr/bin/python3 -c 'import socket, time
s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1], flush=True); time.sleep(60)' >silent &
pids="$pids $!"
wait_until 10 test -s silent
sheepdog join "http://127.0.0.1:$(cat silent)" --token "$token" -c seen.conf >out 2>err &
pid=$!
pids="$pids $pid"
wait_until 10 grep -qa look /proc/$pid/cmdline
check "the words of the program hold no token" sh -c "! grep -qa $tail /proc/$pid/cmdline"
check "but all others" sh -c "tr '\0' ' ' </proc/$pid/cmdline | grep -q 'join http://127.0.0.1:[0-9]* -c seen.conf'"
check "nor, when it has begun, does its environment" wait_until 10 sh -c "! grep -qa $tail /proc/$pid/environ"
kill $pid
finish
