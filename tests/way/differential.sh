#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# differential: random programs of rules have the answers of SWI-Prolog with tabling, and
# proofs. PROGRAMS and SEED may be set; a seed makes the same programs again. With BRIEF
# they are fewer.
. "$(dirname "$0")/lib.sh"
[ -z "${BRIEF:-}" ] || PROGRAMS=${PROGRAMS:-50}

check "random programs have the answers of SWI-Prolog, each with a proof" \
    "$way/../datalog/differential" --programs "${PROGRAMS:-200}" --seed "${SEED:-1}"
check "a proof that was altered is found wrong" \
    "$way/../datalog/differential" --programs 25 --seed 2 --tamper
finish
