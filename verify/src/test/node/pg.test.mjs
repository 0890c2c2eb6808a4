// node-postgres, with its cursor, its query stream and its COPY streams.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { after, before, test } from 'node:test';
import pg from 'pg';
import Cursor from 'pg-cursor';
import QueryStream from 'pg-query-stream';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { approve, as, deny, direct, held } from './demo.mjs';

async function connected(settings, use) {
  const client = new pg.Client(settings);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

const admin = (use) => connected(as('admin'), use);
const stored = (sql) => connected(direct(), async (client) => (await client.query(sql)).rows[0]);

before(() =>
  admin(async (client) => {
    await client.query('DROP TABLE IF EXISTS node_items');
    await client.query('CREATE TABLE node_items (id serial PRIMARY KEY, name text NOT NULL, n integer, doc jsonb)');
  }),
);

test('reads and writes with and without parameters', () =>
  admin(async (client) => {
    const inserted = await client.query('INSERT INTO node_items (name, n, doc) VALUES ($1, $2, $3) RETURNING id, name', [
      'Grüße, 世界 🚀',
      -7,
      { a: [1, null] },
    ]);
    assert.equal(inserted.rows[0].name, 'Grüße, 世界 🚀');
    const plain = await client.query(`SELECT n, doc FROM node_items WHERE id = ${inserted.rows[0].id}`);
    assert.deepEqual(plain.rows, [{ n: -7, doc: { a: [1, null] } }]);
    const updated = await client.query('UPDATE node_items SET n = $1 WHERE id = $2', [8, inserted.rows[0].id]);
    assert.equal(updated.rowCount, 1);
    const deleted = await client.query('DELETE FROM node_items WHERE id = $1', [inserted.rows[0].id]);
    assert.equal(deleted.rowCount, 1);
  }));

test('runs a named statement again and again', () =>
  admin(async (client) => {
    for (let i = 0; i < 10; i++) {
      const { rows } = await client.query({ name: 'twice', text: 'SELECT $1::int * 2 AS twice', values: [i] });
      assert.equal(rows[0].twice, 2 * i);
    }
  }));

test('reads results in binary', () =>
  admin(async (client) => {
    const { rows } = await client.query({ text: "SELECT 42::int4 AS n, true AS b, 'x'::text AS t", binary: true });
    assert.deepEqual(rows, [{ n: 42, b: true, t: 'x' }]);
  }));

test('several statements of one message give several results', () =>
  admin(async (client) => {
    const results = await client.query("SELECT 1 AS a; SELECT 'two' AS b, 2 AS c");
    assert.deepEqual(results.map((each) => each.rows), [[{ a: 1 }], [{ b: 'two', c: 2 }]]);
  }));

test('commits and rolls back', () =>
  admin(async (client) => {
    await client.query('BEGIN');
    await client.query("INSERT INTO node_items (name) VALUES ('node-kept')");
    await client.query('COMMIT');
    await client.query('BEGIN');
    await client.query("DELETE FROM node_items WHERE name = 'node-kept'");
    await client.query('ROLLBACK');
    assert.equal((await client.query("SELECT count(*)::int AS n FROM node_items WHERE name = 'node-kept'")).rows[0].n, 1);
  }));

test('an error has its fields and the session goes on', () =>
  admin(async (client) => {
    await assert.rejects(client.query('INSERT INTO node_items (name) VALUES ($1)', [null]), {
      code: '23502',
      table: 'node_items',
      column: 'name',
    });
    await assert.rejects(client.query('SELECT no_such_column'), { code: '42703' });
    assert.equal((await client.query('SELECT 1 AS one')).rows[0].one, 1);
  }));

test('queries that are queued at once are answered in order', () =>
  admin(async (client) => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) => client.query('SELECT $1::int AS i', [i])),
    );
    assert.deepEqual(answers.map((each) => each.rows[0].i), Array.from({ length: 200 }, (_, i) => i));
  }));

test('a pool of clients works at the same time', async () => {
  const pool = new pg.Pool(as('admin', { max: 5 }));
  try {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => pool.query('SELECT $1::int AS i, pg_sleep(0.001)', [i])),
    );
    assert.equal(answers.reduce((sum, each) => sum + each.rows[0].i, 0), 4950);
  } finally {
    await pool.end();
  }
});

test('a cursor reads a large result in portions', () =>
  admin(async (client) => {
    const cursor = client.query(new Cursor('SELECT i FROM generate_series(1, $1) i', [10_000]));
    let rows = 0;
    for (let part = await cursor.read(700); part.length > 0; part = await cursor.read(700)) rows += part.length;
    await cursor.close();
    assert.equal(rows, 10_000);
  }));

test('a cursor that is closed half-way leaves the session usable', () =>
  admin(async (client) => {
    const cursor = client.query(new Cursor('SELECT i FROM generate_series(1, 1000000) i'));
    assert.equal((await cursor.read(10)).length, 10);
    await cursor.close();
    assert.equal((await client.query('SELECT 1 AS one')).rows[0].one, 1);
  }));

