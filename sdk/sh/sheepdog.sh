# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# sheepdog.sh - what makes a Sheepdog plugin in sh a few functions in one file.
#
#     #!/bin/sh
#     . "${SHEEPDOG_SDK:?run it with: sheepdog plugin test}/sh/sheepdog.sh"
#
#     describe='(plugin (name "queue") (help "how many letters wait") (every "5m")
#       (setting warn number (default "100") (help "letters")))'
#
#     monitor() {                          # on the machine; settings are SHEEPDOG_…
#         count=$(ls /var/spool/letters | wc -l)
#         reading letters "$count"
#         [ "$count" -lt "$SHEEPDOG_WARN" ] && ok || warning "$count wait"
#     }
#     receive() {                          # on the server: each message of ours is $1
#         log "$(field host "$1"): $(field text "$1")"
#     }
#     check() {                            # its tests
#         expect "a letter is too many" warning "$(SHEEPDOG_WARN=1 monitor | state_of)"
#     }
#
#     plugin "$@"
#
# Words that a plugin says: ok, warning, fail, unknown TEXT [PART]; reading NAME VALUE
# [UNIT] [PART]; fact RELATION VALUE…; facts RELATION (rows from stdin, a line each,
# values parted by tabs); note TEXT; log TEXT; mail TEXT [SUBJECT].

# A text as an S-expression's string, without what is neither text nor a tab or newline.
quoted() {
    printf '%s' "$1" | tr -d '\000-\010\013-\037\177' |
        awk 'BEGIN { ORS = ""; print "\"" }
             { gsub(/\\/, "&&"); gsub(/"/, "\\\""); gsub(/\t/, "\\t")
               print (NR > 1 ? "\\n" : "") $0 }
             END { print "\"" }'
}

say_state() {
    printf '(%s %s%s)\n' "$1" "$(quoted "${2-}")" "${3:+ (part $(quoted "$3"))}"
}
ok() { say_state ok "$@"; }
warning() { say_state warning "$@"; }
fail() { say_state fail "$@"; }
unknown() { say_state unknown "$@"; }

reading() {
    printf '(reading %s %s %s%s)\n' "$(quoted "$1")" "$2" "$(quoted "${3-}")" \
        "${4:+ (part $(quoted "$4"))}"
}

fact() {
    printf '(fact %s' "$1"
    shift
    for value in "$@"; do printf ' %s' "$(quoted "$value")"; done
    printf ')\n'
}

facts() {
    tr -d '\000-\010\013-\037\177' | awk -F '\t' -v relation="$1" '
        BEGIN { ORS = ""; print "(facts " relation }
        { print " ("
          for (i = 1; i <= NF; i++) {
              gsub(/\\/, "&&", $i); gsub(/"/, "\\\"", $i)
              print (i > 1 ? " " : "") "\"" $i "\""
          }
          print ")" }
        END { print ")\n" }'
}

note() { printf '(note %s)\n' "$(quoted "$1")"; }
log() { printf '(log %s)\n' "$(quoted "$1")"; }
mail() { printf '(mail %s%s)\n' "$(quoted "$1")" "${2:+ (subject $(quoted "$2"))}"; }

# field NAME MESSAGE: the text or number in a field of the message itself; nothing where
# there is none, or null.
field() {
    printf '%s\n' "$2" | awk -v name="$1" '
        # The string whose opening quote stands at i; leaves i behind its closing one.
        function string(    c, text) {
            for (i++; (c = substr(json, i, 1)) != "\"" && c != ""; i++) {
                if (c == "\\") {
                    c = substr(json, ++i, 1)
                    if (c == "n") c = "\n"
                    else if (c == "t") c = "\t"
                    else if (c ~ /[rbf]/) c = " "
                    else if (c == "u") { c = "?"; i += 4 }
                }
                text = text c
            }
            i++
            return text
        }
        { json = json $0 }
        END {
            depth = 0
            for (i = 1; i <= length(json);) {
                c = substr(json, i, 1)
                if (c == "{" || c == "[") { depth++; i++ }
                else if (c == "}" || c == "]") { depth--; i++ }
                else if (c != "\"") i++
                else {
                    key = string()
                    rest = substr(json, i)
                    if (depth != 1 || key != name || !match(rest, /^[ \t]*:[ \t]*/))
                        continue
                    i += RLENGTH
                    rest = substr(json, i)
                    if (substr(rest, 1, 1) == "\"") print string()
                    else if (match(rest, /^[-+.0-9eEtrufals]+/))
                        print substr(rest, 1, RLENGTH)
                    exit
                }
            }
        }'
}

# expect CLAIM WANTED FOUND: a test; both texts are the same.
expect() {
    if [ "$2" = "$3" ]; then
        echo "ok $1"
    else
        printf 'not ok %s\n  wanted: %s\n  found:  %s\n' "$1" "$2" "$3"
        failed=1
    fi
}

# state_of: the state that a look on stdin says, one word.
state_of() { sed -n 's/^(\(ok\|warning\|fail\|unknown\) .*/\1/p' | head -n 1; }

plugin() {
    failed=0
    case ${1-} in
    describe) printf '%s\n' "$describe" ;;
    monitor) monitor ;;
    receive) while IFS= read -r message; do receive "$message"; done ;;
    test)
        ! command -v check >/dev/null || check || failed=1
        return $failed
        ;;
    *)
        echo "usage: $0 describe|monitor|receive|test" >&2
        exit 2
        ;;
    esac
}
