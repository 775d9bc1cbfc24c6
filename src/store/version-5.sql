-- SPDX-License-Identifier: GPL-3.0-or-later
-- From version 4 to 5: what rules conclude, who was told of it, and who wants quiet.

-- What the last messages said of its state, newest last, as JSON: see recent.c; and how
-- often that changed from one to the next. And when its last run ended, and the last that
-- succeeded: two clocks.
ALTER TABLE tag ADD COLUMN recent TEXT NOT NULL DEFAULT '[]';
ALTER TABLE tag ADD COLUMN flips INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tag ADD COLUMN ran INTEGER;
ALTER TABLE tag ADD COLUMN succeeded INTEGER;
CREATE INDEX tag_flips ON tag (flips) WHERE flips > 0;

-- Runs that have begun and are not known to have ended.
CREATE TABLE running (
    run TEXT PRIMARY KEY,
    tag INTEGER NOT NULL REFERENCES tag,
    began INTEGER NOT NULL,
    message TEXT NOT NULL -- the id of the one that said so
) STRICT, WITHOUT ROWID;
CREATE INDEX running_tag ON running (tag);

-- What is to come again and again. due follows the last run, and moves with each.
CREATE TABLE expectation (
    tag INTEGER PRIMARY KEY REFERENCES tag,
    every TEXT NOT NULL,      -- a duration, or a calendar
    zone TEXT NOT NULL,       -- the calendar's
    grace INTEGER NOT NULL,   -- ms
    due INTEGER,              -- when the next one is, without grace; NULL: none is
    declared INTEGER NOT NULL, -- when it was said so
    by_server INTEGER NOT NULL -- its configuration says so, and no message can change it
) STRICT;

-- The time during which rules derive an alert. Its matter is "state" for the severities
-- fail, warning and unknown, which become one another; else the severity.
CREATE TABLE incident (
    number INTEGER PRIMARY KEY AUTOINCREMENT, -- people name it by that
    host TEXT NOT NULL,
    tag TEXT NOT NULL,
    matter TEXT NOT NULL,
    severity TEXT NOT NULL, -- the last
    text TEXT NOT NULL,     -- the last
    began INTEGER NOT NULL,
    ended INTEGER,          -- NULL: it goes on
    changed INTEGER NOT NULL, -- when severity last did
    message TEXT,             -- id of its tag's newest then
    why TEXT NOT NULL,        -- the derivation then: JSON as of proof_put_json
    held TEXT NOT NULL DEFAULT '[]' -- why it is not told: a JSON array of texts
) STRICT;
CREATE UNIQUE INDEX incident_open ON incident (host, tag, matter) WHERE ended IS NULL;
CREATE INDEX incident_tag ON incident (host, tag, began);
CREATE INDEX incident_ended ON incident (ended);

-- Who knows of an incident, as of which severity, and when he was last told of it; "*"
-- and "*": everyone does, as it was told before version 5.
CREATE TABLE informed (
    incident INTEGER NOT NULL REFERENCES incident ON DELETE CASCADE,
    notifier TEXT NOT NULL,
    address TEXT NOT NULL,
    severity TEXT NOT NULL,
    time INTEGER NOT NULL,
    PRIMARY KEY (incident, notifier, address)
) STRICT, WITHOUT ROWID;

-- "I know", until then. The last one of an incident counts.
CREATE TABLE acknowledgement (
    number INTEGER PRIMARY KEY,
    incident INTEGER NOT NULL REFERENCES incident ON DELETE CASCADE,
    made INTEGER NOT NULL,
    until INTEGER NOT NULL,
    reason TEXT NOT NULL,
    who TEXT NOT NULL
) STRICT;
CREATE INDEX acknowledgement_incident ON acknowledgement (incident);

-- Not to be told. With a calendar: for so long from each of its times on, between began
-- and until; start and stop are the window that is or comes.
CREATE TABLE silence (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    host TEXT NOT NULL, -- patterns: * any text, ? any character
    tag TEXT NOT NULL,
    began INTEGER NOT NULL,
    until INTEGER NOT NULL, -- every silence ends
    calendar TEXT,
    zone TEXT NOT NULL,
    length INTEGER NOT NULL, -- ms of a window; 0 without a calendar
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    until_recovery INTEGER NOT NULL, -- it also ends when none of what it holds is open
    reason TEXT NOT NULL,
    who TEXT NOT NULL,
    made INTEGER NOT NULL
) STRICT;
CREATE INDEX silence_until ON silence (until);

