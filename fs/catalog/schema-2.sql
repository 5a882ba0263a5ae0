-- SPDX-License-Identifier: Apache-2.0
-- Schema 1 to 2: the claims of one reading are one row, because a row each was a third of what a
-- scan writes, and statements need no numbers that are never given again.

ALTER TABLE claim RENAME TO claim_1;
CREATE TABLE claim (
	entry INTEGER NOT NULL,
	born INTEGER NOT NULL,
	died INTEGER,
	stated TEXT NOT NULL,
	PRIMARY KEY (entry, born)
) STRICT, WITHOUT ROWID;
INSERT INTO claim (entry, born, died, stated)
	SELECT entry, born, died, group_concat(statement || ',' || packet || ',' || ref)
	FROM (SELECT * FROM claim_1 ORDER BY entry, born, seq) GROUP BY entry, born;
DROP TABLE claim_1;

CREATE TABLE statement_2 (
	id INTEGER PRIMARY KEY,
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
INSERT INTO statement_2 SELECT id, digest, rank, role, context, reserve, override, source, field, raw, text
	FROM statement;
DROP TABLE statement;
ALTER TABLE statement_2 RENAME TO statement;
