# SPDX-License-Identifier: Apache-2.0
# Makes tables.c from licenses.tsv, cc_ports.tsv, license_aliases.tsv and flickr_licenses.tsv, in
# this order. Runs under LC_ALL=C, so that strings compare by bytes as the binary searches do.
BEGIN {
	FS = "\t"
	n_ids = n_ports = n_jur = n_alias = failed = 0
}

function fail(text)
{
	print FILENAME ":" FNR ": " text | "cat >&2"
	failed = 1
	exit 1
}

function quote(s)
{
	gsub(/\\/, "\\\\", s)
	gsub(/"/, "\\\"", s)
	gsub(/\?/, "\\?", s)
	return "\"" s "\""
}

function or_null(s)
{
	return s == "" || s == "-" ? "NULL" : quote(s)
}

function symbol(prefix, s)
{
	s = toupper(s)
	gsub(/-/, "_", s)
	return prefix s
}

# Sorts key[lo..hi] by bytes: heap sort, because the input may be sorted already.
function sort_keys(key, n,    i, root, child, t)
{
	for (i = int(n / 2); i >= 1; i--)
		sift(key, i, n)
	for (i = n; i > 1; i--) {
		t = key[1]
		key[1] = key[i]
		key[i] = t
		sift(key, 1, i - 1)
	}
}

function sift(key, root, n,    child, t)
{
	while (2 * root <= n) {
		child = 2 * root
		if (child < n && (key[child] "") < (key[child + 1] ""))
			child++
		if ((key[root] "") >= (key[child] ""))
			return
		t = key[root]
		key[root] = key[child]
		key[child] = t
		root = child
	}
}

