#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# ask, relations and the prompt: alone with programs of our own, and against a real server;
# the examples of sheepdog-datalog(7) give what the page says.
. "$(dirname "$0")/lib.sh"
LC_ALL=C.UTF-8
TZ=UTC
export LC_ALL TZ
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$work" || exit 1

cat >family.dl <<'END'
parent("ann", "bea").
parent("bea", "cid").
parent("cid", "dan").
ancestor(x, y) :- parent(x, y).
ancestor(x, z) :- parent(x, y), ancestor(y, z).
// Who is below somebody.
.question below(who: text) := ancestor(who, other).
END

# status COMMAND…: its exit status; what it printed is in out and err.
status() {
    "$@" >out 2>err
    echo $?
}

# ---- alone ----
expect "a question has a row for each answer" "who
bea
cid
dan" "$(sheepdog ask -f family.dl 'ancestor("ann", who)')"
expect "one without variables is answered by yes" yes \
    "$(sheepdog ask -f family.dl 'ancestor("ann", "dan")')"
expect "or no" no "$(sheepdog ask -f family.dl 'ancestor("dan", "ann")')"
expect "no rows are no failure" 0 "$(status sheepdog ask -f family.dl 'parent("dan", x)')"
expect "and print nothing" "" "$(cat out err)"
expect "a count is a number" 6 "$(sheepdog ask -f family.dl --count 'ancestor(x, y)')"
expect "a limit is said" 2 "$(status sheepdog ask -f family.dl --limit 1 'parent(x, y)' >/dev/null; wc -l <out | tr -d ' ')"
expect "with what to do about it" \
    "sheepdog: these are the first 1; --limit N shows more" "$(cat err)"
expect "JSON is an object a row" '[{"x": "ann", "y": "bea"}]' \
    "$(sheepdog ask -f family.dl --json 'parent(x, y), y = "bea"' | python3 -c 'import json, sys; print(json.load(sys.stdin))' | tr \' \")"
printf 'x,y\r\ncid,"d,""an"\r\n' >wanted.csv
echo 'likes("cid", "d,\"an").' >likes.dl
sheepdog ask -f likes.dl --csv 'likes(x, y)' >found.csv
check "CSV quotes what must be quoted" cmp wanted.csv found.csv
expect "a saved question is asked with its arguments" "other
dan" "$(sheepdog ask -f family.dl @below cid)"
check "and they are listed" sh -c 'sheepdog ask -f family.dl @ | grep -qx "below     who         Who is below somebody."'
expect "a program may ask by itself" "yes" \
    "$( (cat family.dl; echo 'ancestor("ann", "cid")') | sheepdog ask -f -)"
expect "several files are one program" "yes" \
    "$(sheepdog ask -f family.dl -f likes.dl 'parent(x, _), likes(x, _), x = "cid", 1 = 1, parent("ann", "bea")' | tail -n 1 | sed s/cid/yes/)"
expect "a proof is a tree" 'ancestor("ann", "cid")
└─ family.dl:5: ancestor(x, z) :- parent(x, y), ancestor(y, z).
   ├─ parent("ann", "bea")    family.dl:1
   └─ ancestor("bea", "cid")
      └─ family.dl:4: ancestor(x, y) :- parent(x, y).
         └─ parent("bea", "cid")    family.dl:2' \
    "$(sheepdog ask -f family.dl --why 'ancestor("ann", "cid")')"
