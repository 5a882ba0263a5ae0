-- SPDX-License-Identifier: Apache-2.0
-- Schema 1 of the catalog; schema-2.sql goes on from here. docs/formats.md says what the columns mean.

CREATE TABLE meta (
	key TEXT PRIMARY KEY NOT NULL,
	value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE generation (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	at INTEGER NOT NULL,
	verb TEXT NOT NULL,
	uid INTEGER NOT NULL
) STRICT;

CREATE TABLE rights (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	key TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE entry (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	parent INTEGER NOT NULL,
	name BLOB NOT NULL,
	kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 5),
	rule INTEGER NOT NULL,
	format INTEGER NOT NULL,
	rights INTEGER NOT NULL,
	born INTEGER NOT NULL,
	died INTEGER,
	since INTEGER NOT NULL,
	size INTEGER NOT NULL,
	mtime INTEGER NOT NULL,
	ctime INTEGER NOT NULL,
	ino INTEGER NOT NULL,
	mode INTEGER NOT NULL,
	uid INTEGER NOT NULL,
	gid INTEGER NOT NULL,
	judged INTEGER NOT NULL,
	hash BLOB,
	damage TEXT
) STRICT;
CREATE UNIQUE INDEX entry_name ON entry (parent, name) WHERE died IS NULL;
CREATE INDEX entry_dirs ON entry (id) WHERE kind = 1 AND died IS NULL;
CREATE INDEX entry_hash ON entry (hash) WHERE hash IS NOT NULL;

CREATE TABLE past (
	entry INTEGER NOT NULL,
	born INTEGER NOT NULL,
	died INTEGER NOT NULL,
	rights INTEGER NOT NULL,
	PRIMARY KEY (entry, born)
) STRICT, WITHOUT ROWID;

CREATE TABLE dir_rights (
	dir INTEGER NOT NULL,
	rights INTEGER NOT NULL,
	count INTEGER NOT NULL CHECK (count >= 0),
	emptied INTEGER NOT NULL,
	PRIMARY KEY (dir, rights)
) STRICT, WITHOUT ROWID;

CREATE TABLE statement (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	digest BLOB NOT NULL UNIQUE,
	rank INTEGER NOT NULL,
	role INTEGER NOT NULL,
	context INTEGER NOT NULL,
	reserve INTEGER NOT NULL,
	override INTEGER NOT NULL,
	source TEXT NOT NULL,
	field TEXT NOT NULL,
	raw BLOB NOT NULL,
	text TEXT NOT NULL
) STRICT;

CREATE TABLE claim (
	entry INTEGER NOT NULL,
	born INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	died INTEGER,
	statement INTEGER NOT NULL,
	packet INTEGER NOT NULL,
	ref INTEGER NOT NULL,
	PRIMARY KEY (entry, born, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE optout (
	hash BLOB NOT NULL,
	reserve INTEGER NOT NULL,
	entry INTEGER NOT NULL,
	PRIMARY KEY (hash, reserve, entry)
) STRICT, WITHOUT ROWID;

CREATE TABLE credit (
	entry INTEGER PRIMARY KEY,
	creator TEXT,
	title TEXT,
	source_url TEXT,
	license_url TEXT
) STRICT;

CREATE TABLE companion (
	entry INTEGER NOT NULL,
	image INTEGER NOT NULL,
	PRIMARY KEY (entry, image)
) STRICT, WITHOUT ROWID;
CREATE INDEX companion_image ON companion (image);

CREATE TABLE view (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL,
	expr TEXT NOT NULL,
	basis TEXT,
	born INTEGER NOT NULL,
	died INTEGER
) STRICT;
CREATE UNIQUE INDEX view_name ON view (name) WHERE died IS NULL;

CREATE TABLE license_number (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	license TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE decision (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	action INTEGER NOT NULL,
	pattern BLOB NOT NULL,
	exact INTEGER NOT NULL,
	license TEXT,
	override INTEGER NOT NULL,
	until INTEGER NOT NULL,
	reason TEXT NOT NULL,
	who TEXT NOT NULL,
	at INTEGER NOT NULL,
	born INTEGER NOT NULL,
	died INTEGER
) STRICT;

CREATE TABLE change (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	gen INTEGER NOT NULL,
	dir INTEGER NOT NULL,
	entry INTEGER NOT NULL,
	name BLOB NOT NULL
) STRICT;
CREATE INDEX change_gen ON change (gen);

INSERT INTO sqlite_sequence (name, seq) VALUES ('view', 63);
INSERT INTO meta (key, value) VALUES ('statements', 'open'), ('notice', 'ignore'), ('feed_floor', 0);
INSERT INTO entry (id, parent, name, kind, rule, format, rights, born, since, size, mtime, ctime,
	ino, mode, uid, gid, judged)
	VALUES (1, 0, x'', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16749, 0, 0, 0);
