/**
 * Tables of SQLite that are created again: what could be lost on the way, and is not.
 *
 * Most tables here are written by hand, since what the library has no word for has to survive: quoting, collations, triggers, views, WITHOUT
 * ROWID, comments. What SQLite stores is compared as text. Each trap is a way in which other tools have lost rows or definitions.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import * as K from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { Change } from '../../lib/core/schema/Change.js'
import { changed } from '../../lib/core/schema/Change.js'
import type { Step } from '../../lib/core/schema/Step.js'
import type { AnyTable } from '../../lib/core/syntax/Syntax.js'
import type { ForeignKey } from '../../lib/core/table/Schema.js'
import * as X from '../../lib/Expr.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { fk, schema } from '../../lib/Schema.js'
import { createAll, define } from '../../lib/schema/createAll.js'
import { table, view } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { engines, type Session, using } from './eachEngine.js'
import { template } from './rawText.js'

const run = (s: Session, ...statements: readonly string[]) =>
  statements.reduce((before, sql) => before.then(() => s.right(Program.raw({})(template(sql)))), Promise.resolve<unknown>(undefined))

const read = async (s: Session, sql: string): Promise<readonly string[]> =>
  (await s.right(Program.raw({ value: K.nullable(K.text) })(template(`SELECT CAST(value AS TEXT) AS value FROM (${sql})`)))).map(
    r => `${r.value}`,
  )

/** All that SQLite stores of tables, indexes, triggers and views. */
const stored = (s: Session): Promise<readonly string[]> =>
  read(s, `SELECT type || ' ' || name || ': ' || sql AS value FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name`)

const alter = (t: AnyTable, change: Change) => define([{ tag: 'alterTable', table: t, change }])

const all = (t: AnyTable): Program.Program<Program.Db, unknown, readonly unknown[]> => Q.all(Q.from(t as never)) as never

/** A change that creates the table again and changes nothing that a test looks at. */
const harmless = (field: string): Change => ({ tag: 'setComment', field, comment: 'changed' })

const parents = table('re_parent', { id: K.int, title: K.text, amount: K.numeric(8, 2), boss: K.nullable(K.int) }, { primaryKey: ['id'] })
const children = table('re_child', { id: K.int, parentId: K.int }, { primaryKey: ['id'] })
const family = schema({ parents, children }, t => ({
  parents: { boss: fk(t.parents.boss, t.parents.id, { onDelete: 'cascade' }) },
  children: { parent: fk(t.children.parentId, t.parents.id, { onDelete: 'cascade' }) },
}))

/** One change of each kind that creates the table again, on `parents`. */
const changes: readonly Change[] = [
  harmless('title'),
  { tag: 'setComment', field: null, comment: 'of the table' },
  { tag: 'changeType', field: 'title', type: { tag: 'varchar', length: 30 }, using: null },
  { tag: 'changeType', field: 'amount', type: { tag: 'numeric', precision: 12, scale: 4 }, using: null },
  { tag: 'setNullable', field: 'title' },
  { tag: 'setNotNull', field: 'boss', fill: r => r.id },
  { tag: 'setDefault', field: 'title', default: X.lit('x') },
  { tag: 'addKey', key: { name: 're_title_key', columns: ['title'] }, primary: false },
  { tag: 'addCheck', check: { name: 're_positive', predicate: r => X.gt(r.amount, '0') } },
  { tag: 'addColumn', field: 'more', name: 'more', column: K.int as never, fill: r => r.id },
  { tag: 'renameTable', name: 're_other' },
  { tag: 'renameColumn', field: 'id', name: 'number' },
  { tag: 'dropColumn', field: 'title' },
]