check "and in JSON beside its row" sh -c 'sheepdog ask -f family.dl --why --json "parent(x, y)" | python3 -c "
import json, sys
rows = json.load(sys.stdin)
assert len(rows) == 3 and rows[0][\"row\"][\"x\"] == \"ann\", rows
assert rows[0][\"proof\"][\"kind\"] == \"fact\", rows"'
check "what does not hold is explained" \
    sh -c "sheepdog ask -f family.dl --why-not 'ancestor(\"dan\", \"ann\")' | grep -q 'does not hold'"
expect "also of recursion, by rows that are not asked for" '   yes  under("ann", "bea")
   no   parent("bea", "eve")' "$( (cat family.dl; echo 'under(x, y) :- parent(x, y).
under(x, z) :- under(x, y), parent(y, z).') >left.dl
    sheepdog ask -f left.dl --why-not 'under("ann", "eve")' | sed -n '/ yes /,/ no /p')"
check "the SQL is shown" sh -c "sheepdog ask -f family.dl --sql 'ancestor(x, y)' | grep -q SELECT"
check "and its plan" sh -c "sheepdog ask -f family.dl --plan 'ancestor(x, y)' | grep -q SCAN"
expect "now() is what --now says" "t
2026-11-01 10:00:00" "$(sheepdog ask -f family.dl --now '2026-11-01 10:00' 't = now()')"

# ---- what is wrong ----
expect "a wrong question ends with 2" 2 "$(status sheepdog ask -f family.dl 'ancestr(x, y)')"
expect "and is shown with its mark" 'question:1:1: no relation is called "ancestr"; did you mean ancestor?
  ancestr(x, y)
  ^~~~~~~' "$(cat err)"
echo 'r(x) :- parent(x, .' >wrong.dl
expect "a wrong program does too" 2 "$(status sheepdog ask -f wrong.dl 'r(x)')"
check "and its file and line are named" grep -q '^wrong.dl:1:19: ' err
expect "a row without a value ends with 1" 1 \
    "$(status sheepdog ask -f family.dl 'parent(x, _), y = 1 / (strlen(x) - 3)')"
check "and is named" grep -q 'division by zero.* where x = "ann"' err
expect "a program that asks nothing is checked" 0 "$(status sheepdog ask -f family.dl)"
expect "a file that is missing ends with 1" 1 "$(status sheepdog ask -f nothing.dl 'a(x)')"
expect "two questions are refused" 2 "$(status sheepdog ask -f family.dl 'parent(x,' y)"
expect "two wishes too" 2 "$(status sheepdog ask --why --sql 'parent(x, y)')"
expect "and a folder without a program" 2 "$(status sheepdog ask --facts . 'parent(x, y)')"
echo 'n(0). n(x + 1) :- n(x).' >ever.dl
expect "what goes on for ever is ended in time" 1 \
    "$(status sheepdog ask -f ever.dl --timeout 300ms 'n(x)')"
expect "or when its tables have too many rows" "1 stopped: there are more than 1000 rows" \
    "$(status sheepdog ask -f ever.dl --rows 1000 'n(x)') $(sed -n 's/.*\(stopped.*\)/\1/p' err)"
expect "or are too large" "1 stopped: its tables are larger than 2 MiB" \
    "$(status sheepdog ask -f ever.dl --memory 2M 'n(x)') $(sed -n 's/.*\(stopped.*\)/\1/p' err)"
printf 't("%030000d").\n' 0 >long.dl
expect "or one text is" "1 stopped: a text has more than 65536 bytes" \
    "$(status sheepdog ask -f long.dl --memory 64K 't(a), strlen(cat(cat(a, a), a)) > 1') $(sed -n 's/.*\(stopped.*\)/\1/p' err)"
expect "the server's limits are its own" 2 "$(status sheepdog ask --memory 1M 'parent(x, y)')"
sheepdog ask -f ever.dl 'n(x)' >out 2>err &
ever_pid=$!
wait_until 5 grep -q sheepdog-ask "/proc/$ever_pid/cmdline"
kill -TERM "$ever_pid"
wait "$ever_pid" 2>/dev/null
expect "or by a signal" 143 $?

# ---- input and output ----
mkdir in out.d
printf 'a\tb\nb\tc\n' >in/edge.facts
cat >closure.dl <<'END'
.decl edge(x: symbol, y: symbol)
.input edge
.decl path(x: symbol, y: symbol)
.output path
.printsize path
path(x, y) :- edge(x, y).
path(x, z) :- path(x, y), edge(y, z).
END
check "a program reads and writes files" sheepdog ask -f closure.dl --facts in -o out.d
expect "of lines with tabs" "a	b
a	c
b	c" "$(sort out.d/path.csv)"
check "or prints" sh -c 'sheepdog ask -f closure.dl --facts in -o - | grep -q "^a	c$"'
expect "or prints that one, under the names of its columns" "---------------
p
x, y
===============
1, a
===============" "$(echo '.decl p(x: number, y: symbol) .output p(IO=stdout, headers=true, delimiter=", ") p(1, "a").' | sheepdog ask -f -)"
printf 'a\n' >in/edge.facts
expect "a wrong line ends with 2" 2 "$(status sheepdog ask -f closure.dl --facts in -o out.d)"
check "and is named" grep -q 'in/edge.facts:1' err

# ---- the server ----
printf '(store "%s/store.db")' "$work" >server.conf
start_server server.conf log
printf '(host "127.0.0.1") (port %s)' "$port" >client.conf
export SHEEPDOG_CONF="$work/client.conf"
printf '%s' '{"id":"0192e4c8-0000-7000-8000-aaaa00000001","host":"penguin1","tag":"backup","time":"2026-11-01T10:00:00Z","status":2,"elapsed":90,"command":"borg"}' |
    sheepdog-deliver --stdin
has_run() {
    [ "$(sheepdog ask --count 'run{host: h}')" = 1 ]
}
check "the server is asked" wait_until 20 has_run
expect "and answers in units and in the reader's zone" \
    "host      tag     time                 elapsed
penguin1  backup  2026-11-01 04:00:00  1 min 30 s" \
    "$(TZ=America/Chicago sheepdog ask 'run{host: host, tag: tag, time: time, elapsed: elapsed}')"
expect "a time in the question is of that zone too" "no
yes" "$(for zone in UTC America/Chicago; do
    TZ=$zone sheepdog ask 'run{time: t}, t < 2026-11-01T06:00' --count | sed 's/0/no/; s/1/yes/'
done)"
check "a proof has the message" \
    sh -c "sheepdog ask --why 'run{host: h}' | grep -q 0192e4c8-0000-7000-8000-aaaa00000001"
expect "the times in it are the reader's, and can be asked again" yes \
    "$(TZ=America/Chicago sheepdog ask "$(TZ=America/Chicago sheepdog ask --why \
        'run{host: "penguin1", time: t}' | grep -o '^run{.*T04:00:00-06:00}')")"
expect "rules may come by stdin" "h
penguin1" "$(printf 'r(h) :- run{host: h}.\nr(h)' | sheepdog ask -)"
expect "a wrong question ends with 2" 2 "$(status sheepdog ask 'rn(x)')"
expect "and is shown with its mark" 'question:1:1: no relation is called "rn"; did you mean run?
  rn(x)
  ^~' "$(cat err)"
expect "one without an end with 1" 1 \
    "$(status sheepdog ask --timeout 300ms 'n(0). n(x + 1) :- n(x). n(x)')"
expect "a relation is described" \
    "run(id: text, host: text, tag: text, time: time, status: number, err: text, elapsed: duration)" \
    "$(sheepdog relations run | head -n 1)"
check "all are listed" sh -c "sheepdog relations | grep -q '^interruption  *host, tag, from, to'"
check "as JSON too" sh -c "sheepdog relations --json run | python3 -m json.tool"
expect "a mistyped one is found" \
    "1 sheepdog: no relation is called intrruption; did you mean interruption?" \
    "$(status sheepdog relations intrruption) $(cat err)"
for command in ask relations; do
    for option in $(sheepdog $command --help | grep -o -- ' --[a-z-]*'); do
        check "sheepdog-$command(1) explains $option" \
            grep -qE "^\.It Fl (. , )?-${option#--}( |\$)" "$root/doc/sheepdog-$command.1"
    done
done

# ---- the manual ----
# Cuts the page into N.dl and N.answer, as the comment at its top says.
awk '
/^\.\\" program$/ { number++; file = number ".dl" }
/^\.\\" answer$/ { file = number ".answer" }
/^\.Ed$/ { file = "" }
/^\.Bd/ || /^\.\\"/ { next }
file { sub(/^\\&/, ""); print >file }' "$root/doc/sheepdog-datalog.7"
check "the page has examples" test -s 5.answer
for program in [0-9].dl; do
    expect "example ${program%.dl} of sheepdog-datalog(7) gives what it says" \
        "$(cat "${program%.dl}.answer")" "$(sheepdog ask -f "$program" 2>&1)"
done

# ---- the prompt ----
export TERM=xterm NO_COLOR=1
grep -v '^//' family.dl >rules.dl
echo 'set enable-bracketed-paste off' >inputrc
export INPUTRC="$work/inputrc"
on_terminal 'sheepdog> |.help\n|sheepdog> |anc\t("ann",\n|-> |who)\n|sheepdog> |.why\n|sheepdog> |.hlp\n|\
sheepdog> |old(x) :- ancestor(_, x), !parent(x, _).\n|sheepdog> |old(x)\n|\
sheepdog> |parnt(x, y)\n|sheepdog> |par\x03|^C|1 = 1\n|sheepdog> |.quit\n' \
    'sheepdog ask -f family.dl' >screen
check "the question that .help shows is a good one" \
    sheepdog ask "$(sed -n '/^A question, such as/,/^or rules/ s/^  //p' screen)"
check "a name is completed, and a question has several lines" \
    grep -q 'ancestor("ann",' screen
check "the last answer is proved" grep -q 'parent("bea", "cid")    family.dl:2' screen
check "a mistyped command is helped" grep -q 'called .hlp; did you mean .help?' screen
check "rules stay, and serve the next question" grep -qx 'dan' screen
check "a fault is marked" grep -q 'did you mean parent?' screen
check "^C drops what was typed, not the prompt" grep -qx 'yes' screen
expect "what was asked is kept" 'ancestor("ann", who)' \
    "$(sed -n 2p "$XDG_STATE_HOME/sheepdog/ask/history")"
on_terminal 'sheepdog> |n(x)\n|n(x)\r\n|\x03|sheepdog> |1 = 1\n|sheepdog> |\x04' \
    'sheepdog ask -f ever.dl' >screen
check "^C ends what is asked" grep -q 'sheepdog: stopped' screen
check "and the prompt goes on" grep -qx 'yes' screen
expect "without a terminal a question must be there" 2 "$(status sheepdog ask)"
finish