-- Where the server that writes here runs, and since when it does. One row.
CREATE TABLE server (
    host TEXT PRIMARY KEY,
    began INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The outbox: what is to be told, and when it is to be tried; told is NULL until it is.
CREATE TABLE telling (
    number INTEGER PRIMARY KEY AUTOINCREMENT, -- mails and tellers name it by that
    what TEXT NOT NULL,         -- new, change, over, still, note, sum, digest
    incident INTEGER REFERENCES incident ON DELETE CASCADE, -- of the first four
    host TEXT NOT NULL,         -- "": of a sum, a digest
    tag TEXT NOT NULL,          -- of a sum its severity
    notifier TEXT NOT NULL,
    address TEXT NOT NULL,
    body TEXT NOT NULL,         -- JSON, see incidents.h
    made INTEGER NOT NULL,
    due INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0, -- that failed
    failed INTEGER,                   -- when the first of them did
    why TEXT,                         -- the last one failed
    told INTEGER
) STRICT;
CREATE INDEX telling_due ON telling (notifier, due) WHERE told IS NULL;
CREATE INDEX telling_order ON telling (notifier, address, host, tag, number)
    WHERE told IS NULL;
CREATE INDEX telling_failed ON telling (notifier, failed)
    WHERE told IS NULL AND failed IS NOT NULL;
CREATE INDEX telling_made ON telling (made);
CREATE INDEX telling_incident ON telling (incident);

-- How many there are of these, about: else SQLite takes each for a million, and begins
-- with the tags.
ANALYZE expectation;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 VALUES ('expectation', NULL, '1000'),
    ('running', 'sqlite_autoindex_running_1', '100 1'),
    ('running', 'running_tag', '100 1'),
    ('incident', 'incident_open', '100 2 1 1'),
    ('incident', 'incident_tag', '100000 500 100 1'),
    ('server', 'server', '1 1');
INSERT INTO sqlite_stat1 SELECT tbl_name, name,
        iif(substr(name, 1, 5) = 'host_', '100000 100 100', '100000 100 100 1')
    FROM sqlite_schema WHERE type = 'index' AND substr(tbl_name, 1, 5) = 'fact_';
ANALYZE sqlite_schema;

-- Since when the host's old messages arrive.
ALTER TABLE backlog ADD COLUMN began INTEGER NOT NULL DEFAULT 0;

-- What is known of the past goes on to be.
UPDATE tag SET ran = r.ended, succeeded = r.good
FROM (SELECT tag, max(time) AS ended, max(iif(err = 'SUCCESS', time, NULL)) AS good
    FROM message INDEXED BY message_time WHERE kind = 'outcome' GROUP BY tag) r
WHERE r.tag = number;
UPDATE tag SET recent = r.items
FROM (SELECT tag, json_group_array(json(item)) AS items
    FROM (SELECT tag, json_array(time, state,
            CAST(round(elapsed * 1000) AS INTEGER), NULL) AS item,
            row_number() OVER (PARTITION BY tag ORDER BY time DESC, number DESC) AS nth
        FROM message INDEXED BY message_time WHERE state > 0 ORDER BY tag, time, number)
    WHERE nth <= 21 GROUP BY tag) r
WHERE r.tag = number;
UPDATE tag SET flips = (SELECT count(*) FROM (SELECT value ->> 1 AS state,
        lag(value ->> 1) OVER (ORDER BY key) AS before FROM json_each(recent))
    WHERE state <> before);

-- Until version 5 people were told of states: what is wrong is an incident that all
-- know of. And what was still to be told goes on to be; of what a backlog held, how its
-- tag stands now.
INSERT INTO incident (host, tag, matter, severity, text, began, changed, message, why)
SELECT t.host, t.tag, 'state',
    CASE t.state WHEN 2 THEN 'unknown' WHEN 3 THEN 'warning' ELSE 'fail' END,
    m.last_word, ifnull((SELECT max(began) FROM interruption i
        WHERE i.tag = t.number AND i.ended IS NULL), t.since), t.since, m.id, 'null'
FROM tag t JOIN message m ON m.number = t.newest
WHERE t.state > 1;
INSERT INTO informed (incident, notifier, address, severity, time)
SELECT number, '*', '*', severity, changed FROM incident;
WITH word (state, name) AS (VALUES (2, 'unknown'), (3, 'warning'), (4, 'fail')),
waiting AS (SELECT n.number, n.notifier, n.address, n.made, n.due, n.tries, n.why,
        t.host, t.tag, state_before AS before,
        iif(n.backlog IS NULL, state_now, t.state) AS now,
        iif(n.backlog IS NULL, n.since, t.since) AS since,
        iif(n.backlog IS NULL, n.message, t.newest) AS message,
        n.backlog IS NULL AND state_before = 0 AND state_now = 0 AS is_note
    FROM notification n JOIN tag t ON t.number = n.tag WHERE told IS NULL)
INSERT INTO telling (what, host, tag, notifier, address, body, made, due, tries, why)
SELECT CASE WHEN is_note THEN 'note' WHEN w.now <= 1 THEN 'over'
        WHEN before > 1 THEN 'change' ELSE 'new' END,
    w.host, w.tag, iif(notifier = 'email', 'mailto', notifier), address,
    json_object('severity', (SELECT name FROM word
            WHERE word.state = iif(w.now > 1, w.now, before)),
        'before', (SELECT name FROM word WHERE word.state = before),
        'text', m.last_word, 'since', w.since, 'message', m.id),
    w.made, iif(tries > 0, w.due, w.made), tries, w.why
FROM waiting w JOIN message m ON m.number = w.message
WHERE is_note OR (w.now <> before AND max(w.now, before) > 1)
ORDER BY w.number;
DROP TABLE notification;
