// SPDX-License-Identifier: Apache-2.0
// valid.mjs jsonld FILE... | expressions FILE... | ids FILE...: what npm's jsonld and spdx-expression-parse say of exports; VALID_DIR has them. A line for each file.
// Whatever is dropped or misread when JSON-LD is made triples is an error ("safe"), and nothing is fetched.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(process.env.VALID_DIR + '/node_modules/')
const [what, ...files] = process.argv.slice(2)
const lines = name => readFileSync(name, 'utf8').split('\n').filter(line => line)

// Croissant 1.0 and what it takes from schema.org and Dublin Core.
const cr = name => 'http://mlcommons.org/croissant/' + name
const sc = name => 'https://schema.org/' + name
const type = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#type'
const terms = new Set([type, 'http://purl.org/dc/terms/conformsTo',
	...'data dataType field key recordSet'.split(' ').map(cr),
	...('containedIn contentSize contentUrl creator datePublished description distribution encodingFormat identifier ' +
		'isBasedOn license name sha256 url value variableMeasured version').split(' ').map(sc)])
const classes = new Set([...'Field FileObject RecordSet'.split(' ').map(cr), ...'Dataset Person PropertyValue'.split(' ').map(sc)])
const must = { [cr('FileObject')]: ['name', 'contentUrl', 'encodingFormat'].map(sc), [cr('Field')]: [cr('dataType'), sc('name')],
	[cr('RecordSet')]: [cr('field'), cr('key'), sc('name')] }

async function triples(name) {
	const jsonld = require('jsonld')
	const documentLoader = async url => { throw new Error('asks for ' + url) }
	const quads = await jsonld.toRDF(JSON.parse(readFileSync(name, 'utf8')),
		{ safe: true, documentLoader, base: 'https://base.example/' })
	const has = new Map()
	for (const { subject, predicate, object } of quads) {
		if (!terms.has(predicate.value)) throw new Error('no term of Croissant: ' + predicate.value)
		if (predicate.value === type && !classes.has(object.value)) throw new Error('no class of Croissant: ' + object.value)
		has.set(subject.value, [...has.get(subject.value) ?? [], predicate.value, predicate.value === type ? object.value : ''])
	}
	for (const of of has.values()) {
		if (of.includes(cr('FileObject')) && !of.includes(sc('sha256')) && !of.includes(sc('containedIn'))) throw new Error('a file without a sum')
		for (const one of of)
			for (const term of must[one] ?? [])
				if (!of.includes(term)) throw new Error(one + ' without ' + term)
	}
	return [...has.values()].filter(of => of.includes(cr('FileObject'))).length
}

function expressions(name) {
	const parse = require('spdx-expression-parse')
	const found = new Set()
	for (const [, e] of readFileSync(name, 'utf8').matchAll(/"(?:license|simplelicensing_licenseExpression)": *"([^"]*)"/g)) found.add(e)
	for (const e of found) parse(e)
	return found.size
}

function ids(name) {
	const known = new Set([...require('spdx-license-ids'), ...require('spdx-license-ids/deprecated')])
	const ours = lines(name).filter(id => !/^(LicenseRef-.*|NONE|NOASSERTION)$/.test(id))
	for (const id of ours) if (!known.has(id)) throw new Error('not in the list of SPDX: ' + id)
	return ours.length
}

const of = { jsonld: triples, expressions, ids }[what]
for (const name of files) {
	try {
		console.log(await of(name))
	} catch (e) {
		console.log('refused: ' + e.message)
	}
}
