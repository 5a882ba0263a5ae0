-- SPDX-License-Identifier: Apache-2.0
-- Schema 6 to 7: snapshots.

CREATE TABLE snapshot (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL,
	view TEXT NOT NULL,
	expr TEXT NOT NULL,
	basis TEXT NOT NULL,
	classes INTEGER NOT NULL,
	policy TEXT NOT NULL,
	facts TEXT NOT NULL,
	sha256 INTEGER NOT NULL,
	who TEXT NOT NULL,
	at INTEGER NOT NULL,
	images INTEGER NOT NULL,
	files INTEGER NOT NULL,
	dirs INTEGER NOT NULL,
	bytes INTEGER NOT NULL,
	digest BLOB NOT NULL,
	born INTEGER NOT NULL,
	died INTEGER,
	end_at INTEGER,
	end_who TEXT
) STRICT;
CREATE UNIQUE INDEX snapshot_name ON snapshot (name) WHERE died IS NULL;

CREATE TABLE snapshot_part (
	snapshot INTEGER NOT NULL,
	chunk INTEGER NOT NULL,
	first INTEGER NOT NULL,
	members BLOB NOT NULL,
	PRIMARY KEY (snapshot, chunk)
) STRICT, WITHOUT ROWID;

-- What the salts of leaves are made from: a seed of 16 bytes for 2^height leaves, or the 32 bytes
-- of a leaf of which the salt is gone.
CREATE TABLE snapshot_salt (
	snapshot INTEGER NOT NULL,
	leaf INTEGER NOT NULL,
	height INTEGER NOT NULL,
	value BLOB NOT NULL,
	PRIMARY KEY (snapshot, leaf)
) STRICT, WITHOUT ROWID;

-- SHA-256 of the bytes of members, where a snapshot asked for it.
CREATE TABLE content (
	entry INTEGER PRIMARY KEY,
	sha256 BLOB NOT NULL
) STRICT;

CREATE INDEX entry_ended ON entry (parent, name) WHERE died IS NOT NULL;

-- What stat said of an entry until a generation, where a snapshot in force may need it.
CREATE TABLE stat_past (
	entry INTEGER NOT NULL,
	died INTEGER NOT NULL,
	mode INTEGER NOT NULL,
	uid INTEGER NOT NULL,
	gid INTEGER NOT NULL,
	mtime INTEGER NOT NULL,
	ctime INTEGER NOT NULL,
	size INTEGER NOT NULL,
	PRIMARY KEY (entry, died)
) STRICT, WITHOUT ROWID;