FNR == 1 {
	file = FILENAME
	sub(/.*\//, "", file)
	header = 1
}

/^#/ || NF == 0 { next }

header {
	header = 0
	next
}

# --- licenses.tsv: one row a license -----------------------------------------------------------

file == "licenses.tsv" {
	if (NF != 19)
		fail("expected 19 columns")
	if ($1 == "LicenseRef-CC-PORT-PATTERN")
		next
	add_license($1)
	name[$1] = $2
	scope[$1] = $3
	territory[$1] = $4
	url[$1] = $5
	sub(/ .*/, "", url[$1])
	ml[$1] = $15
	status[$1] = $16
	for (i = 6; i <= 10; i++)
		vector[$1] = vector[$1] permission($i, $16) ", "
	sub(/, $/, "", vector[$1])
	duties[$1] = ($11 == "yes" ? 1 : 0) + ($12 == "yes" ? 2 : 0) + ($13 == "yes" ? 4 : 0)
	basis[$1] = $18
	note[$1] = $19
	next
}

function add_license(id)
{
	if (id in known)
		fail("license " id " is listed twice")
	known[id] = 1
	ids[++n_ids] = id
}

function permission(cell, st)
{
	if (cell == "yes")
		return "LIC_ALLOWED"
	if (cell != "no")
		fail("permission is neither yes nor no: " cell)
	return st == "unknown" ? "LIC_UNKNOWN" : "LIC_FORBIDDEN"
}

# --- cc_ports.tsv: every (version, jurisdiction, unit) that was published ------------------------

file == "cc_ports.tsv" {
	if (NF != 6)
		fail("expected 6 columns")
	if ($2 != "-" && !($2 in jurisdiction)) {
		jurisdiction[$2] = $3
		jurs[++n_jur] = $2
	}
	n = split($4, units, " ")
	for (i = 1; i <= n; i++)
		add_port($1, $2, units[i], $3)
	next
}

# BY-ND-NC and BY-NC-ND are two spellings of one license.
function canonical_unit(unit)
{
	return unit == "by-nd-nc" ? "by-nc-nd" : unit
}

function unit_id(unit)
{
	if (unit == "sampling")
		return "Sampling"
	if (unit == "sampling+")
		return "SamplingPlus"
	if (unit == "nc-sampling+")
		return "NC-SamplingPlus"
	if (unit == "devnations")
		return "DevNations"
	return toupper(unit)
}

function listed(id)
{
	if (id in known)
		return id
	return ("LicenseRef-" id) in known ? "LicenseRef-" id : ""
}

# The license whose permissions a port has: the unported text of its version. 2.1 has none, nor
# have the units that only Japan ported to 2.0; the next older text stands in.
function base_of(unit, version,    id)
{
	id = listed("CC-" unit_id(unit) "-" version)
	if (id == "" && version == "2.1")
		id = listed("CC-" unit_id(unit) "-2.0")
	if (id == "")
		id = listed("CC-" unit_id(unit) "-1.0")
	if (id == "")
		fail("no license stands behind " unit " " version)
	return id
}

function add_port(version, jur, unit, where,    id, base, key, code)
{
	unit = canonical_unit(unit)
	code = jur == "-" ? "" : jur
	key = unit "/" version "/" code
	if (key in port)
		return
	if (unit == "zero" || unit == "mark" || unit == "certification")
		id = unit == "zero" ? "CC0-1.0" : unit == "mark" ? "CC-PDM-1.0" : "CC-PDDC"
	else if (jur == "-")
		id = base_of(unit, version)
	else
		id = port_id(version, jur, unit, where)
	if (!(id in known))
		fail("unknown license " id)
	port[key] = id
	ports[++n_ports] = key
}

function port_id(version, jur, unit, where,    id, base)
{
	id = "CC-" unit_id(unit) "-" version "-" toupper(jur)
	if (id in known)
		return id
	id = "LicenseRef-" id
	base = base_of(unit, version)
	add_license(id)
	name[id] = name[base]
	sub(/ [0-9.]+( [A-Za-z]+)?$/, "", name[id])
	name[id] = name[id] " " version " " where
	scope[id] = scope[base]
	territory[id] = territory[base]
	url[id] = "https://creativecommons.org/licenses/" unit "/" version "/" jur "/"
	ml[id] = ml[base]
	status[id] = status[base]
	vector[id] = vector[base]
	duties[id] = duties[base]
	basis[id] = "rule"
	note[id] = "Port; permissions as " base "."
	return id
}

# --- license_aliases.tsv: (context, string) -> id ------------------------------------------------

file == "license_aliases.tsv" {
	if (NF != 4)
		fail("expected 4 columns")
	add_alias($1, $2, $3)
	next
}

# As alias_key() in alias.c does with what it looks up.
function alias_key(s)
{
	if (s ~ /^https?:\/\//) {
		sub(/^https?:\/\//, "", s)
		sub(/^www\./, "", s)
		sub(/[?#].*/, "", s)
		sub(/\/$/, "", s)
	} else {
		gsub(/_/, "-", s)
	}
	return s
}

function add_alias(context, s, id,    key)
{
	if (!(id in known))
		fail("unknown license " id)
	key = context "\t" alias_key(s)
	if (key in alias) {
		if (alias[key] != id)
			fail("alias " s " means both " id " and " alias[key])
		return
	}
	alias[key] = id
	aliases[++n_alias] = key
}

# --- flickr_licenses.tsv: numeric ids, and the names that go with them -----------------------------

file == "flickr_licenses.tsv" {
	if (NF != 7)
		fail("expected 7 columns")
	add_alias("flickr-id", $1, $5)
	add_alias("flickr-name", tolower($2), $5)
	if ($4 != "-")
		add_alias("flickr-name", tolower($4), $5)
	next
}

# --- output ----------------------------------------------------------------------------------------

function print_licenses(    i, id, s, k, list, n, bits)
{
	print "const struct lic_license lic_license_table[] = {"
	for (i = 1; i <= n_ids; i++) {
		id = ids[i]
		index_of[id] = i - 1
		n = split(scope[id], list, "+")
		bits = symbol("LIC_SCOPE_", list[1])
		for (k = 2; k <= n; k++)
			bits = bits " | " symbol("LIC_SCOPE_", list[k])
		printf "{ %s, %s, %s, %s, %s, %s,\n  { %s }, %d, %s, %s, %s },\n", quote(id),
			quote(name[id]), or_null(url[id]), quote(territory[id]), quote(basis[id]),
			or_null(note[id]), vector[id], duties[id], bits,
			symbol("LIC_LICENSE_", status[id]), symbol("LIC_ML_", ml[id])
	}
	print "};"
	print "const size_t lic_license_count = " n_ids ";"
}

function print_folded(    i, list, where)
{
	for (i = 1; i <= n_ids; i++) {
		list[i] = tolower(ids[i])
		if (list[i] in where)
			fail("license " ids[i] " differs from another in case only")
		where[list[i]] = index_of[ids[i]]
	}
	sort_keys(list, n_ids)
	print "const uint16_t lic_license_folded[] = {"
	for (i = 1; i <= n_ids; i++)
		print where[list[i]] ","
	print "};"
}

function print_ports(    i, words)
{
	print "const struct lic_port lic_port_table[] = {"
	for (i = 1; i <= n_ports; i++)
		printf "{ %s, &lic_license_table[%d] },\n", quote(ports[i]), index_of[port[ports[i]]]
	print "};"
	print "const size_t lic_port_count = " n_ports ";"
	print "const struct lic_jurisdiction lic_jurisdiction_table[] = {"
	for (i = 1; i <= n_jur; i++) {
		words = tolower(jurisdiction[jurs[i]])
		gsub(/[^a-z]+/, " ", words)
		printf "{ %s, %s },\n", quote(jurs[i]), quote(words)
	}
	print "};"
	print "const size_t lic_jurisdiction_count = " n_jur ";"
}

function print_aliases(    i, part)
{
	print "const struct lic_alias lic_alias_table[] = {"
	for (i = 1; i <= n_alias; i++) {
		split(aliases[i], part, "\t")
		printf "{ %s, %s, &lic_license_table[%d] },\n", symbol("LIC_CONTEXT_", part[1]),
			quote(part[2]), index_of[alias[aliases[i]]]
	}
	print "};"
	print "const size_t lic_alias_count = " n_alias ";"
}

END {
	if (failed)
		exit 1
	if (!n_ids || !n_ports || !n_alias) {
		print "tables.awk: a table is empty or missing" | "cat >&2"
		exit 1
	}
	sort_keys(ids, n_ids)
	sort_keys(ports, n_ports)
	sort_keys(jurs, n_jur)
	# Aliases go by key first, then by context: the search walks the few contexts of a key.
	for (i = 1; i <= n_alias; i++) {
		split(aliases[i], part, "\t")
		by_key[i] = part[2] "\t" part[1]
	}
	sort_keys(by_key, n_alias)
	for (i = 1; i <= n_alias; i++) {
		split(by_key[i], part, "\t")
		aliases[i] = part[2] "\t" part[1]
	}
	print "/* SPDX-License-Identifier: CC0-1.0 */"
	print "/* Made by tables.awk from the .tsv files beside it: edit those. */"
	print "#include \"fs/license/tables.h\"\n"
	print_licenses()
	print_folded()
	print_ports()
	print_aliases()
}
