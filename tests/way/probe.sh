#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# sheepdog-probe: pages and certificates of real servers, well and otherwise.
. "$(dirname "$0")/lib.sh"

# make_certificate DAYS [OPTION…]: the server's from now on; -1 ended yesterday.
make_certificate() {
    days=$1
    shift
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -days "$days" \
        -keyout "$work/server.key" -out "$work/server.pem" "$@" 2>"$work/openssl.log"
    cat "$work/server.pem" "$work/server.key" >"$work/server.both"
}

port_of() {
    sed -n "s/^$1 //p" "$work/ports"
}

# says PROBE SETTINGS WORDS: it prints a line that holds them.
says() {
    printf '%s' "$2" | timeout 30 sheepdog-probe "$1" >"$work/said" 2>&1
    cat "$work/said"
    grep -qF -- "$3" "$work/said"
}

# refuses SETTINGS WORDS: it ends with 1, and says why.
refuses() {
    printf '%s' "$1" | timeout 30 sheepdog-probe http >"$work/said" 2>&1
    [ $? -eq 1 ] && grep -qF -- "$2" "$work/said"
}

make_certificate 90
"$way/pages-server" "$work" >"$work/ports" 2>"$work/pages.log" &
pids="$pids $!"
check "the servers start" wait_until 20 grep -q ready "$work/ports"
http=http://127.0.0.1:$(port_of http)
https=https://localhost:$(port_of https)
ca=$work/server.pem

# Pages.
check "a page that is well" says http "{\"url\":\"$http/good\"}" '"state":"ok","text":"status 200; after'
check "and how long it took" says http "{\"url\":\"$http/good\"}" '{"reading":"time","value":0.'
check "a page that is not there" says http "{\"url\":\"$http/none\"}" \
    '"state":"fail","text":"status 404, expected 2xx"'
check "which may be what is wanted" says http "{\"url\":\"$http/none\",\"status\":[\"200\",\"400-404\"]}" \
    '"state":"ok"'
check "a redirect is followed" says http "{\"url\":\"$http/moved\"}" '"text":"status 200'
check "if it may be" says http "{\"url\":\"$http/moved\",\"redirects\":0}" 'status 302, expected 2xx'
check "but not for ever" says http "{\"url\":\"$http/round\"}" '"state":"fail","text":"Maximum (5) redirects'
check "a page that contains" says http "{\"url\":\"$http/good\",\"contains\":\"all is well\"}" \
    'the page contains \"all is well\"'
check "or does not" says http "{\"url\":\"$http/good\",\"contains\":\"all is lost\"}" \
    '"state":"fail","text":"the page does not contain \"all is lost\""'
check "a page that matches" says http "{\"url\":\"$http/good\",\"matches\":\"^all (is|was) well\$\"}" \
    '"state":"ok"'
check "or does not match" says http "{\"url\":\"$http/good\",\"matches\":\"^is well\"}" '"state":"fail"'
check "an expression that is none" says http "{\"url\":\"$http/good\",\"matches\":\"(\"}" '"state":"unknown"'
check "a slow page" says http "{\"url\":\"$http/slow\",\"warn\":0.5}" \
    '"state":"warning","text":"after 1.0 s, warning from 500 ms"'
check "a slower one" says http "{\"url\":\"$http/slow\",\"warn\":0.2,\"fail\":0.5}" '"state":"fail"'
check "one that never comes" says http "{\"url\":\"$http/silent\",\"timeout\":1}" \
    '"state":"fail","text":"no answer in time"'
check "method, header and body" says http \
    "{\"url\":\"$http/echo\",\"method\":\"PUT\",\"header\":[\"X-Sheep: wool\"],\"body\":\"baa\",\"contains\":\"PUT wool baa\"}" \
    '"state":"ok"'
check "HEAD" says http "{\"url\":\"$http/good\",\"method\":\"HEAD\"}" '"state":"ok"'
check "nobody listens" says http '{"url":"http://127.0.0.1:1/"}' '"state":"fail","text":"Failed to connect'
check "two at once" says http "{\"url\":[\"$http/good\",\"$http/none\"]}" "\"part\":\"$http/none\""
check "a password is not told" says http "{\"url\":\"http://me:secret@${http#http://}/good\"}" '"state":"ok"'
check "and in no line" sh -c '! grep -q secret "$1"' - "$work/said"
check "whom nobody trusts" says http "{\"url\":\"$https/good\"}" \
    '"state":"fail","text":"its certificate is not trusted: nobody whom we trust vouches for it"'
