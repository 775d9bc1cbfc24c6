#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The door beyond loopback: init makes what that takes, the line it prints works, only TLS
# comes in, and the certificate is exchanged while the daemon runs.
. "$(dirname "$0")/lib.sh"
conf=$work/etc/sheepdog.conf
log=$work/server.log

said() {
    grep -qF -- "$2" "$work/$1"
}

# init [OPTION…]: its stdout and stderr are in init.out and init.err.
# shellcheck disable=SC2120 # check hands options on
init() {
    sheepdog-queue-daemon init -c "$conf" "$@" >"$work/init.out" 2>"$work/init.err"
}

# pin_of FILE: of a certificate's key, as curl has it.
pin_of() {
    printf 'sha256//' && openssl x509 -in "$1" -noout -pubkey |
        openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary | base64
}

# ask PIN [CURL-OPTION…] PATH: the status, if the server has that key.
ask() {
    pin=$1
    shift
    for path in "$@"; do :; done
    curl -sS -m 20 -k --pinnedpubkey "$pin" -o "$work/body" -w '%{http_code}' \
        -H "@$work/header" "https://127.0.0.1:$port$path" 2>>"$work/curl.err"
}

has_pin() {
    [ "$(ask "$1" /v1/token)" = 200 ]
}

# refuses CONF WORDS: the daemon does not start, and says so.
refuses() {
    sheepdog-queue-daemon -c "$1" --port 0 2>"$work/refused"
    [ $? -eq 1 ] && said refused "$2"
}

# handshake OPTION…: what openssl says of one.
handshake() {
    openssl s_client -connect "127.0.0.1:$port" "$@" </dev/null 2>&1
}

# Where there is nothing.
check "init, where there is nothing" init --name sheep.example --name 192.0.2.7 \
    --store "$work/sheepdog.db"
check "prints one line" test "$(wc -l <"$work/init.out")" -eq 1
check "which joins a machine" grep -qxE \
    'sheepdog join https://sheep\.example:7777 --pin sha256//[A-Za-z0-9+/]{43}= --token sheepdog_[A-Za-z0-9_-]{43}' \
    "$work/init.out"
check "the key is its owner's alone" test "$(stat -c %a "$work/etc/tls/server.key")" = 600
check "the certificate is made out to the name" \
    sh -c 'openssl x509 -in "$1" -noout -checkhost sheep.example | grep -q "does match"' - \
    "$work/etc/tls/server.pem"
check "and to the address" \
    sh -c 'openssl x509 -in "$1" -noout -checkip 192.0.2.7 | grep -q "does match"' - \
    "$work/etc/tls/server.pem"
check "for ten years" openssl x509 -in "$work/etc/tls/server.pem" -noout -checkend 300000000
expect "the pin is the key's" "$(pin_of "$work/etc/tls/server.pem")" \
    "$(grep -o 'sha256//[^ ]*' "$work/init.out")"
check "the configuration is good" sheepdog-queue-daemon -c "$conf" --check
pin=$(grep -o 'sha256//[^ ]*' "$work/init.out")
token=$(grep -o 'sheepdog_.*' "$work/init.out")
echo "Authorization: Bearer $token" >"$work/header"

# Once more.
cp "$work/etc/tls/server.key" "$work/first.key"
check "init once more" init
check "keeps the key" cmp "$work/etc/tls/server.key" "$work/first.key"
check "and says so" said init.err 'are there, and stay'
check "and makes no second token" said init.out '--token TOKEN'

start_server "$conf" "$log"
check "the door listens with TLS" said server.log 'door: listening on https://0.0.0.0:'
expect "what the line says works" 200 "$(ask "$pin" /v1/token)"
expect "the token is the shepherd's" '{"host":"*","role":"shepherd"}' "$(cat "$work/body")"
expect "by its certificate too" 200 "$(curl -sS -m 20 --cacert "$work/etc/tls/server.pem" \
    -o "$work/body" -w '%{http_code}' "https://localhost:$port/healthz")"
