-- SPDX-License-Identifier: Apache-2.0
-- Schema 2 to 3: decisions remember the bytes that they were made about, and who ended them, when
-- and why; manifests and rule files, their rows as they are, and what finds them; hashes by which
-- rows name images.

ALTER TABLE decision ADD COLUMN hash BLOB;
ALTER TABLE decision ADD COLUMN end_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE decision ADD COLUMN end_who TEXT;
ALTER TABLE decision ADD COLUMN end_why TEXT;

CREATE TABLE manifest (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 2),
	collection TEXT NOT NULL,
	file TEXT NOT NULL,
	format TEXT NOT NULL,
	dir INTEGER NOT NULL,
	root BLOB NOT NULL,
	vouched INTEGER NOT NULL,
	who TEXT NOT NULL,
	at INTEGER NOT NULL,
	first INTEGER NOT NULL,
	rows INTEGER NOT NULL,
	kinds INTEGER NOT NULL,
	digest BLOB NOT NULL,
	born INTEGER NOT NULL,
	died INTEGER
) STRICT;
CREATE UNIQUE INDEX manifest_import ON manifest (collection) WHERE died IS NULL AND kind = 1;
CREATE UNIQUE INDEX manifest_rule ON manifest (dir, file) WHERE died IS NULL AND kind = 2;
CREATE INDEX manifest_live ON manifest (id) WHERE died IS NULL;

CREATE TABLE manifest_row (
	id INTEGER PRIMARY KEY,
	line INTEGER NOT NULL,
	keys BLOB NOT NULL,
	claims BLOB NOT NULL
) STRICT;

CREATE TABLE row_key (
	key INTEGER NOT NULL,
	row INTEGER NOT NULL,
	PRIMARY KEY (key, row)
) STRICT, WITHOUT ROWID;

CREATE TABLE row_match (
	row INTEGER NOT NULL,
	entry INTEGER NOT NULL,
	weak INTEGER NOT NULL,
	PRIMARY KEY (row, entry)
) STRICT, WITHOUT ROWID;
CREATE INDEX row_match_entry ON row_match (entry);

CREATE TABLE digest (
	entry INTEGER PRIMARY KEY,
	md5 BLOB,
	sha256 BLOB
) STRICT;
CREATE INDEX digest_md5 ON digest (md5) WHERE md5 IS NOT NULL;
CREATE INDEX digest_sha256 ON digest (sha256) WHERE sha256 IS NOT NULL;

-- Words that forbid are believed since then: all that was judged before is judged again.
DELETE FROM meta WHERE key = 'facts';
