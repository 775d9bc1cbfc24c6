#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# On a terminal: the job gets it, ^C reaches the job, ^Z stops both, as a shell sees it.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1
printf '(spool (folder "%s/spool")) (patience "0s")\n' "$work" >conf
chmod 600 conf
export SHEEPDOG_CONF="$work/conf"

# The terminal shows what is typed, too: so "ready" is written rea${no}dy there.

# shown NAME TEXT: that the terminal showed it as a line.
shown() {
    check "$1" grep -qx "$2" screen
}

on_terminal 'ready|hello\n' \
    'sheepdog run -- sh -c "echo rea${no}dy; read line; echo got \$line; exit 3"; echo was $?' >screen
shown "the job reads from the terminal" 'got hello'
shown "and its status comes through" 'was 3'
on_terminal 'ready|\x03' \
    'sheepdog -e "echo rea${no}dy; exec sleep 60"; echo was $?' >screen
check "^C ends the job, and us by its status" grep -q 'was 130$' screen
on_terminal 'ready|\x1a|Stopped|fg\n|sheepdog|go\n' \
    'sheepdog -e "echo rea${no}dy; read line; echo got \$line; exit 4"; echo was $?' >screen
shown "^Z stops both, and fg goes on" 'got go'
on_terminal 'ready|\x1a|Stopped|kill %1; fg; echo was $?\n' \
    'sheepdog -e "echo rea${no}dy; exec sleep 60"' >screen
check "a stopped job can be ended" grep -q 'was 143$' screen
on_terminal 'ready|hello\n' \
    'sheepdog -e "echo rea${no}dy; read line; echo got \$line" | cat; echo was $?' >screen
shown "before a pipe it gets the terminal when it asks" 'got hello'
on_terminal 'ready|hello\n' \
    'echo | sheepdog -e "echo rea${no}dy; read line </dev/tty; echo got \$line"' >screen
shown "and so behind one" 'got hello'
on_terminal '' \
    'stty tostop; sheepdog -e "echo o; sleep 0.1; echo w${no}ritten"; echo was $?' >screen
shown "it may print where the background may not" 'written'
on_terminal 'ended|\n' "sh -c '(sheepdog -e \"read line </dev/tty\"; echo \$? >orphan; echo en\${no}ded) &'" >screen
expect "an orphan's job that wants the terminal is ended" "143" "$(cat orphan)"
finish