curl -sS -m 20 "https://localhost:$port/healthz" 2>"$work/refused"
expect "who is told of neither does not trust it" 60 $?
curl -sS -m 20 "http://127.0.0.1:$port/healthz" >"$work/body" 2>&1
check "in the clear nothing is answered" test "$?" -ne 0
check "TLS 1.3 is spoken" sh -c 'echo "$1" | grep -q "TLSv1.3"' - "$(handshake -tls1_3)"
check "TLS 1.2 too" sh -c 'echo "$1" | grep -q "Cipher is ECDHE"' - "$(handshake -tls1_2)"
check "TLS 1.1 is not" sh -c 'echo "$1" | grep -q "Cipher is (NONE)"' - \
    "$(handshake -tls1_1 -cipher DEFAULT@SECLEVEL=0)"

# sheepdog itself.
client=$work/client.conf
check "sheepdog joins" sh -c 'echo "$1" | sheepdog join -c "$2" "https://127.0.0.1:$3" \
    --pin "$4" --token -' - "$token" "$client" "$port" "$pin"
sheepdog -c "$client" --tag wool -e 'exit 3' 2>"$work/job.err"
expect "and watches a job" 3 $?
check "whose end comes through TLS" \
    sh -c 'sheepdog list -c "$1" | grep -q wool' - "$client"

# Who begins a handshake and says no more keeps nobody waiting.
cat >"$work/half.py" <<'PYTHON'
import socket, sys, time
half = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
half.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
open(sys.argv[2], "w").close()
half.settimeout(50)
start = time.monotonic()
half.recv(1)
print(round(time.monotonic() - start))
PYTHON
timeout 60 /usr/bin/python3 "$work/half.py" "$port" "$work/began" >"$work/half.out" 2>&1 &
half=$!
wait_until 20 test -e "$work/began"
check "beside half a handshake a message is taken" sh -c '
    sheepdog bark -c "$1" --tag beside --status ok fine &&
        sheepdog list -c "$1" | grep -q beside' - "$client"

# Another certificate, while the daemon runs.
cat >"$work/keeper.py" <<'PYTHON'
import http.client, ssl, sys, time
context = ssl._create_unverified_context()
door = http.client.HTTPSConnection("127.0.0.1", int(sys.argv[1]), timeout=20, context=context)
def ask():
    door.request("GET", "/healthz")
    reply = door.getresponse()
    reply.read()
    return reply.status
first = ask()
open(sys.argv[2], "w").close()
while not __import__("os").path.exists(sys.argv[3]):
    time.sleep(0.05)
print(first, ask())
PYTHON
timeout 60 /usr/bin/python3 "$work/keeper.py" "$port" "$work/kept" "$work/exchanged" >"$work/keeper.out" 2>&1 &
keeper=$!
wait_until 20 test -e "$work/kept"
cp -r "$work/etc/tls" "$work/old"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 100 -subj /CN=new \
    -keyout "$work/new.key" -out "$work/new.pem" 2>"$work/openssl.err"
cat "$work/new.pem" >"$work/etc/tls/server.pem"
kill -HUP "$server_pid"
check "a certificate without its key is not used" \
    wait_until 10 grep -q 'the certificate stays as it was: .*not the key of' "$log"
check "and the old one still is" has_pin "$pin"
cat "$work/new.key" >"$work/etc/tls/server.key"
kill -HUP "$server_pid"
check "a new one is used by new connections" wait_until 10 has_pin "$(pin_of "$work/new.pem")"
check "and no longer the old one" sh -c '! "$@"' - curl -s -m 20 -k --pinnedpubkey "$pin" \
    "https://127.0.0.1:$port/healthz"
