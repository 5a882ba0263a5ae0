-- SPDX-License-Identifier: Apache-2.0
-- Schema 5 to 6: revocations and what they match by, and the likeness of images.

CREATE TABLE revocation (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	kind INTEGER NOT NULL,
	text BLOB NOT NULL,
	reason TEXT NOT NULL,
	requester TEXT NOT NULL,
	who TEXT NOT NULL,
	at INTEGER NOT NULL,
	erased INTEGER NOT NULL,
	born INTEGER NOT NULL,
	died INTEGER,
	end_at INTEGER,
	end_who TEXT,
	end_why TEXT
) STRICT;

-- Of revocations in force. form: 0 as it is, 1 sealed (a keyed hash), 2 a pattern.
CREATE TABLE revoked (
	kind INTEGER NOT NULL,
	form INTEGER NOT NULL,
	key BLOB NOT NULL,
	revocation INTEGER NOT NULL,
	PRIMARY KEY (kind, form, key, revocation)
) STRICT, WITHOUT ROWID;
CREATE INDEX revoked_by ON revoked (revocation);

-- state: 0 waits, 1 known, 2 there is none, and note says why.
CREATE TABLE likeness (
	entry INTEGER PRIMARY KEY,
	state INTEGER NOT NULL,
	prints BLOB,
	note TEXT NOT NULL
) STRICT;
CREATE INDEX likeness_waits ON likeness (entry) WHERE state = 0;
