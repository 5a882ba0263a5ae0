-- SPDX-License-Identifier: Apache-2.0
-- Schema 2 to 3: decisions remember the bytes that they were made about, and who ended them, when
-- and why.

ALTER TABLE decision ADD COLUMN hash BLOB;
ALTER TABLE decision ADD COLUMN end_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE decision ADD COLUMN end_who TEXT;
ALTER TABLE decision ADD COLUMN end_why TEXT;
