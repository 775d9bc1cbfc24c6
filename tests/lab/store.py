# SPDX-License-Identifier: GPL-3.0-or-later
"""store - what is in a store, and what an undisturbed server makes of the same messages."""

import http.client
import json
import sqlite3

from lab import programs

BATCH = 500
STORE_SECONDS = 120


def rows(path, sql):
    """In a transaction of its own; [] where there is no store yet."""
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10) as database:
            return database.execute(sql).fetchall()
    except sqlite3.OperationalError:
        return []


def messages(path):
    """(came, message) in the order they were stored."""
    found = rows(path, "SELECT came, body, output FROM message ORDER BY number")
    return [(came, json.loads(body) | json.loads(output or "{}"))
            for came, body, output in found]


def count(path):
    found = rows(path, "SELECT count(*) FROM message")
    return found[0][0] if found else 0


def highest(path):
    """How many were ever stored: at once, however many they are."""
    found = rows(path, "SELECT coalesce(max(number), 0) FROM message")
    return found[0][0] if found else 0


def ids(path):
    return [row[0] for row in rows(path, "SELECT id FROM message ORDER BY number")]


def states(path):
    return set(rows(path, "SELECT host, tag, state, since, since_id, time, id FROM tag"))


def interruptions(path):
    return set(rows(path, """SELECT host, tag.tag, began, began_id, ended, ended_id
                             FROM interruption JOIN tag ON number = interruption.tag"""))


def post(port, texts):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", "/v1/messages", "\n".join(texts))
    answer = connection.getresponse()
    if answer.status != 202:
        raise RuntimeError(f"the undisturbed door answers {answer.status}: {answer.read()}")
    connection.close()


def undisturbed(work, texts):
    """The store of a server that was given the messages in their order."""
    path, port = f"{work}/undisturbed/sheepdog.db", programs.free_port()
    conf = f"{work}/undisturbed.conf"
    programs.write(conf, f'(store "{path}") (log "{work}/undisturbed.told") '
                         f'{programs.AS_WE_ARE}\n')
    daemon = programs.Program([programs.find("sheepdog-queue-daemon"), "-c", conf,
                               "--port", str(port)], f"{work}/undisturbed.log")
    daemon.start()
    if not programs.wait_until(programs.START_SECONDS,
                               lambda: programs.accepts("127.0.0.1", port)):
        raise RuntimeError("the undisturbed daemon does not start")
    for start in range(0, len(texts), BATCH):
        post(port, texts[start:start + BATCH])
    programs.wait_until(STORE_SECONDS, lambda: count(path) >= len(texts))
    daemon.end()
    return path
