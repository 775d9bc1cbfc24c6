-- SPDX-License-Identifier: GPL-3.0-or-later
-- The relations that a question may use, see relations.c, which reads this form:
--
--     -- NAME(COLUMN TYPE, …)              a "?" behind a type: it may not be known
--     -- What a row says. Columns and units, where the type does not say it.
--     -- keys: COLUMN …; COLUMN …          sets that name one row each, if any
--     -- since: COLUMN                     the time by which --since leaves rows out
--     -- number: _NAME; COLUMN …           a number that stands for those columns: where
--                                          it is the same, so are they, in all relations
--     -- open: to rules                    of facts: rules may add rows
--     SELECT …;                            and as _message, _time where it came from, and
--                                          that number
--
-- Those without a SELECT are facts, whose rows are in tables that hosts make; they are
-- named here so that they are known before any host has spoken of them. Behind those of
-- its own a relation of facts may have the columns that other hosts say.
--
-- Each SELECT is one that SQLite takes apart into the question around it, so that it is
-- planned as a whole: so no DISTINCT and no GROUP BY where there is a way without, and a
-- UNION ALL at the beginning of a line, where it parts the whole. Where a message may be
-- pruned it is looked up by a subquery, which costs nothing where nobody asks; and what
-- every message has is joined by LEFT, which SQLite leaves out where nobody asks for it,
-- and else takes for a plain one. $NOW is the time of the question. tools/relations-page
-- makes a manual page of the comments.

-- host(host text, since time, seen time, every duration?, state text?)
-- A machine that was heard: when first and last (to the hour, where no daemon runs and
-- the newest message says nothing of a state), how often its daemon promises to beat,
-- and the worst state of its tags.
-- keys: host
SELECT h.host AS host,
    min(h.since, ifnull((SELECT min(ifnull(t.first,
        (SELECT min(start) FROM main.hour WHERE tag = t.number)))
        FROM main.tag t WHERE t.host = h.host AND (t.state > 0
            OR EXISTS (SELECT 1 FROM main.hour WHERE tag = t.number))),
        h.since)) AS since,
    max(h.seen, ifnull((SELECT max(max(ifnull(t.time, 0), ifnull(
        (SELECT max(start) FROM main.hour WHERE tag = t.number), 0)))
        FROM main.tag t WHERE t.host = h.host), 0)) AS seen,
    nullif(h.every, 0) AS every,
    (SELECT CASE max(t.state) WHEN 1 THEN 'ok' WHEN 2 THEN 'unknown'
        WHEN 3 THEN 'warning' WHEN 4 THEN 'fail' END
        FROM main.tag t WHERE t.host = h.host) AS state
FROM main.host h
UNION ALL SELECT n.host,
    (SELECT min(ifnull(t.first,
        (SELECT min(start) FROM main.hour WHERE tag = t.number)))
        FROM main.tag t WHERE t.host = n.host AND (t.state > 0
            OR EXISTS (SELECT 1 FROM main.hour WHERE tag = t.number))),
    (SELECT max(max(ifnull(t.time, 0), ifnull(
        (SELECT max(start) FROM main.hour WHERE tag = t.number), 0)))
        FROM main.tag t WHERE t.host = n.host),
    NULL,
    (SELECT CASE max(t.state) WHEN 1 THEN 'ok' WHEN 2 THEN 'unknown'
        WHEN 3 THEN 'warning' WHEN 4 THEN 'fail' END
        FROM main.tag t WHERE t.host = n.host)
FROM main.tag n
WHERE NOT EXISTS (SELECT 1 FROM main.host h WHERE h.host = n.host)
    AND n.number = (SELECT min(t.number) FROM main.tag t WHERE t.host = n.host
        AND (t.state > 0 OR EXISTS (SELECT 1 FROM main.hour WHERE tag = t.number)));

-- message(id text, host text, tag text, kind text, time time, came time, state text?, text text)
-- A message that is stored: when what it says happened and when it came, the state that
-- it speaks of, and the last line of what it said or printed. Beats and readings are
-- not kept as messages.
-- keys: id
-- since: time
-- number: _tag; host tag
SELECT m.id AS id, t.host AS host, t.tag AS tag, m.kind AS kind, m.time AS time,
    m.came AS came, CASE m.state WHEN 1 THEN 'ok' WHEN 2 THEN 'unknown'
        WHEN 3 THEN 'warning' WHEN 4 THEN 'fail' END AS state,
    m.last_word AS text, m.id AS _message, m.time AS _time, m.tag AS _tag
FROM main.message m LEFT JOIN main.tag t ON t.number = m.tag;

