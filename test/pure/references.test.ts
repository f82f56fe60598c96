/**
 * When a session reads the foreign keys of the database: which statements it sends for a command, and when it reads the catalog again.
 *
 * A driver that only records replaces the engine, so that statements are counted and not timed. A plain command sends one statement; a delete
 * on an engine that does not count cascaded rows reads the catalog once for all sessions of a runner, until the schema may have changed.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { int } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { SqlOp } from '../../lib/core/operation/Interpreter.js'
import { declaredReferences, tablesOnCycles } from '../../lib/core/schema/references.js'
import { createSteps } from '../../lib/core/schema/Step.js'
import { execute } from '../../lib/Interpreter.js'
import { type Driver, nothingKnown, type SqlEngine } from '../../lib/run/Driver.js'
import { postgresEngine } from '../../lib/run/postgres/postgresEngine.js'
import type { Session } from '../../lib/run/session/sessionInterpreter.js'
import { sqlSession } from '../../lib/run/session/sqlSession.js'
import { sqliteEngine } from '../../lib/run/sqlite/engine.js'
import { fk, schema } from '../../lib/Schema.js'
import { referencesIn } from '../../lib/sql/references.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'

const test = suite('references of a session')

const parents = table('parent', { id: int, v: int }, { primaryKey: ['id'] })
const children = table('child', { id: int, parent: int }, { primaryKey: ['id'] })
const all = schema({ parents, children }, t => ({ children: { of: fk(t.children.parent, t.parents.id, { onDelete: 'cascade' }) } }))

/** Sessions of one runner over a driver that records what it is sent; a query of the catalog is recorded as `catalog`. */
const recording = (engine: SqlEngine) => {
  const sent: string[] = []
  const driver: Driver = {
    query: async ({ text }) => {
      sent.push(text === engine.dialect.ddl.references ? 'catalog' : (text.split(' ')[0] as string))
      return { rows: [], affected: 0 }
    },
    cursor: () => Promise.reject(new Error('no cursors')),
    script: async sql => {
      sent.push(sql.split(' ')[0] as string)
    },
    committed: async () => undefined,
    close: async () => undefined,
  }
  const known = nothingKnown()
  const session = (): Session => sqlSession(engine, driver, {}, known)
  /** What is sent for some operations. */
  const of = async (on: Session, ...ops: readonly SqlOp[]): Promise<readonly string[]> => {
    sent.length = 0
    for (const op of ops) assert.ok(E.isRight(await on.perform(op)))
    return [...sent]
  }
  return { session, of, sent }
}

const insert = execute(C.insert(parents)({ id: 1, v: 1 }))
const update = execute(C.update(parents)({ v: 2 }, C.everywhere))
const remove = execute(C.delete(parents)(C.everywhere))
const raw: SqlOp = { tag: 'raw', text: ['SELECT 1'], args: [], columns: {} }
const define: SqlOp = { tag: 'ddl', steps: createSteps(all) }

test('a plain command is one statement; only a delete may need the catalog, once for a runner', async () => {
  const postgres = recording(postgresEngine('t', undefined))
  assert.equal(await postgres.of(postgres.session(), insert, update, remove), ['INSERT', 'UPDATE', 'DELETE'])
  const { session, of } = recording(sqliteEngine('t'))
  const [first, second] = [session(), session()]
  assert.equal(await of(first, insert, update), ['INSERT', 'UPDATE'])
  assert.equal(await of(first, remove, remove), ['catalog', 'DELETE', 'DELETE'])
  assert.equal(await of(second, remove), ['DELETE'])
})

test('the catalog is read again after a definition or raw text, by each session', async () => {
  const { session, of } = recording(sqliteEngine('t'))
  const [first, second] = [session(), session()]
  await of(first, remove)
  await of(second, define)
  assert.equal(await of(first, remove, remove), ['catalog', 'DELETE', 'DELETE'])
  assert.equal(await of(second, raw, remove), ['SELECT', 'catalog', 'DELETE'])
})

test('a transaction that has changed the schema reads for itself; its end is a change for all', async () => {
  const { session, of } = recording(sqliteEngine('t'))
  const [first, second] = [session(), session()]
  await of(first, remove)
  await first.begin({})
  assert.equal(await of(first, remove), ['DELETE'])
  await of(first, define)
  assert.equal(await of(first, remove, remove), ['catalog', 'DELETE', 'DELETE'])
  assert.equal(await of(second, remove, remove), ['catalog', 'DELETE', 'DELETE'])
  await first.rollback()
  assert.equal(await of(second, remove, remove), ['catalog', 'DELETE', 'DELETE'])
  assert.equal(await of(first, remove), ['DELETE'])
})

test('a transaction that began before a change keeps what it reads to itself', async () => {
  const { session, of } = recording(sqliteEngine('t'))
  const [first, second] = [session(), session()]
  await first.begin({})
  await of(second, define)
  assert.equal(await of(first, remove, remove), ['catalog', 'DELETE', 'DELETE'])
  assert.equal(await of(second, remove), ['catalog', 'DELETE'])
  await first.commit()
  assert.equal(await of(first, remove), ['DELETE'])
})

test('rows of the catalog are keys; a table of the default schema has two names', () => {
  const row = (column: string, target: string) => [
    '7',
    null,
    'main',
    'Child',
    '1',
    column,
    'other',
    'p',
    '0',
    target,
    'CASCADE',
    'SET DEFAULT',
  ]
  const { keys, idOf } = referencesIn([row('a', 'x'), row('b', 'y')], true)
  assert.equal(keys, [
    {
      name: null,
      table: { schema: null, name: 'Child' },
      columns: ['a', 'b'],
      target: { schema: 'other', name: 'p' },
      targetColumns: ['x', 'y'],
      onDelete: 'cascade',
      onUpdate: 'setDefault',
    },
  ])
  const id = idOf({ schema: null, name: 'child' })
  assert.is(idOf({ schema: 'main', name: 'CHILD' }), id)
  assert.is.not(idOf({ schema: 'other', name: 'child' }), id)
  assert.is.not(referencesIn([], false).idOf({ schema: null, name: 'Child' }), id)
})

test('tables on cycles of cascades, without those that only lead to one', () => {
  const of = (name: string) => table(name, { id: int, of: int }, { primaryKey: ['id'] })
  const [a, b, c] = [of('a'), of('b'), of('c')]
  const ring = schema({ a, b, c }, t => ({
    a: { of: fk(t.a.of, t.b.id, { onDelete: 'cascade' }) },
    b: { of: fk(t.b.of, t.a.id, { onDelete: 'cascade' }) },
    c: { of: fk(t.c.of, t.a.id, { onDelete: 'cascade' }) },
  }))
  const references = declaredReferences(ring.foreignKeys)
  assert.equal([...tablesOnCycles(references)].sort(), [references.idOf(a), references.idOf(b)].sort())
})

test.run()