test('a stream reads a million rows', () =>
  admin(async (client) => {
    let rows = 0;
    let sum = 0;
    for await (const row of client.query(
      new QueryStream('SELECT i FROM generate_series(1, 1000000) i', [], { batchSize: 5000 }),
    )) {
      rows++;
      sum += row.i;
    }
    assert.equal(rows, 1_000_000);
    assert.equal(sum, 500_000_500_000);
  }));

test('COPY goes in and out as streams', () =>
  admin(async (client) => {
    const lines = Array.from({ length: 50_000 }, (_, i) => `node-copy\t${i}\n`);
    await pipeline(Readable.from(lines), client.query(copyFrom('COPY node_items (name, n) FROM STDIN')));
    let text = '';
    for await (const part of client.query(
      copyTo("COPY (SELECT name, n FROM node_items WHERE name = 'node-copy' ORDER BY n) TO STDOUT"),
    )) {
      text += part;
    }
    assert.equal(text, lines.join(''));
  }));

test('a COPY that the client breaks off leaves nothing', () =>
  admin(async (client) => {
    const broken = (async function* () {
      yield 'node-broken\t1\n';
      throw new Error('broken off');
    })();
    await assert.rejects(pipeline(Readable.from(broken), client.query(copyFrom('COPY node_items (name, n) FROM STDIN'))));
    assert.equal(
      (await client.query("SELECT count(*)::int AS n FROM node_items WHERE name = 'node-broken'")).rows[0].n,
      0,
    );
  }));

test('a statement timeout and a cancel end what runs', () =>
  admin(async (client) => {
    await client.query("SET statement_timeout = '300ms'");
    await assert.rejects(client.query('SELECT pg_sleep(60)'), { code: '57014' });
    await client.query('RESET statement_timeout');
    const other = new pg.Client(as('admin'));
    const running = client.query('SELECT pg_sleep(60)');
    setTimeout(() => other.cancel(client, client.activeQuery ?? client._activeQuery), 300);
    await assert.rejects(running, { code: '57014' });
    assert.equal((await client.query('SELECT 1 AS one')).rows[0].one, 1);
  }));

test('notifications arrive', () =>
  admin(async (listener) => {
    const arrived = new Promise((resolve) => listener.on('notification', resolve));
    await listener.query('LISTEN node_channel');
    await admin((other) => other.query("SELECT pg_notify('node_channel', 'a payload')"));
    assert.equal((await arrived).payload, 'a payload');
  }));

test('masked columns arrive masked, in text and in binary', () =>
  connected(as('reader'), async (client) => {
    const clear = await stored('SELECT name, email, ssn, card_number FROM customers WHERE id = 7');
    for (const binary of [false, true]) {
      const { rows } = await client.query({
        text: 'SELECT name, email, ssn, card_number FROM customers WHERE id = $1',
        values: [7],
        binary,
      });
      assert.equal(rows[0].name, clear.name);
      assert.ok(!rows[0].email.includes('@'));
      assert.notEqual(rows[0].ssn, clear.ssn);
      assert.ok(rows[0].ssn.endsWith(clear.ssn.slice(-4)));
      assert.notEqual(rows[0].card_number, clear.card_number);
    }
    const { rows } = await client.query('SELECT service, key FROM api_keys ORDER BY id');
    assert.deepEqual(rows.map((each) => each.key), [null, null, null]);
  }));

test('a denial has code, reason, detail and hint, and the session goes on', () =>
  connected(as('reader'), async (client) => {
    for (const query of ['DROP TABLE customers', { text: 'DROP TABLE customers', values: [] }]) {
      await assert.rejects(client.query(query), (error) => {
        assert.equal(error.code, '42501');
        assert.equal(error.message, 'Schema changes go through migrations.');
        assert.ok(error.detail);
        assert.ok(error.hint);
        return true;
      });
    }
    assert.equal((await client.query('SELECT 1 AS one')).rows[0].one, 1);
  }));

test('a held update tells so, waits, and runs when it is approved', () =>
  connected(as('writer'), async (client) => {
    const notices = [];
    client.on('notice', (notice) => notices.push(notice.message + (notice.detail ?? '') + (notice.hint ?? '')));
    const running = client.query('UPDATE orders SET note = $1 WHERE id = 4900 /* node-approved */', ['node-approved']);
    const id = await held('node-approved');
    assert.notEqual((await stored('SELECT note FROM orders WHERE id = 4900')).note, 'node-approved');
    await approve(id);
    assert.equal((await running).rowCount, 1);
    assert.ok(notices.join().includes(id));
    assert.equal((await stored('SELECT note FROM orders WHERE id = 4900')).note, 'node-approved');
  }));

test('a held update that is denied does not run', () =>
  connected(as('writer'), async (client) => {
    const running = client.query("UPDATE orders SET note = 'node-denied' WHERE id = 4901");
    const failed = assert.rejects(running, { code: '42501' });
    await deny(await held('node-denied'));
    await failed;
    assert.notEqual((await stored('SELECT note FROM orders WHERE id = 4901')).note, 'node-denied');
  }));

test('a bad token is refused', async () => {
  const client = new pg.Client(as('reader', { password: 'not-a-token' }));
  client.on('error', () => {});
  await assert.rejects(client.connect(), { severity: 'FATAL' });
});

after(() => admin((client) => client.query('DROP TABLE node_items')));
