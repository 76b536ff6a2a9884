// SPDX-License-Identifier: ISC
//
// duckdb.mjs load EVENTS.jsonl DB   reads http events into a table of a new
//                                   database file, and folds its log in
// duckdb.mjs ask DB SQL             prints the first row, as the sqlite3 shell
// duckdb.mjs read DB FILE           the same for the statement in a file
// duckdb.mjs version
//
// NODE_PATH names the folder of the packages.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { DuckDBInstance, version } = createRequire(import.meta.url)('@duckdb/node-api');

// With the columns named DuckDB need not guess them, which is faster.
const columns = {
	type: 'VARCHAR', ts_ms: 'BIGINT', producer: 'VARCHAR', seq: 'BIGINT',
	run_id: 'VARCHAR', host: 'VARCHAR', role: 'VARCHAR', method: 'VARCHAR',
	status: 'BIGINT', url_hash: 'VARCHAR', from_cache: 'BOOLEAN',
	revalidated: 'BOOLEAN', stale: 'BOOLEAN', retry_count: 'BIGINT',
	retry_after_s: 'BIGINT', rate_delay_ms: 'BIGINT', breaker_state: 'VARCHAR',
	breaker_recorded: 'VARCHAR', elapsed_ms: 'BIGINT', error: 'VARCHAR',
	request_id: 'VARCHAR', attempt: 'BIGINT', bytes: 'BIGINT', ttfb_ms: 'BIGINT',
	waited_for: 'VARCHAR',
};

const quoted = (text) => `'${text.replaceAll("'", "''")}'`;

async function run(database, ...statements) {
	const instance = await DuckDBInstance.create(database);
	const connection = await instance.connect();
	let reader;
	for (const sql of statements)
		reader = await connection.runAndReadAll(sql);
	const rows = reader.getRows();
	connection.closeSync();
	instance.closeSync();
	return rows;
}

const [verb, ...operands] = process.argv.slice(2);
if (verb === 'load') {
	const [events, database] = operands;
	const list = Object.entries(columns).map(([name, type]) => `${name}: '${type}'`);
	await run(database, `CREATE TABLE http_events AS SELECT * FROM read_json(
	    ${quoted(events)}, format = 'newline_delimited', columns = {${list}})`, 'CHECKPOINT');
} else if (verb === 'ask' || verb === 'read') {
	const [database, text] = operands;
	const sql = verb === 'read' ? readFileSync(text, 'utf8') : text;
	console.log((await run(database, sql))[0].join('|'));
} else if (verb === 'version') {
	console.log(version());
} else {
	console.error('usage: duckdb.mjs load EVENTS DB | ask DB SQL | read DB FILE | version');
	process.exitCode = 64;
}
