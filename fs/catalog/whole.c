/* SPDX-License-Identifier: Apache-2.0 */
/* Looking at the database file behind SQLite's back, which trusts that nobody else writes to it. */
#include <string.h>

#include "fs/catalog/internal.h"

#define HEADER_SIZE 100

/* SQLite 3 file format, 1.3. */
static uint32_t number_at(const uint8_t *h)
{
	return (uint32_t)h[0] << 24 | (uint32_t)h[1] << 16 | (uint32_t)h[2] << 8 | h[3];
}

static uint64_t size_by_header(const uint8_t *h)
{
	uint32_t page = (uint32_t)h[16] << 8 | h[17];

	/* the number of pages counts only if the last to change the file kept it */
	if (number_at(h + 24) != number_at(h + 92))
		return 0;
	return (uint64_t)number_at(h + 28) * (page == 1 ? 65536 : page);
}

enum lic_wholeness lic_catalog_wholeness(struct lic_catalog *cat)
{
	uint8_t h[HEADER_SIZE];
	sqlite3_file *f = NULL;
	sqlite3_int64 size = 0;

	/* through SQLite's own descriptor: closing another would drop its locks */
	if (sqlite3_file_control(cat->db, "main", SQLITE_FCNTL_FILE_POINTER, &f) != SQLITE_OK ||
	    f->pMethods->xFileSize(f, &size) != SQLITE_OK)
		return LIC_BROKEN;
	if (size < HEADER_SIZE || f->pMethods->xRead(f, h, sizeof(h), 0) != SQLITE_OK ||
	    memcmp(h, "SQLite format 3", 16) != 0 ||
	    number_at(h + 68) != LIC_CATALOG_APPLICATION_ID)
		return LIC_BROKEN;
	return (uint64_t)size < size_by_header(h) ? LIC_SHORT : LIC_WHOLE;
}
