-- SPDX-License-Identifier: Apache-2.0
-- Schema 3 to 4: licenses that operators define, decisions about collections.

ALTER TABLE decision ADD COLUMN collection TEXT;

CREATE TABLE own_license (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	license TEXT NOT NULL,
	name TEXT NOT NULL,
	url TEXT,
	permissions TEXT NOT NULL,
	obligations INTEGER NOT NULL,
	who TEXT NOT NULL,
	at INTEGER NOT NULL,
	born INTEGER NOT NULL,
	died INTEGER
) STRICT;
CREATE UNIQUE INDEX own_license_id ON own_license (license) WHERE died IS NULL;
