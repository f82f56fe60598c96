/**
 * The foreign keys that the catalog of an engine lists: those of `createAll`, and those of tables that were created by raw text.
 *
 * The query of the dialect is sent as it is; its rows are read by `referencesIn`. On Postgres an error names only the constraint: the
 * columns come from the catalog, also where this runner did not create the key.
 */
import * as assert from 'uvu/assert'
import { int, nullable, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { References } from '../../lib/core/schema/ReferenceImage.js'
import { declaredReferences } from '../../lib/core/schema/references.js'
import * as Program from '../../lib/Program.js'
import { fk, schema } from '../../lib/Schema.js'
import { createAll, dropAll } from '../../lib/schema/createAll.js'
import { dialects } from '../../lib/sql/dialects.js'
import { REFERENCE_COLUMNS, referencesIn } from '../../lib/sql/references.js'
import { asIs, table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { engines, type Session, using } from './eachEngine.js'
import { statement, template } from './rawText.js'

const columns = Object.fromEntries(REFERENCE_COLUMNS.map(name => [name, nullable(text)]))

const groups = table('ref_group', { id: int, first: int, second: int }, { primaryKey: ['id'], uniques: [['first', 'second']] })
const users = table('ref_user', { id: int, 'the group': nullable(int), boss: nullable(int) }, { primaryKey: ['id'], naming: asIs })
const pairs = table('ref_pair', { id: int, one: nullable(int), two: nullable(int) }, { primaryKey: ['id'] })
const all = schema({ groups, users, pairs }, t => ({
  users: {
    group: fk(t.users['the group'], t.groups.id, { onDelete: 'setNull', onUpdate: 'cascade' }),
    boss: fk(t.users.boss, t.users.id, { onDelete: 'cascade' }),
  },
  pairs: { both: fk([t.pairs.one, t.pairs.two], [t.groups.first, t.groups.second], { onDelete: 'restrict' }) },
}))

const dialectOf = (name: string) =>
  name.startsWith('sqlite') ? dialects.sqlite : name === 'mysql' || name === 'mariadb' ? dialects[name] : dialects.postgres

/** The references that the engine lists to these tables, sorted. */
const listed = async (s: Session): Promise<References> => {
  const { ddl } = dialectOf(s.name)
  const rows = await s.right(Program.raw(columns)(template(ddl.references)))
  return referencesIn(
    (rows as readonly any[]).map(r => REFERENCE_COLUMNS.map(c => r[c])),
    ddl.foldsNames,
  )
}

// SQLite keeps no names; SQLite and MariaDB do not tell RESTRICT from the default
const action = (name: string) => (name === 'restrict' ? 'noAction' : name)
const plain = (keys: References['keys']) =>
  keys.map(k => ({ ...k, name: null, onDelete: action(k.onDelete), onUpdate: action(k.onUpdate) }))

for (const engine of engines.filter(e => e.sql)) {
  const test = suite(`references on ${engine.name}`)
  const s = using(engine, test)
  const ours = async (prefix: string) => {
    const { keys } = await listed(s)
    return keys
      .filter(k => k.table.name.startsWith(prefix))
      .map(k => ({ ...k, name: k.name?.toLowerCase() ?? null }))
      .sort((a, b) => (JSON.stringify(a.columns) < JSON.stringify(b.columns) ? -1 : 1))
  }

  test('what createAll has created is listed', async () => {
    await s.right(createAll(all))
    const expected = [...declaredReferences(all.foreignKeys).keys].sort((a, b) =>
      JSON.stringify(a.columns) < JSON.stringify(b.columns) ? -1 : 1,
    )
    const got = await ours('ref_')
    assert.equal(plain(got), plain(expected))
    if (got[0]?.name != null)
      assert.equal(
        got.map(k => k.name),
        expected.map(k => k.name?.toLowerCase()),
      )
  })

  test('tables of others are listed, and errors of their keys have columns', async () => {
    const q = engine.quote
    await s.right(
      statement(
        `CREATE TABLE raw_child (id INT PRIMARY KEY, a_b INT, CONSTRAINT odd FOREIGN KEY (a_b) REFERENCES ref_group (id) ON DELETE NO ACTION)`,
      ),
    )
    await s.right(
      statement(
        `CREATE TABLE raw_other (id INT PRIMARY KEY, ${q}x y${q} INT, FOREIGN KEY (${q}x y${q}) REFERENCES raw_child (id) ON DELETE SET NULL ON UPDATE CASCADE)`,
      ),
    )
    assert.equal(plain(await ours('raw_')), [
      {
        name: null,
        table: { schema: null, name: 'raw_child' },
        columns: ['a_b'],
        target: { schema: null, name: 'ref_group' },
        targetColumns: ['id'],
        onDelete: 'noAction',
        onUpdate: 'noAction',
      },
      {
        name: null,
        table: { schema: null, name: 'raw_other' },
        columns: ['x y'],
        target: { schema: null, name: 'raw_child' },
        targetColumns: ['id'],
        onDelete: 'setNull',
        onUpdate: 'cascade',
      },
    ])
    await s.right(C.run(C.insert(groups)({ id: 1, first: 1, second: 1 })))
    await s.right(statement('INSERT INTO raw_child VALUES (1, 1)'))
    const remove = C.run(C.delete(groups)(C.everywhere))
    const error = await s.left('ForeignKeyViolation', remove)
    assert.equal([error.table, error.columns], ['raw_child', ['a_b']])
    assert.match(error.message, /\(a_b\) still references a row/)
    // the catalog is known by now
    const again = await s.left('ForeignKeyViolation', Program.transaction()(remove))
    assert.equal(again.columns, ['a_b'])
    for (const name of ['raw_other', 'raw_child']) await s.right(statement(`DROP TABLE ${name}`))
    await s.right(dropAll(all))
  })
  test.run()
}