touch "$work/exchanged"
wait "$keeper"
expect "a connection that was there goes on" "200 200" "$(cat "$work/keeper.out")"
check "no log has a token" sh -c '! grep -qF sheepdog_ "$1"' - "$log"
wait "$half"
check "half a handshake is ended after 30 s" \
    test "$(cat "$work/half.out")" -ge 28 -a "$(cat "$work/half.out")" -le 40
kill -TERM "$server_pid"
wait "$server_pid"
expect "it ends well" 0 $?

# What it refuses to start with.
tls="(tls (certificate \"$work/old/server.pem\") (key \"$work/old/server.key\"))"
# try NAME [SETTING…]: a configuration
try() {
    file=$work/$1.conf
    shift
    printf '%s\n' "(store \"$work/empty.db\")" "$@" >"$file"
    chmod 600 "$file"
}
try neither '(listen "0.0.0.0")'
check "beyond loopback with neither" refuses "$work/neither.conf" \
    '0.0.0.0: beyond loopback it needs tokens and TLS: sheepdog-queue-daemon init makes both'
try tokenless '(listen "0.0.0.0")' "$tls"
check "beyond loopback without tokens" refuses "$work/tokenless.conf" \
    'it needs a token: sheepdog-queue-daemon token add makes one'
try clear '(listen "0.0.0.0")'
sheepdog-queue-daemon token add -c "$work/clear.conf" --role shepherd >"$work/out" 2>&1
check "beyond loopback without TLS" refuses "$work/clear.conf" \
    'it needs TLS: sheepdog-queue-daemon init makes it'
try half "(tls (key \"$work/old/server.key\"))"
check "a key without its certificate" refuses "$work/half.conf" \
    '(tls …): the setting certificate is missing'
try open "$tls"
chmod 644 "$work/old/server.key"
check "a key that others can read" refuses "$work/open.conf" \
    "$work/old/server.key: refused: others can read this private key (mode 0644); chmod 600 it"
chmod 600 "$work/old/server.key"
try other "(tls (certificate \"$work/new.pem\") (key \"$work/old/server.key\"))"
check "a key of another certificate" refuses "$work/other.conf" \
    "$work/old/server.key: not the key of the certificate in $work/new.pem"
try missing "(tls (certificate \"$work/none.pem\") (key \"$work/old/server.key\"))"
check "a certificate that is not there" refuses "$work/missing.conf" "$work/none.pem: No such file"

# In the clear, if one insists.
try cleartext '(listen "0.0.0.0")' '(cleartext #t)'
start_server "$work/cleartext.conf" "$log"
check "(cleartext #t) listens" said server.log 'door: listening on http://0.0.0.0:'
check "and warns" grep -q 'warning door: (cleartext #t): without TLS' "$log"
expect "and still asks for a token" 401 "$(curl -sS -m 20 -o "$work/body" \
    -w '%{http_code}' "http://127.0.0.1:$port/v1/status")"
check "of that it does not warn" sh -c '! grep -q "without a token" "$1"' - "$log"
kill -TERM "$server_pid"
printf '%s\n' "(store \"$work/open/sheepdog.db\")" '(listen "0.0.0.0") (cleartext #t)' "$tls" \
    >"$work/open.conf"
chmod 600 "$work/open.conf"
start_server "$work/open.conf" "$log"
check "it warns where none was ever made, with TLS too" \
    grep -q 'warning door: (cleartext #t): without a token' "$log"
kill -TERM "$server_pid"

# A configuration that is there.
conf=$work/there.conf
try there "; mine"
cp "$conf" "$work/before"
check "init beside a configuration" init
check "leaves it as it is" cmp "$conf" "$work/before"
check "and says what to add" said init.err '(tls (certificate "'
check "and where to listen" said init.err '(listen "0.0.0.0")'
rm "$work/tls/server.pem"
init
expect "a key whose certificate is gone: exit status 1" 1 $?
check "is not overwritten" test -s "$work/tls/server.key"
check "which is said" said init.err 'it is not made to fit'
finish