-- run(id text, host text, tag text, time time, status number, err text, elapsed duration)
-- An execution of a command that has ended: when, its exit status (-1 where it has none,
-- as a signal ended it), SUCCESS, FAIL, WARNING, CHECK, LOCKED or TIMEOUT, and how long
-- it took.
-- keys: id
-- since: time
-- number: _tag; host tag
SELECT m.id AS id, t.host AS host, t.tag AS tag, m.time AS time,
    ifnull(m.status, -1) AS status, ifnull(m.err, '') AS err,
    CAST(round(ifnull(m.elapsed, 0) * 1000) AS INTEGER) AS elapsed,
    m.id AS _message, m.time AS _time, m.tag AS _tag
FROM main.message m LEFT JOIN main.tag t ON t.number = m.tag
WHERE m.kind = 'outcome';

-- note(id text, host text, tag text, time time, state text?, text text)
-- What a person, a script or a monitor said, with the state that it speaks of; the last
-- line of it.
-- keys: id
-- since: time
-- number: _tag; host tag
SELECT m.id AS id, t.host AS host, t.tag AS tag, m.time AS time,
    CASE m.state WHEN 1 THEN 'ok' WHEN 2 THEN 'unknown' WHEN 3 THEN 'warning'
        WHEN 4 THEN 'fail' END AS state,
    m.last_word AS text, m.id AS _message, m.time AS _time, m.tag AS _tag
FROM main.message m LEFT JOIN main.tag t ON t.number = m.tag
WHERE m.kind = 'note';

-- state(host text, tag text, state text, since time)
-- How what runs or is watched on a host stands now, ok, unknown, warning or fail, and
-- since when.
-- keys: host tag
-- number: _tag; host tag
SELECT t.host AS host, t.tag AS tag,
    CASE t.state WHEN 1 THEN 'ok' WHEN 2 THEN 'unknown' WHEN 3 THEN 'warning'
        WHEN 4 THEN 'fail' END AS state,
    t.since AS since, t.since_id AS _message, t.since AS _time, t.number AS _tag
FROM main.tag t WHERE t.state > 0;

-- server(host text, since time)
-- The machine on which the server runs, and since when it does.
-- keys: host
SELECT host AS host, began AS since FROM main.server;

-- said(host text, tag text, time time, text text)
-- The newest message that spoke of how a tag stands: when, and the last line of what it
-- said or printed; of a run that printed nothing, how it ended.
-- keys: host tag
-- number: _tag; host tag
SELECT t.host AS host, t.tag AS tag, t.time AS time,
    ifnull((SELECT CASE WHEN m.last_word <> '' OR m.kind <> 'outcome' THEN m.last_word
            WHEN m.err = 'TIMEOUT' THEN 'it ran for too long'
            WHEN m.status IS NULL THEN 'it was ended by a signal'
            ELSE 'its exit status is ' || m.status END
        FROM main.message m WHERE m.number = t.newest), '') AS text,
    t.id AS _message, t.time AS _time, t.number AS _tag
FROM main.tag t WHERE t.state > 0;

-- beating(host text, seen time, every duration)
-- A machine whose daemon promises to beat so often, and when it was last heard.
-- keys: host
SELECT host AS host, seen AS seen, every AS every FROM main.host WHERE every > 0;

-- interruption(host text, tag text, from time, to time)
-- From when a tag left ok until it came back; while it goes on, until now. All that ever
-- were are here.
-- since: to
-- number: _tag; host tag
SELECT t.host AS host, t.tag AS tag, i.began AS "from", ifnull(i.ended, $NOW) AS "to",
    i.began_id AS _message, i.began AS _time, i.tag AS _tag
FROM main.interruption i JOIN main.tag t ON t.number = i.tag
WHERE i.ended IS NOT i.began OR NOT EXISTS (SELECT 1 FROM main.interruption e
    WHERE e.tag = i.tag AND e.began = i.began AND e.began_id < i.began_id
        AND e.ended = i.began);

-- reading(host text, name text, time time, value float)
-- What a monitor measured, MONITOR[:PART].QUANTITY: as it came; of times of which that is
-- no longer kept, the mean of each hour, by its beginning. last_reading says its unit.
-- keys: host name time
-- since: time
SELECT h.host AS host, s.name AS name, r.time AS time, r.value AS value
FROM main.series s JOIN main.host h ON h.number = s.host
    JOIN (WITH RECURSIVE hours (hour) AS (SELECT min(hour) FROM main.reading
            UNION ALL SELECT (SELECT min(n.hour) FROM main.reading n
                WHERE n.hour > hours.hour) FROM hours WHERE hours.hour IS NOT NULL)
        SELECT hour FROM hours WHERE hour IS NOT NULL) o
    CROSS JOIN main.reading r ON r.hour = o.hour AND r.series = s.number
