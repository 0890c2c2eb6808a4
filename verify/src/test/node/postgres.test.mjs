// The driver `postgres`, which prepares everything and pipelines by itself.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { after, before, test } from 'node:test';
import postgres from 'postgres';
import { approve, as, direct, held } from './demo.mjs';

const quiet = { onnotice: () => {} };
const admin = postgres(as('admin', { max: 4, ...quiet }));
const database = postgres({ ...direct(), max: 1, ...quiet });

before(async () => {
  await admin`DROP TABLE IF EXISTS postgres_items`;
  await admin`CREATE TABLE postgres_items (id serial PRIMARY KEY, name text NOT NULL, n integer, at timestamptz)`;
});

test('reads and writes', async () => {
  const at = new Date('2025-03-30T01:59:59.123Z');
  const rows = [{ name: 'one', n: 1, at }, { name: 'zwei 🚀', n: null, at }];
  const inserted = await admin`INSERT INTO postgres_items ${admin(rows)} RETURNING name, n, at`;
  assert.deepEqual([...inserted], rows);
  assert.equal((await admin`UPDATE postgres_items SET n = 2 WHERE name = ${'zwei 🚀'}`).count, 1);
});

test('many queries at once are pipelined and answered in order', async () => {
  const answers = await Promise.all(Array.from({ length: 500 }, (_, i) => admin`SELECT ${i}::int AS i`));
  assert.deepEqual(answers.map((each) => each[0].i), Array.from({ length: 500 }, (_, i) => i));
});

test('a failed query among pipelined ones takes no other with it', async () => {
  const answers = await Promise.allSettled([
    admin`SELECT 1 AS n`,
    admin`SELECT 1/0 AS n`,
    admin`SELECT 3 AS n`,
  ]);
  assert.deepEqual(answers.map((each) => each.status), ['fulfilled', 'rejected', 'fulfilled']);
  assert.equal(answers[1].reason.code, '22012');
});

test('transactions commit, and roll back when their function throws', async () => {
  await admin.begin(async (sql) => {
    await sql`INSERT INTO postgres_items (name) VALUES ('kept')`;
    await sql
      .savepoint(async (inner) => {
        await inner`INSERT INTO postgres_items (name) VALUES ('undone')`;
        throw new Error('undo');
      })
      .catch(() => {});
  });
  await assert.rejects(
    admin.begin(async (sql) => {
      await sql`INSERT INTO postgres_items (name) VALUES ('gone')`;
      throw new Error('undo');
    }),
  );
  const names = await admin`SELECT name FROM postgres_items WHERE name IN ('kept', 'undone', 'gone')`;
  assert.deepEqual(names.map((each) => each.name), ['kept']);
});

test('simple queries with several statements', async () => {
  const results = await admin`SELECT 1 AS a; SELECT 2 AS b`.simple();
  assert.deepEqual(results.map((each) => [...each]), [[{ a: 1 }], [{ b: 2 }]]);
});

test('a cursor and a stream of rows', async () => {
  let rows = 0;
  await admin`SELECT i FROM generate_series(1, 10000) i`.cursor(333, (part) => {
    rows += part.length;
  });
  assert.equal(rows, 10_000);
  await admin`SELECT i FROM generate_series(1, 100000) i`.forEach(() => {
    rows++;
  });
  assert.equal(rows, 110_000);
});

test('describes a statement without running it', async () => {
  const described = await admin`SELECT id, name FROM postgres_items WHERE n = ${1}`.describe();
  assert.deepEqual(described.columns.map((each) => each.name), ['id', 'name']);
});

test('COPY goes in and out', async () => {
  const lines = Array.from({ length: 10_000 }, (_, i) => `copied\t${i}\n`);
  await pipeline(Readable.from(lines), await admin`COPY postgres_items (name, n) FROM STDIN`.writable());
  let text = '';
  for await (const part of await admin`
    COPY (SELECT name, n FROM postgres_items WHERE name = 'copied' ORDER BY n) TO STDOUT`.readable()) {
    text += part;
  }
  assert.equal(text, lines.join(''));
});

test('cancel ends what runs', async () => {
  const running = admin`SELECT pg_sleep(60)`;
  setTimeout(() => running.cancel(), 500);
  await assert.rejects(running, { code: '57014' });
});

test('notifications arrive', async () => {
  const listener = postgres(as('admin', { max: 1, ...quiet }));
  try {
    let seen;
    const arrived = new Promise((resolve) => (seen = resolve));
    await listener.listen('postgres_channel', seen);
    await admin.notify('postgres_channel', 'a payload');
    assert.equal(await arrived, 'a payload');
  } finally {
    await listener.end({ timeout: 1 });
  }
});

test('masks, denials and holds look like answers, errors and a wait', async () => {
  const notices = [];
  const writer = postgres(as('writer', { max: 1, onnotice: (notice) => notices.push(JSON.stringify(notice)) }));
  try {
    const [clear] = await database`SELECT ssn FROM customers WHERE id = 9`;
    const [masked] = await writer`SELECT email, ssn FROM customers WHERE id = ${9}`;
    assert.ok(!masked.email.includes('@'));
    assert.notEqual(masked.ssn, clear.ssn);
    assert.ok(masked.ssn.endsWith(clear.ssn.slice(-4)));

    await assert.rejects(writer`DELETE FROM orders`, { code: '42501', message: 'DELETE needs a WHERE clause.' });

    const running = writer`UPDATE orders SET note = 'postgres-held' WHERE id = ${4950}`.execute();
    const id = await held('postgres-held');
    await approve(id);
    assert.equal((await running).count, 1);
    assert.ok(notices.join().includes(id));
  } finally {
    await writer.end({ timeout: 1 });
  }
});

after(async () => {
  await admin`DROP TABLE postgres_items`;
  await admin.end();
  await database.end();
});
