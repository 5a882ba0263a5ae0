-- SPDX-License-Identifier: Apache-2.0
-- Schema 7 to 8: jobs. What a job could see at its start is the snapshot with its number, negated.

DROP INDEX snapshot_name;
CREATE UNIQUE INDEX snapshot_name ON snapshot (name) WHERE died IS NULL AND id > 0;

CREATE TABLE job (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL,
	how INTEGER NOT NULL,
	command BLOB NOT NULL,
	mountpoint BLOB NOT NULL,
	pinned INTEGER NOT NULL,
	who TEXT NOT NULL,
	at INTEGER NOT NULL,
	born INTEGER NOT NULL,
	died INTEGER,
	end_at INTEGER,
	end_who TEXT
) STRICT;
CREATE UNIQUE INDEX job_name ON job (name) WHERE died IS NULL;

-- Jobs, of this or another store, that made the images of this one.
CREATE TABLE maker (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	job TEXT NOT NULL,
	store TEXT NOT NULL,
	summary TEXT NOT NULL,
	digest BLOB NOT NULL,
	at INTEGER NOT NULL,
	who TEXT NOT NULL,
	born INTEGER NOT NULL,
	died INTEGER,
	end_at INTEGER,
	end_who TEXT
) STRICT;
