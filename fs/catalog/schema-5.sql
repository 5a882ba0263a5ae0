-- SPDX-License-Identifier: Apache-2.0
-- Schema 4 to 5: documents, their indexes and images, and what a scan has still to do. SQLite cannot
-- change a CHECK, so that entries are copied; their numbers are never given again.

CREATE TABLE entry_5 (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	parent INTEGER NOT NULL,
	name BLOB NOT NULL,
	kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 6),
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
INSERT INTO entry_5 SELECT id, parent, name, kind, rule, format, rights, born, died, since, size, mtime,
	ctime, ino, mode, uid, gid, judged, hash, damage FROM entry;
UPDATE sqlite_sequence SET seq = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('entry', 'entry_5'))
	WHERE name = 'entry_5';
DROP TABLE entry;
ALTER TABLE entry_5 RENAME TO entry;
CREATE UNIQUE INDEX entry_name ON entry (parent, name) WHERE died IS NULL;
CREATE INDEX entry_dirs ON entry (id) WHERE kind = 1 AND died IS NULL;
CREATE INDEX entry_hash ON entry (hash) WHERE hash IS NOT NULL;
-- What may be shown in a directory without images: directories, documents, companions by layout.
CREATE INDEX entry_apart ON entry (parent) WHERE died IS NULL AND (kind IN (1, 6) OR rule IN (12, 13));

CREATE TABLE document (
	entry INTEGER PRIMARY KEY,
	format INTEGER NOT NULL,
	flags INTEGER NOT NULL,
	records INTEGER NOT NULL,
	subjects INTEGER NOT NULL,
	bound INTEGER NOT NULL,
	first INTEGER NOT NULL,
	made INTEGER NOT NULL,
	touched INTEGER NOT NULL,
	note TEXT NOT NULL
) STRICT;

CREATE TABLE document_part (
	id INTEGER PRIMARY KEY,
	document INTEGER NOT NULL,
	part INTEGER NOT NULL,
	piece BLOB NOT NULL
) STRICT;
CREATE INDEX document_part_document ON document_part (document, part);

CREATE TABLE document_image (
	image INTEGER NOT NULL,
	document INTEGER NOT NULL,
	PRIMARY KEY (image, document)
) STRICT, WITHOUT ROWID;

CREATE TABLE pending (
	entry INTEGER PRIMARY KEY
) STRICT;

INSERT INTO meta (key, value) SELECT 'images', coalesce(max(id), 0) FROM generation;
INSERT INTO meta (key, value) VALUES ('bound', 0);
