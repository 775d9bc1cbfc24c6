# SPDX-License-Identifier: GPL-3.0-or-later
"""lab - what the Python of tests/way and bench shares.

    programs    a program that is started, killed, stopped, and started again
    brokers     the three queues as real servers, and the handler that reads them
    network     a wire between the senders and the broker that can be cut
    server      one broker and one handler on loopback, for a bench
    disk        a disk that can be full
    sender      barks at random, and delivers: a process of its own
    alone       a program of Datalog and its facts, by `sheepdog ask -f`
    recursion   programs that recurse, their facts, and what they must give
    herd        what a herd says over a year, made up
    prolog      SWI-Prolog beside us: the same facts, rules and questions
    rules       random programs of rules, as data and as text
    tabling     what SWI-Prolog derives from those
    proofs      checks a proof against its program, by itself
    store       what is stored, and what an undisturbed server makes of the same messages
"""