UNION ALL SELECT h.host, s.name, o.start, o.mean
FROM main.series s JOIN main.host h ON h.number = s.host
    JOIN main.reading_hour o ON o.series = s.number
WHERE NOT EXISTS (SELECT 1 FROM main.reading r
    WHERE r.hour = o.start AND r.series = o.series AND r.time = o.start);

-- hourly(host text, name text, time time, value float)
-- The mean of what a monitor measured within an hour, by its beginning. Where a week or a
-- year is looked at, these take much less time than reading.
-- keys: host name time
-- since: time
SELECT h.host AS host, s.name AS name, CAST(o.hour AS INTEGER) AS time,
    CAST((SELECT avg(r.value) FROM main.reading r
        WHERE r.hour = o.hour AND r.series = s.number) AS REAL) AS value
FROM main.series s JOIN main.host h ON h.number = s.host
    JOIN (WITH RECURSIVE hours (hour) AS (SELECT min(hour) FROM main.reading
            UNION ALL SELECT (SELECT min(n.hour) FROM main.reading n
                WHERE n.hour > hours.hour) FROM hours WHERE hours.hour IS NOT NULL)
        SELECT hour FROM hours WHERE hour IS NOT NULL) o
WHERE EXISTS (SELECT 1 FROM main.reading r
        WHERE r.hour = o.hour AND r.series = s.number)
    AND NOT EXISTS (SELECT 1 FROM main.reading_hour p
        WHERE p.series = s.number AND p.start = o.hour)
UNION ALL SELECT h.host, s.name, o.start, o.mean
FROM main.series s JOIN main.host h ON h.number = s.host
    JOIN main.reading_hour o ON o.series = s.number;

-- last_reading(host text, name text, time time, value float, unit text)
-- The newest reading of each name, and what it is measured in: %, B, s, C; "" where
-- nothing said it.
-- keys: host name
SELECT h.host AS host, s.name AS name, s.time AS time, s.value AS value, s.unit AS unit
FROM main.series s JOIN main.host h ON h.number = s.host;

-- recent(host text, tag text, nth number, time time, state text, elapsed duration?, printed size?)
-- The last 21 messages that spoke of how a tag stands: the first is the newest. Of a run,
-- how long it took, and how many bytes it printed.
-- keys: host tag nth
-- number: _tag; host tag
SELECT t.host AS host, t.tag AS tag, json_array_length(t.recent) - j.key AS nth,
    j.value ->> 0 AS time, CASE j.value ->> 1 WHEN 1 THEN 'ok' WHEN 2 THEN 'unknown'
        WHEN 3 THEN 'warning' WHEN 4 THEN 'fail' END AS state,
    j.value ->> 2 AS elapsed, j.value ->> 3 AS printed, t.number AS _tag
FROM main.tag t JOIN json_each(t.recent) j;

-- flips(host text, tag text, count number)
-- How often the state of a tag changed, of the last 21 messages that spoke of it. Where it
-- never did there is no row.
-- keys: host tag
-- number: _tag; host tag
SELECT host AS host, tag AS tag, flips AS count, number AS _tag
FROM main.tag WHERE flips > 0;

-- last_run(host text, tag text, time time, success time?)
-- When the last run of it ended, however; and the last that succeeded.
-- keys: host tag
-- number: _tag; host tag
SELECT t.host AS host, t.tag AS tag, t.ran AS time, t.succeeded AS success,
    t.number AS _tag
FROM main.tag t WHERE t.ran IS NOT NULL;

-- running(host text, tag text, run text, since time)
-- A run that has begun, and is not known to have ended.
-- keys: run
-- number: _tag; host tag
SELECT t.host AS host, t.tag AS tag, r.run AS run, r.began AS since,
    r.message AS _message, r.began AS _time, r.tag AS _tag
FROM main.running r JOIN main.tag t ON t.number = r.tag;

-- expected(host text, tag text, every text, grace duration, due time?)
-- What is to come again and again, by --every or (expect …): every, a duration or a
-- calendar, and when the next run is due, later than that by at most the grace.
-- keys: host tag
-- number: _tag; host tag
SELECT t.host AS host, t.tag AS tag, e.every AS every, e.grace AS grace, e.due AS due,
    e.tag AS _tag
FROM main.expectation e JOIN main.tag t ON t.number = e.tag;