for (const engine of engines) {
  if (!engine.name.startsWith('sqlite')) continue
  const test = suite(`tables created again on ${engine.name}`)
  const s = using(engine, test)

  const clean = async () => {
    await run(s, 'PRAGMA foreign_keys = OFF')
    for (const type of ['view', 'trigger', 'table']) {
      const names = await read(s, `SELECT name AS value FROM sqlite_schema WHERE type = '${type}' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'`)
      await run(s, ...names.map(n => `DROP ${type} IF EXISTS "${n.replaceAll('"', '""')}"`))
    }
    await run(s, 'PRAGMA foreign_keys = ON')
  }
  const isOn = async () => assert.equal(await read(s, 'SELECT foreign_keys AS value FROM pragma_foreign_keys'), ['1'])
  const isWhole = async () => {
    await isOn()
    assert.equal(await read(s, 'SELECT legacy_alter_table AS value FROM pragma_legacy_alter_table'), ['0'])
    assert.equal(await read(s, `SELECT name AS value FROM sqlite_schema WHERE name LIKE '%query~_ts%' ESCAPE '~'`), [])
    assert.equal(await read(s, 'SELECT "table" AS value FROM pragma_foreign_key_check'), [])
  }
  test.before.each(clean)
  test.after.each(isWhole)

  const filled = async () => {
    await s.right(createAll(family))
    await run(
      s,
      `INSERT INTO re_parent VALUES (1, 'a', 150, NULL), (2, 'b', 250, 1), (3, 'c', 350, 3)`,
      'INSERT INTO re_child VALUES (1, 1), (2, 2), (3, 3), (4, 1)',
    )
  }

  for (const change of changes) {
    test(`children that would be deleted with their parents stay: ${change.tag} ${JSON.stringify(change)}`, async () => {
      await filled()
      await s.right(alter(parents, change))
      const after = changed(parents, change)
      assert.is((await s.rows(children)).length, 4)
      assert.is((await s.right(all(after))).length, 3)
      // and the foreign keys, also that to the table itself, hold as before
      const key = after.names['id']
      const name = after.name
      assert.ok(E.isLeft(await s.run(C.run(C.insert(children)({ id: 9, parentId: 99 })))))
      await run(s, `DELETE FROM "${name}" WHERE "${key}" = 1`)
      assert.is((await s.rows(children)).length, 1)
      assert.is((await s.right(all(after))).length, 1)
    })
  }

  test('values keep their canonical form: a numeric is stored with the digits of its new scale, and so is its default', async () => {
    const t = table('re_money', { id: K.int, price: K.withDefault('1.50')(K.numeric(8, 2)) }, { primaryKey: ['id'] })
    await s.create(t)
    await s.right(C.run(C.insert(t)({ id: 1, price: '-12.34' })))
    const change: Change = { tag: 'changeType', field: 'price', type: { tag: 'numeric', precision: 12, scale: 4 }, using: null }
    await s.right(alter(t, change))
    const after = changed(t, change)
    await run(s, 'INSERT INTO re_money (id) VALUES (2)')
    assert.equal(await s.right(all(after)), [
      { id: 1, price: '-12.3400' },
      { id: 2, price: '1.5000' },
    ])
    // the range of the old type is gone
    await s.right(C.run(C.insert(after as any)({ id: 3, price: '9999999.0000' } as never)))
  })

  test('indexes, triggers and views are what they were', async () => {
    await filled()
    await run(
      s,
      'CREATE TABLE re_log (line TEXT)',
      'CREATE UNIQUE INDEX [odd "index"] ON re_parent ("title" COLLATE NOCASE DESC, amount) WHERE amount > 0 -- the end',
      'CREATE INDEX re_two ON re_parent (boss, lower(title))',
      `CREATE TRIGGER "re trigger" AFTER INSERT ON re_parent BEGIN INSERT INTO re_log VALUES ('new ' || NEW.title); END`,
      `CREATE TEMP TRIGGER re_temporary AFTER UPDATE ON main.re_parent BEGIN INSERT INTO re_log VALUES ('changed ' || NEW.title); END`,
      `CREATE TRIGGER re_elsewhere AFTER DELETE ON re_child BEGIN UPDATE re_parent SET title = title || '!' WHERE id = OLD.parent_id; END`,
      'CREATE VIEW re_titles AS SELECT title, re_parent.amount FROM re_parent',
      'CREATE VIEW re_more AS SELECT * FROM re_titles',
    )
    const before = await stored(s)
    await s.right(alter(parents, { tag: 'setDefault', field: 'title', default: X.lit('none') as never }))
    const others = (list: readonly string[]) => list.filter(line => !line.startsWith('table re_parent:'))
    assert.equal(others(await stored(s)), others(before))
    assert.is((await stored(s)).length, before.length)
    await run(
      s,
      `INSERT INTO re_parent VALUES (4, 'd', 1, NULL)`,
      `UPDATE re_parent SET amount = 2 WHERE id = 4`,
      'DELETE FROM re_child WHERE id = 3',
    )
    assert.equal(await read(s, 'SELECT line AS value FROM re_log ORDER BY line'), ['changed c!', 'changed d', 'new d'])
    assert.equal(await read(s, 'SELECT count(*) AS value FROM re_more'), ['4'])
    assert.ok(E.isLeft(await s.run(Program.raw({})(template(`INSERT INTO re_parent VALUES (5, 'D', 2, NULL)`)))))
  })

  test('generated keys continue, also after the last row is deleted', async () => {
    const t = table('re_counted', { id: K.generated(K.int), title: K.text }, { primaryKey: ['id'] })
    await s.create(t)
    await run(s, `INSERT INTO re_counted (id, title) VALUES (41, 'a'), (42, 'b')`, 'DELETE FROM re_counted WHERE id = 42')
    await s.right(alter(t, harmless('title')))
    await run(s, `INSERT INTO re_counted (title) VALUES ('c')`)
    assert.equal(await read(s, 'SELECT id AS value FROM re_counted ORDER BY id'), ['41', '43'])
    await run(s, 'DELETE FROM re_counted')
    await s.right(alter(t, { tag: 'renameTable', name: 're_numbered' }))
    await run(s, `INSERT INTO re_numbered (title) VALUES ('d')`)
    assert.equal(await read(s, 'SELECT id AS value FROM re_numbered'), ['44'])
    assert.equal(await read(s, `SELECT name || seq AS value FROM sqlite_sequence WHERE name LIKE 're~_%' ESCAPE '~'`), ['re_numbered44'])
    const dropped = await s.left('Unsupported', alter({ ...t, name: 're_numbered' }, { tag: 'dropKey', name: t.primaryKey?.name ?? '' }))
    assert.match(dropped.message, /primary key/)
    await s.right(alter({ ...t, name: 're_numbered' }, { tag: 'changeType', field: 'id', type: { tag: 'bigint' }, using: null }))
    await run(s, `INSERT INTO re_numbered (title) VALUES ('e')`)
    assert.equal(await read(s, 'SELECT id AS value FROM re_numbered ORDER BY id'), ['44', '45'])
  })

  test('a table by hand keeps what the library has no word for', async () => {
    await run(
      s,
      `CREATE TABLE [Odd "name"]( -- the first line
  [key] VARCHAR(10) COLLATE NOCASE PRIMARY KEY ON CONFLICT REPLACE /* the key */,
  'text' text DEFAULT 'it''s, (' CHECK ([Odd "name"].text <> ')'), -- of no use
  "any",
  twice INT AS (length(text) * 2) STORED,
  parent TEXT REFERENCES "Odd ""name""" ([key]) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
  unused REAL, -- drop me
  CHECK (length([key]) < 10) UNIQUE (text, "any") -- the end
) WITHOUT ROWID`,
      `CREATE INDEX "odd ix" ON [Odd "name"] ("any" COLLATE RTRIM)`,
      `INSERT INTO [Odd "name"] ([key], text, "any", parent, unused) VALUES ('a', 'one', X'00FF', 'a', 1.5), ('b', 'two', 'x', 'A', 2)`,
    )
    const t = table(
      'odd "NAME"',
      { key: K.text, text: K.nullable(K.text), parent: K.nullable(K.text), unused: K.nullable(K.float) },
      { primaryKey: ['key'] },
    )
    await s.right(alter(t, { tag: 'dropColumn', field: 'unused' }))
    const [text = ''] = await read(s, `SELECT sql AS value FROM sqlite_schema WHERE type = 'table' AND name = 'Odd "name"'`)
    for (const part of [
      '-- the first line',
      '[key] VARCHAR(10) COLLATE NOCASE PRIMARY KEY ON CONFLICT REPLACE /* the key */',
      `'text' text DEFAULT 'it''s, (' CHECK (text <> ')'), -- of no use`,
      '"any"',
      'twice INT AS (length(text) * 2) STORED',
      'parent TEXT REFERENCES "Odd ""name""" ([key]) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED',
      'CHECK (length([key]) < 10) UNIQUE (text, "any") -- the end',
      'WITHOUT ROWID',
    ])
      assert.ok(text.includes(part), `${part} in ${text}`)
    assert.not.match(text, /unused|STRICT/)
    assert.equal(await read(s, `SELECT [key] || text || hex("any") || twice || parent AS value FROM [Odd "name"] ORDER BY 1`), [
      'aone00FF6a',
      'btwo786A',
    ])
    await s.right(alter(t, { tag: 'setNotNull', field: 'text', fill: null }))
    await s.right(alter(t, { tag: 'changeType', field: 'text', type: { tag: 'varchar', length: 20 }, using: null }))
    await s.right(alter(t, { tag: 'addCheck', check: { name: 'odd check', predicate: r => X.ne(r.key, X.lit('z')) } }))
    await s.left('CheckViolation', C.run(C.insert(t)({ key: 'z', text: 'z' } as never)))
    assert.equal(await read(s, `SELECT name AS value FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL`), ['odd ix'])
  })

  test('rows keep their rowid', async () => {
    await run(
      s,
      'CREATE TABLE re_plain (a TEXT, rowid TEXT)',
      `INSERT INTO re_plain (_rowid_, a, rowid) VALUES (7, 'x', 'own'), (5, 'y', 'own')`,
    )
    const t = table('re_plain', { a: K.nullable(K.text), rowid: K.nullable(K.text) })
    await s.right(alter(t, { tag: 'setNotNull', field: 'a', fill: null }))
    assert.equal(await read(s, 'SELECT oid || a || "rowid" AS value FROM re_plain ORDER BY oid'), ['5yown', '7xown'])
  })

  test('ON CONFLICT of a table leaves no row out', async () => {
    await run(
      s,
      'CREATE TABLE re_conflict (a TEXT, b TEXT UNIQUE ON CONFLICT IGNORE)',
      `INSERT INTO re_conflict VALUES ('1', 'x'), ('2', 'X')`,
    )
    const t = table('re_conflict', { a: K.nullable(K.text), b: K.nullable(K.text) })
    const change: Change = { tag: 'changeType', field: 'b', type: { tag: 'text' }, using: r => X.lower(r.b) as never }
    await s.unchanged([t as never], 'UniqueViolation', alter(t, change))
  })

  test('what is refused changes nothing', async () => {
    await filled()
    const seen = view(
      're_seen',
      { title: K.text },
      pipe(
        Q.from(parents),
        Q.map(r => ({ title: r.title })),
      ),
    )
    await s.right(createAll(schema({ seen })))
    await run(
      s,
      'CREATE INDEX re_ix ON re_parent (amount + 1)',
      `CREATE TRIGGER re_uses AFTER INSERT ON re_child BEGIN UPDATE re_parent SET boss = 1; END`,
      `CREATE TRIGGER re_fails AFTER UPDATE ON re_child BEGIN SELECT 1; END`,
    )
    const before = await stored(s)
    const cases: readonly (readonly [string, Change])[] = [
      ['SchemaConflict', { tag: 'dropColumn', field: 'title' }],
      ['SchemaConflict', { tag: 'renameColumn', field: 'title', name: 'heading' }],
      ['SchemaConflict', { tag: 'renameTable', name: 're_seen_table' }],
      ['SchemaConflict', { tag: 'renameTable', name: 're_child' }],
      ['SchemaConflict', { tag: 'dropColumn', field: 'amount' }],
      ['SchemaConflict', { tag: 'dropColumn', field: 'boss' }],
      ['SchemaConflict', { tag: 'dropColumn', field: 'id' }],
      ['SchemaConflict', { tag: 'dropKey', name: parents.primaryKey?.name ?? '' }],
      ['SchemaConflict', { tag: 'dropCheck', name: 'none' }],
      ['SchemaConflict', { tag: 'addColumn', field: 'other', name: 'TITLE', column: K.nullable(K.text) as never, fill: null }],
      ['SchemaConflict', { tag: 'addColumn', field: 'other', name: 'TITLE', column: K.text as never, fill: () => X.lit('') as never }],
      ['NotNullViolation', { tag: 'setNotNull', field: 'boss', fill: null }],
      ['NotNullViolation', { tag: 'addColumn', field: 'other', name: 'other', column: K.int as never, fill: null }],
      ['SchemaConflict', { tag: 'changeType', field: 'id', type: { tag: 'int' }, using: () => X.lit(1) as never }],
      ['SchemaConflict', { tag: 'changeType', field: 'id', type: { tag: 'bigint' }, using: null }],
      ['CheckViolation', { tag: 'addCheck', check: { name: 're_ck', predicate: r => X.lt(r.amount, '3') } }],
      ['ValueTooLong', { tag: 'changeType', field: 'title', type: { tag: 'varchar', length: 0 }, using: null }],
    ]
    for (const [tag, change] of cases) {
      const error = await s.unchanged([parents, children] as never, tag as 'SchemaConflict', alter(parents, change))
      assert.not.match(error.message, /query_ts/, JSON.stringify(change))
      assert.equal(await stored(s), before, JSON.stringify(change))
      await isOn()
    }
  })

  test('a column that an index or a trigger uses is not dropped, also where SQLite would take its name for a string', async () => {
    const t = table('re_used', { a: K.int, b: K.int, c: K.int }, { primaryKey: ['a'] })
    await s.create(t)
    await run(
      s,
      'CREATE INDEX re_used_ix ON re_used (("b"))',
      'CREATE TABLE re_log (line TEXT)',
      'CREATE TRIGGER re_used_tr AFTER INSERT ON re_log BEGIN UPDATE re_used SET c = 1; END',
    )
    const before = await stored(s)
    const index = await s.left('SchemaConflict', alter(t, { tag: 'dropColumn', field: 'b' }))
    assert.match(index.message, /re_used_ix/)
    const trigger = await s.left('SchemaConflict', alter(t, { tag: 'dropColumn', field: 'c' }))
    assert.match(trigger.message, /re_used_tr/)
    assert.equal(await stored(s), before)
  })

  test('a failure in the middle leaves everything as it was', async () => {
    await filled()
    const before = await stored(s)
    const steps: readonly Step[] = [
      { tag: 'alterTable', table: parents, change: { tag: 'addCheck', check: { name: 're_ok', predicate: r => X.gt(r.id, 0) } } },
      { tag: 'alterTable', table: children, change: { tag: 'dropColumn', field: 'parentId' } },
    ]
    await s.unchanged([parents, children] as never, 'SchemaConflict', define(steps))
    assert.equal(await stored(s), before)
    // a table of the temporary name, which is not touched
    await run(s, 'CREATE TABLE query_ts_new_re_parent (a)', 'INSERT INTO query_ts_new_re_parent VALUES (1)')
    await s.unchanged([parents, children] as never, 'SchemaConflict', alter(parents, harmless('title')))
    assert.equal(await read(s, 'SELECT a AS value FROM query_ts_new_re_parent'), ['1'])
    await run(s, 'DROP TABLE query_ts_new_re_parent')
    assert.equal(await stored(s), before)
  })

  test('inside a transaction it is refused, and nothing is lost; a change in place is not', async () => {
    await filled()
    const before = await stored(s)
    const inside = Program.transaction()(alter(parents, harmless('title')))
    const error = await s.unchanged([parents, children] as never, 'Unsupported', inside)
    assert.match(error.message, /outside of transactions/)
    assert.equal(await stored(s), before)
    const added: Change = { tag: 'addColumn', field: 'note', name: 'note', column: K.nullable(K.text) as never, fill: null }
    await s.right(Program.transaction()(alter(parents, added)))
    assert.is((await s.right(all(changed(parents, added)))).length, 3)
    assert.is((await s.rows(children)).length, 4)
  })

  test('foreign keys are added to tables that exist, and dropped, with and without a name', async () => {
    await filled()
    const key = family.foreignKeys.find(f => (f.table as AnyTable) === children) as ForeignKey
    await s.right(define([{ tag: 'dropForeignKey', foreignKey: key }]))
    await s.left('SchemaConflict', define([{ tag: 'dropForeignKey', foreignKey: key }]))
    await run(s, 'INSERT INTO re_child VALUES (9, 99)')
    const failed = await s.unchanged([children], 'ForeignKeyViolation', define([{ tag: 'addForeignKey', foreignKey: key }]))
    assert.equal([failed.table, failed.constraint, failed.columns], ['re_child', key.name, ['parent_id']])
    await run(s, 'DELETE FROM re_child WHERE id = 9')
    await s.right(define([{ tag: 'addForeignKey', foreignKey: key }]))
    await s.left('SchemaConflict', define([{ tag: 'addForeignKey', foreignKey: key }]))
    await s.left('ForeignKeyViolation', C.run(C.insert(children)({ id: 9, parentId: 99 })))
    await run(s, 'DROP TABLE re_child', 'CREATE TABLE re_child (id INT PRIMARY KEY, parent_id INT REFERENCES re_parent ON DELETE CASCADE)')
    await s.right(define([{ tag: 'dropForeignKey', foreignKey: key }]))
    assert.equal(await read(s, `SELECT sql AS value FROM sqlite_schema WHERE name = 're_child' AND type = 'table'`), [
      'CREATE TABLE "re_child" (id INT PRIMARY KEY, parent_id INT)',
    ])
  })

  test('a foreign key is dropped before the table to which it refers, in one list', async () => {
    await filled()
    const key = family.foreignKeys.find(f => (f.table as AnyTable) === children) as ForeignKey
    await s.right(
      define([
        { tag: 'dropForeignKey', foreignKey: key },
        { tag: 'dropTable', table: parents, foreignKeys: [] },
      ]),
    )
    assert.is((await s.rows(children)).length, 4)
  })

  test('violations and broken views that others have left do not get in the way', async () => {
    await filled()
    await run(s, 'PRAGMA foreign_keys = OFF', 'INSERT INTO re_child VALUES (9, 99)', 'PRAGMA foreign_keys = ON')
    await run(s, 'CREATE VIEW re_broken AS SELECT * FROM re_gone')
    await s.right(alter(parents, harmless('title')))
    await s.right(alter(children, { tag: 'setNullable', field: 'parentId' }))
    assert.is((await s.rows(children)).length, 5)
    await run(s, 'DELETE FROM re_child WHERE id = 9')
  })

  test('a value over the row may contain a query', async () => {
    await filled()
    const fourth = (r: any) =>
      pipe(
        Q.from(children),
        Q.where(c => X.and(X.eq(c.parentId, r.id), X.eq(c.id, 4))),
      )
    const change: Change = {
      tag: 'changeType',
      field: 'title',
      type: { tag: 'text' },
      using: r => X.caseWhen([[X.exists(fourth(r)), X.lit('two')]], r.title) as never,
    }
    await s.right(alter(parents, change))
    assert.equal(await read(s, 'SELECT title AS value FROM re_parent ORDER BY id'), ['two', 'b', 'c'])
  })

  test('a primary key is added and dropped, and is not the rowid', async () => {
    const t = table('re_bare', { x: K.int, y: K.text }, {})
    await s.create(t)
    await run(s, `INSERT INTO re_bare VALUES (3, 'a')`)
    const added: Change = { tag: 'addKey', key: { name: 're_pk', columns: ['x'] }, primary: true }
    await s.right(alter(t, added))
    const keyed = changed(t, added)
    assert.ok(E.isLeft(await s.run(Program.raw({})(template(`INSERT INTO re_bare VALUES (NULL, 'b')`)))))
    await s.left('UniqueViolation', C.run(C.insert(keyed as any)({ x: 3, y: 'b' } as never)))
    await s.right(alter(keyed, { tag: 'renameConstraint', from: 're_pk', to: 're_pk_2' }))
    await s.right(alter(changed(keyed, { tag: 'renameConstraint', from: 're_pk', to: 're_pk_2' }), { tag: 'dropKey', name: 're_pk_2' }))
    await run(s, `INSERT INTO re_bare VALUES (3, 'b')`)
    assert.is((await s.rows(t)).length, 2)
  })

  test('checks of types follow the names of tables and columns', async () => {
    await filled()
    await s.right(alter(parents, { tag: 'renameTable', name: 'Re_Parent' }))
    const t = { ...parents, name: 'Re_Parent' }
    await s.right(alter(t, { tag: 'renameColumn', field: 'id', name: 'number' }))
    const [text = ''] = await read(s, `SELECT sql AS value FROM sqlite_schema WHERE name = 'Re_Parent'`)
    for (const part of [
      '"Re_Parent_number__range" CHECK ("number" BETWEEN',
      '"Re_Parent_amount__range"',
      'REFERENCES "Re_Parent" ("number")',
    ])
      assert.ok(text.includes(part), `${part} in ${text}`)
    assert.not.match(text, /re_parent_(id|number|amount)__/)
    const over = Program.raw({})(template(`INSERT INTO "Re_Parent" VALUES (3000000000, 'x', 1, NULL)`))
    await s.left('NumericOverflow', over)
  })

  test('a table of an attached file, next to one of the same name', async () => {
    await run(s, `ATTACH ':memory:' AS re_aux`, 'CREATE TABLE re_item (decoy)', 'CREATE TEMP TABLE re_item (decoy)')
    const t = table('re_item', { id: K.generated(K.int), price: K.numeric(8, 2) }, { primaryKey: ['id'], schema: 're_aux' })
    await s.create(t as never)
    await run(
      s,
      'INSERT INTO re_aux.re_item VALUES (5, 150)',
      'CREATE INDEX re_aux.re_item_ix ON re_item (price)',
      'CREATE TRIGGER re_aux.re_item_tr AFTER INSERT ON re_item BEGIN SELECT 1; END',
    )
    const change: Change = { tag: 'changeType', field: 'price', type: { tag: 'numeric', precision: 10, scale: 4 }, using: null }
    await s.right(alter(t, change))
    assert.equal(await s.right(all(changed(t, change))), [{ id: 5, price: '1.5000' }])
    assert.equal(await read(s, `SELECT name AS value FROM re_aux.sqlite_schema WHERE name LIKE 're%' ORDER BY name`), [
      're_item',
      're_item_ix',
      're_item_tr',
    ])
    assert.equal(await read(s, `SELECT name || seq AS value FROM re_aux.sqlite_sequence`), ['re_item5'])
    await run(s, 'DROP TABLE temp.re_item', 'DETACH re_aux')
  })

  test('100,000 rows are copied quickly', async () => {
    await filled()
    await run(
      s,
      `WITH RECURSIVE n(i) AS (SELECT 4 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) INSERT INTO re_parent SELECT i, 't' || i, i, NULL FROM n`,
    )
    const start = performance.now()
    await s.right(alter(parents, { tag: 'changeType', field: 'amount', type: { tag: 'numeric', precision: 12, scale: 4 }, using: null }))
    const took = performance.now() - start
    assert.ok(took < 5_000, `${took} ms`)
    assert.equal(await read(s, 'SELECT count(*) || max(amount) AS value FROM re_parent'), ['10000010000000'])
  })

  test.run()
}