check "whom we trust" says http "{\"url\":\"$https/good\",\"ca\":\"$ca\"}" 'certificate good for 89 d'
check "that he is trusted is not always asked" says http "{\"url\":\"$https/good\",\"insecure\":true}" '"state":"ok"'
check "a setting that is none" refuses '{"ur":"x"}' 'did you mean url?'
check "a setting that is missing" refuses '' 'url is required'
check "what is no JSON" refuses '{' 'no JSON object'
sheepdog-probe ttp </dev/null 2>"$work/said"
expect "a probe that is none" 2 $?

# Certificates of servers.
server="localhost:$(port_of https)"
check "a certificate that is good" says certificate "{\"address\":\"$server\",\"ca\":\"$ca\"}" '"state":"ok","text":"good for 89 d'
check "of whom nobody trusts" says certificate "{\"address\":\"$server\"}" 'issuer is unknown'
check "of another name" says certificate "{\"address\":\"$server\",\"ca\":\"$ca\",\"name\":\"sheep.example\"}" \
    '"state":"fail","text":"The certificate is NOT trusted. The name in the certificate does not match'
check "behind STARTTLS of SMTP" says certificate \
    "{\"address\":\"localhost:$(port_of smtp)\",\"starttls\":\"smtp\",\"ca\":\"$ca\"}" '"state":"ok"'
check "behind STARTTLS of IMAP" says certificate \
    "{\"address\":\"localhost:$(port_of imap)\",\"starttls\":\"imap\",\"ca\":\"$ca\"}" '"state":"ok"'
check "what does not speak it" says certificate \
    "{\"address\":\"localhost:$(port_of imap)\",\"starttls\":\"smtp\"}" 'found \"* OK'
check "what does not speak TLS" says certificate "{\"address\":\"${http#http://}\",\"timeout\":5}" \
    '"state":"fail","text":"TLS: '
check "a protocol that is none" says certificate "{\"address\":\"$server\",\"starttls\":\"gopher\"}" '"state":"unknown"'
make_certificate 10
check "one that ends in ten days" says certificate "{\"address\":\"$server\",\"ca\":\"$ca\"}" \
    '"state":"warning","text":"good for 9 d 23 h (CN=localhost), warning from 21 d 0 h down"'
make_certificate 1
check "one that ends tomorrow" says certificate "{\"address\":\"$server\",\"ca\":\"$ca\"}" \
    '"state":"fail","text":"good for 23 h'
check "which a page says too" says http "{\"url\":\"$https/good\",\"ca\":\"$ca\"}" \
    '"state":"fail","text":"certificate good for 23 h'

# Certificates of files.
check "a file" says certificate "{\"file\":\"$work/*.pem\",\"warn\":3600,\"fail\":60}" \
    "\"part\":\"$work/server.pem\""
openssl x509 -in "$work/server.pem" -outform DER -out "$work/server.der"
check "in DER" says certificate "{\"file\":\"$work/server.der\"}" '"state":"fail","text":"good for 23 h'
check "made out to another name" says certificate "{\"file\":\"$work/server.pem\",\"name\":\"wolf\",\"warn\":9,\"fail\":1}" \
    '"state":"fail","text":"it is not made out to wolf"'
check "a file that is not there" says certificate "{\"file\":\"$work/none\"}" '"state":"fail","text":"it is not there"'
check "a file that is none" says certificate "{\"file\":\"$work/server.key\"}" '"state":"fail","text":"no certificate'
cp "$work/server.pem" "$work/chain.pem"
make_certificate 100
cat "$work/server.pem" >>"$work/chain.pem"
check "of several the first to end counts" says certificate "{\"file\":\"$work/chain.pem\"}" 'good for 23 h'
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=old \
    -keyout "$work/old.key" -out "$work/old.csr" 2>"$work/openssl.log"
: >"$work/index"
cat >"$work/ca.conf" <<CONF
[ca]
default_ca = own
[own]
database = $work/index
serial = $work/serial
new_certs_dir = $work
default_md = sha256
policy = any
[any]
commonName = supplied
CONF
openssl ca -batch -selfsign -rand_serial -config "$work/ca.conf" -keyfile "$work/old.key" \
    -in "$work/old.csr" -out "$work/old.pem" -startdate "$(date -u -d '-9 days' +%y%m%d%H%M%SZ)" \
    -enddate "$(date -u -d '-60 hours' +%y%m%d%H%M%SZ)" 2>>"$work/openssl.log"
check "one that has expired" says certificate "{\"file\":\"$work/old.pem\"}" '"state":"fail","text":"expired 2 d'
check "neither a file nor an address" says certificate '{}' '"state":"unknown"'
finish