-- incident(id number, host text, tag text, severity text, text text, from time, to time)
-- What rules said is wrong: from when until when; while it goes on, until now. A severity
-- and a text are the last it had.
-- keys: id
-- since: to
SELECT number AS id, host AS host, tag AS tag, severity AS severity, text AS text,
    began AS "from", ifnull(ended, $NOW) AS "to", message AS _message, began AS _time
FROM main.incident;

-- open_incident(id number, host text, tag text, severity text, since time)
-- One that goes on, as it was judged last.
-- keys: id
SELECT number AS id, host AS host, tag AS tag, severity AS severity, began AS since,
    message AS _message, began AS _time
FROM main.incident WHERE ended IS NULL;

-- acknowledged(id number, host text, tag text, severity text, until time, reason text, by text)
-- An incident that goes on, and of which somebody said that he knows.
-- keys: id
SELECT i.number AS id, i.host AS host, i.tag AS tag, i.severity AS severity,
    a.until AS until, a.reason AS reason, a.who AS "by"
FROM main.incident i JOIN main.acknowledgement a ON a.incident = i.number
WHERE i.ended IS NULL AND a.until > $NOW AND a.number = (SELECT max(b.number)
    FROM main.acknowledgement b WHERE b.incident = i.number);

-- informed(id number, host text, tag text, notifier text, time time)
-- By which notifier an incident was told, and when last.
SELECT DISTINCT i.number AS id, i.host AS host, i.tag AS tag, n.notifier AS notifier,
    n.time AS time
FROM main.informed n JOIN main.incident i ON i.number = n.incident;

-- silence(id number, host text, tag text, from time, to time, until time, reason text, by text)
-- What is not to be told: patterns for glob(PATTERN, TEXT), and the window that is or
-- comes; of a silence by a calendar, until the last. Those that are over are not here.
-- keys: id
SELECT number AS id, host AS host, tag AS tag, start AS "from", stop AS "to",
    until AS until, reason AS reason, who AS "by"
FROM main.silence WHERE until > $NOW;

-- failing_notifier(name text, since time, why text)
-- A notifier with something that is not told yet, as it failed: since when it does, and
-- why it did last.
-- keys: name
SELECT notifier AS name, min(failed) AS since, ifnull(why, '') AS why
FROM main.telling WHERE told IS NULL AND failed IS NOT NULL GROUP BY notifier;

-- clock(zone text, hour number, minute number, weekday number)
-- What the clocks of a time zone show now: "Europe/Zurich", 0 to 23, 0 to 59, and 1 for
-- Monday to 7 for Sunday. A rule that reads it is judged again as time passes.
-- keys: zone
SELECT zone AS zone, hour AS hour, minute AS minute, weekday AS weekday
FROM zone_clock($NOW);

-- settling(host text, until time)
-- A host whose old messages still arrive: what they say is history until they have.
-- keys: host
SELECT host AS host, until AS until FROM main.backlog WHERE until > $NOW;

-- os(host text, name text?, version version?)
-- The operating system: its ID and version, as in os-release.
;

-- kernel(host text, release version?)
-- The kernel that runs.
;

-- ram(host text, bytes size?)
-- The memory of the machine.
;

-- cpu(host text, model text?, cores number?)
-- The model of the processor, and how many cores there are.
;

-- disk(host text, mount text?, type text?, bytes size?)
-- The file systems of the machine's own disks, and their sizes.
-- keys: host mount
;

-- mount(host text, mount text?, device text?, type text?, options text?)
-- What is mounted where, of disks and of servers.
-- keys: host mount
;

-- address(host text, interface text?, address text?)
-- The addresses under which the machine can be reached.
;

-- user(host text, name text?, uid number?, shell text?)
-- The users of /etc/passwd.
-- keys: host name
;

-- unit(host text, unit text?, state text?)
-- The services of systemd or Shepherd: active, inactive, failed, masked.
-- keys: host unit
;

-- listens(host text, protocol text?, port number?, program text?)
-- The ports that are listened on, and the program that does.
;

-- timer(host text, name text?, schedule text?, command text?)
-- The timers of systemd, and the unit that each starts.
-- keys: host name
;

-- cron(host text, schedule text?, command text?, user text?)
-- What cron runs, when, and as whom.
;

-- package(host text, name text?, version version?)
-- The packages that are installed: dpkg, rpm, apk, pacman, Guix, opkg.
;

-- depends(host text, tag text?, on_host text?, on_tag text?)
-- What runs or is watched on a host needs that on another, or on its own: when that is
-- wrong, this is no news. Rules may add to it.
-- open: to rules
;
