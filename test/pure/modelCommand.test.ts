/** The meaning of commands: values and defaults, constraints with their errors, referential actions, upsert, definitions. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import * as A from '../../lib/Agg.js'
import {
  bigint,
  bytes,
  char,
  check,
  enumOf,
  float,
  generated,
  int,
  named,
  nullable,
  numeric,
  smallint,
  text,
  timestamp,
  unique,
  varchar,
  withDefault,
} from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { createSteps, dropSteps } from '../../lib/core/schema/Step.js'
import type { AnyCommand, AnyQuery } from '../../lib/core/syntax/Syntax.js'
import type { DbError } from '../../lib/DbError.js'
import * as X from '../../lib/Expr.js'
import { type Database, empty } from '../../lib/model/Database.js'
import { define } from '../../lib/model/define.js'
import { evaluate } from '../../lib/model/evaluate.js'
import { execute } from '../../lib/model/execute.js'
import * as Q from '../../lib/Query.js'
import { type AnySchema, fk, schema } from '../../lib/Schema.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'

const right = <B>(e: E.Either<DbError, B>): B => {
  if (E.isLeft(e)) throw new Error(`${e.left._tag}: ${e.left.message}`)
  return e.right
}

const create = (s: AnySchema, db = empty): Database => right(define(db, createSteps(s)))
const run = (db: Database, c: C.Command<any>): Database => right(execute(db, c as AnyCommand)).db
const after = (db: Database, ...commands: readonly C.Command<any>[]): Database => commands.reduce(run, db)
const answer = (db: Database, c: C.Command<any>): unknown => right(execute(db, c as AnyCommand)).result
const rows = (db: Database, q: Q.Query<any, any>): readonly any[] => right(evaluate(db, q as AnyQuery))

/** The error of a command, without its message. */
const failure = (db: Database, c: C.Command<any>): object => {
  const e = execute(db, c as AnyCommand)
  if (E.isRight(e)) throw new Error(`answered ${JSON.stringify(e.right.result)}`)
  const { message, ...rest } = e.left
  assert.type(message, 'string')
  return rest
}

// --- Values -----------------------------------------------------------------------------------

const values = suite('model: inserted and updated values')

const items = table('item', {
  id: generated(int),
  name: text,
  size: withDefault(3)(int),
  note: nullable(text),
  ratio: nullable(float),
})
const shop = create(schema({ items }))

values('S30: insert gives generated keys, defaults and nulls, and answers the number of rows', () => {
  assert.is(answer(shop, C.insert(items)({ name: 'a' })), 1)
  const db = after(shop, C.insert(items)({ name: 'a' }), C.insert(items)({ name: 'b', size: 5, note: 'n' }))
  assert.equal(rows(db, Q.from(items)), [
    { id: 1, name: 'a', size: 3, note: null, ratio: null },
    { id: 2, name: 'b', size: 5, note: 'n', ratio: null },
  ])
})

values('S30: insertMany answers in input order, insert answers one row', () => {
  const many = pipe(
    C.insertMany(items)([{ name: 'c' }, { name: 'a' }, { name: 'b' }]),
    C.returning(r => ({ id: r.id, name: r.name })),
  )
  assert.equal(answer(shop, many), [
    { id: 1, name: 'c' },
    { id: 2, name: 'a' },
    { id: 3, name: 'b' },
  ])
  const one = pipe(
    C.insert(items)({ name: 'x' }),
    C.returning(r => X.plus(r.id, r.size)),
  )
  assert.is(answer(shop, one), 4)
})

values('S30: generated keys grow beyond explicit and deleted ones', () => {
  const next = pipe(
    C.insert(items)({ name: 'next' }),
    C.returning(r => r.id),
  )
  const explicit = run(shop, C.insert(items)({ id: 10, name: 'a' }))
  assert.is(answer(explicit, next), 11)
  assert.is(answer(run(explicit, C.delete(items)(C.everywhere)), next), 11)
  assert.is(answer(run(explicit, C.insert(items)({ id: 5, name: 'b' })), next), 11)
  assert.is(answer(run(explicit, C.update(items)({ id: 20 }, C.everywhere)), next), 21)
  const mixed = pipe(
    C.insertMany(items)([{ name: 'a' }, { id: 7, name: 'b' }, { name: 'c' }]),
    C.returning(r => r.id),
  )
  assert.equal(answer(shop, mixed), [1, 7, 8])
})

values('a state is a value: executing a command leaves the one it was given', () => {
  run(shop, C.insert(items)({ name: 'a' }))
  assert.equal(rows(shop, Q.from(items)), [])
})

const three = run(
  shop,
  C.insertMany(items)([
    { name: 'a', size: 1 },
    { name: 'b', size: 2 },
    { name: 'c', size: 3, note: 'n' },
  ]),
)

values('update sees the old row in every expression, and answers how many rows it wrote', () => {
  const swap = C.update(items)(r => ({ size: r.id, id: r.size }), C.everywhere)
  assert.is(answer(three, swap), 3)
  const shifted = run(
    three,
    C.update(items)(
      r => ({ size: X.plus(r.size, 10), ratio: X.cast(float)(r.size) }),
      r => X.gt(r.size, 1),
    ),
  )
  assert.equal(
    rows(shifted, Q.from(items)).map(r => [r.size, r.ratio]),
    [
      [1, null],
      [12, 2],
      [13, 3],
    ],
  )
})

values('update and delete write only the rows for which the condition is true', () => {
  assert.is(
    answer(
      three,
      C.update(items)({ size: 0 }, r => X.eq(r.note, 'n')),
    ),
    1,
  )
  assert.is(
    answer(
      three,
      C.delete(items)(r => X.not(X.eq(r.note, 'n'))),
    ),
    0,
  )
  assert.is(answer(three, C.delete(items)(C.everywhere)), 3)
})

values('returning of an update is the new row, of a delete the old one', () => {
  const update = pipe(
    C.update(items)({ size: 9 }, r => X.eq(r.id, 2)),
    C.returning(r => ({ id: r.id, size: r.size })),
  )
  assert.equal(answer(three, update), [{ id: 2, size: 9 }])
  const gone = pipe(
    C.delete(items)(r => X.gt(r.id, 1)),
    C.returning(r => r.name),
  )
  assert.equal(answer(three, gone), ['b', 'c'])
})

values('insertFrom inserts the rows of a query, in its order', () => {
  const copy = pipe(
    C.insertFrom(items)(
      pipe(
        Q.from(items),
        Q.orderBy(r => [X.desc(r.id)]),
        Q.map(r => ({ name: X.concat(r.name, '2'), size: r.size })),
      ),
    ),
    C.returning(r => [r.id, r.name] as never),
  )
  const db = run(three, { ...copy, returning: null })
  assert.equal(
    rows(db, Q.from(items))
      .slice(3)
      .map(r => [r.id, r.name, r.size]),
    [
      [4, 'c2', 3],
      [5, 'b2', 2],
      [6, 'a2', 1],
    ],
  )
  assert.is(answer(three, C.insertFrom(items)(Q.zero)), 0)
})

values('insertFrom of other fields or other types is refused, also of no rows', () => {
  const from = (f: (r: any) => any) =>
    C.insertFrom(items)(
      pipe(
        Q.from(items),
        Q.map(r => f(r)),
      ) as never,
    )
  assert.equal(
    failure(
      shop,
      from(r => ({ title: r.name })),
    ),
    {
      _tag: 'ValidationError',
      path: ['item', 'title'],
      reason: 'insertFrom expects fields of the table; it has no field of this name',
    },
  )
  assert.is(
    (
      failure(
        shop,
        from(r => ({ name: r.id })),
      ) as DbError
    )._tag,
    'ValidationError',
  )
  assert.is(
    (
      failure(
        shop,
        from(r => ({ name: r.name, size: X.cast(float)(r.size) })),
      ) as DbError
    )._tag,
    'ValidationError',
  )
})

values('a sub-query in a command sees the state before it', () => {
  const size = X.coalesce(
    X.scalar(
      pipe(
        Q.from(items),
        Q.aggregate(r => ({ most: A.max(r.size) })),
        Q.map(r => r.most),
      ),
    ),
    0,
  )
  const db = run(
    three,
    C.update(items)(r => ({ size: X.plus(size, r.id) }), C.everywhere),
  )
  assert.equal(
    rows(db, Q.from(items)).map(r => r.size),
    [4, 5, 6],
  )
})

values('a command that is refused when it is built fails with its own error', () => {
  assert.is((failure(shop, C.insert(items)({} as never)) as DbError)._tag, 'ValidationError')
  assert.is((failure(shop, C.insertMany(items)([])) as DbError)._tag, 'ValidationError')
  assert.is((failure(shop, C.update(items)({}, C.everywhere)) as DbError)._tag, 'ValidationError')
  assert.is(
    (
      failure(
        shop,
        C.update(items)(() => ({}), C.everywhere),
      ) as DbError
    )._tag,
    'ValidationError',
  )
  assert.is(
    (
      failure(
        shop,
        C.delete(items)(r => X.eq(r.name, null as never)),
      ) as DbError
    )._tag,
    'ValidationError',
  )
  assert.is((failure(empty, C.insert(items)({ name: 'a' })) as DbError)._tag, 'SchemaConflict')
})

values.run()

// --- Constraints ------------------------------------------------------------------------------

const constraints = suite('model: constraints')

const people = table(
  'person',
  {
    id: generated(int),
    email: unique(text),
    first: text,
    last: nullable(text),
    age: pipe(
      nullable(int),
      check(a => X.gte(a, 0)),
    ),
    level: withDefault(1)(smallint),
    pay: nullable(numeric(5, 2)),
    code: nullable(varchar(3)),
    land: nullable(char(2)),
    mood: nullable(enumOf('good', 'bad')),
    boss: nullable(int),
  },
  { uniques: [['first', 'last']], checks: { named: r => X.ne(r.first, r.last) }, naming: f => `${f}_` },
)
const town = create(schema({ people }, f => ({ people: { boss: fk(f.people.boss, f.people.id, { back: 'team' }) } })))
const ann = { email: 'ann@x', first: 'Ann', last: 'A' }
const withAnn = run(town, C.insert(people)(ann))

constraints('UniqueViolation names table, constraint and columns by their SQL names: unique column, several columns, primary key', () => {
  assert.equal(failure(withAnn, C.insert(people)({ ...ann, first: 'Bea' })), {
    _tag: 'UniqueViolation',
    table: 'person',
    constraint: 'person_email__key',
    columns: ['email_'],
  })
  assert.equal(failure(withAnn, C.insert(people)({ ...ann, email: 'b' })), {
    _tag: 'UniqueViolation',
    table: 'person',
    constraint: 'person_first__last__key',
    columns: ['first_', 'last_'],
  })
  assert.equal(failure(withAnn, C.insert(people)({ ...ann, id: 1, email: 'b', first: 'B' })), {
    _tag: 'UniqueViolation',
    table: 'person',
    constraint: 'person_pkey',
    columns: ['id_'],
  })
})

constraints('two rows of one insert conflict with each other', () => {
  const two = C.insertMany(people)([
    { email: 'same', first: 'C', last: 'C2' },
    { email: 'same', first: 'D', last: 'D2' },
  ])
  assert.is((failure(withAnn, two) as { constraint: string }).constraint, 'person_email__key')
})

constraints('a null in a unique key conflicts with nothing', () => {
  const db = after(withAnn, C.insert(people)({ email: 'b', first: 'B' }), C.insert(people)({ email: 'c', first: 'B' }))
  assert.is(rows(db, Q.from(people)).length, 3)
})

constraints('unique keys tell values apart that only look alike', () => {
  const keys = table('k', { a: text, b: text, at: timestamp, bin: bytes, n: bigint }, { uniques: [['a', 'b'], ['at'], ['bin'], ['n']] })
  const db = create(schema({ keys }))
  const row = (a: string, b: string, ms: number, byte: number, n: bigint) => ({ a, b, at: new Date(ms), bin: Uint8Array.of(byte), n })
  const full = run(
    db,
    C.insertMany(keys)([row('a', 'b,c', 1, 1, 2n ** 53n), row('a,b', 'c', 2, 2, 2n ** 53n + 1n), row('"', '', 3, 3, 1n)]),
  )
  assert.is(rows(full, Q.from(keys)).length, 3)
  const constraint = (r: ReturnType<typeof row>): unknown => (failure(full, C.insert(keys)(r)) as { constraint: string }).constraint
  assert.is(constraint(row('"', '', 9, 9, 9n)), 'k_a_b_key')
  assert.is(constraint(row('x', 'y', 1, 9, 9n)), 'k_at_key')
  assert.is(constraint(row('x', 'y', 9, 2, 9n)), 'k_bin_key')
  assert.is(constraint(row('x', 'y', 9, 9, 2n ** 53n)), 'k_n_key')
})

constraints('constraints are checked at the end of the statement: rows may exchange a unique value', () => {
  const db = run(withAnn, C.insert(people)({ email: 'bea@x', first: 'Bea', last: 'B' }))
  const swapped = run(
    db,
    C.update(people)(r => ({ id: X.minus(X.litOf(int)(3), r.id) }), C.everywhere),
  )
  assert.equal(
    rows(swapped, Q.from(people)).map(r => [r.id, r.first]),
    [
      [2, 'Ann'],
      [1, 'Bea'],
    ],
  )
})

constraints('NotNullViolation names table and column', () => {
  const forced = C.update(people)(() => ({ first: X.nullOf(text) as never }), C.everywhere)
  assert.equal(failure(withAnn, forced), { _tag: 'NotNullViolation', table: 'person', column: 'first_' })
  const from = C.insertFrom(people)(
    pipe(
      Q.from(people),
      Q.map(r => ({ first: r.first })),
    ) as never,
  )
  assert.equal(failure(withAnn, from), { _tag: 'ValidationError', path: ['person', 'email'], reason: 'a value is required' })
})

constraints('CheckViolation names the check of a column and of a table; null passes', () => {
  assert.equal(failure(town, C.insert(people)({ ...ann, age: -1 })), {
    _tag: 'CheckViolation',
    table: 'person',
    constraint: 'person_age__check',
  })
  assert.equal(failure(town, C.insert(people)({ ...ann, last: 'Ann' })), {
    _tag: 'CheckViolation',
    table: 'person',
    constraint: 'person_named',
  })
  assert.is(answer(town, C.insert(people)({ email: 'n', first: 'N', last: null, age: null })), 1)
})

constraints('S12: a column has its own range, though expressions have 64 bits', () => {
  const overflow = (field: string) => ({ _tag: 'NumericOverflow', where: `person.${field}` })
  assert.equal(
    failure(
      withAnn,
      C.update(people)(r => ({ age: X.plus(r.id, 2147483647) }), C.everywhere),
    ),
    overflow('age'),
  )
  assert.equal(
    failure(
      withAnn,
      C.update(people)(r => ({ level: X.plus(r.id, 32767) }), C.everywhere),
    ),
    overflow('level'),
  )
  assert.equal(
    failure(
      withAnn,
      C.update(people)(() => ({ pay: X.plus(X.litOf(numeric(5, 2))('999.99'), '0.01') }), C.everywhere),
    ),
    overflow('pay'),
  )
  assert.is(
    answer(
      withAnn,
      C.update(people)(() => ({ pay: X.plus(X.litOf(numeric(5, 2))('-999.98'), '-0.01') }), C.everywhere),
    ),
    1,
  )
  assert.equal(
    failure(
      withAnn,
      C.update(people)(r => ({ id: X.times(X.times(r.id, 2 ** 52), 2 ** 9) }), C.everywhere),
    ),
    overflow('id'),
  )
})

constraints('ValueTooLong counts code points', () => {
  const code = (s: string) => C.update(people)(r => ({ code: X.concat(s, X.substring(r.first, 1, 1)) }), C.everywhere)
  assert.equal(failure(withAnn, code('abc')), { _tag: 'ValueTooLong', column: 'code_' })
  assert.is(answer(withAnn, code('\u{1F600}\u{1F600}')), 1)
  const land = C.update(people)(r => ({ land: X.substring(r.first, 1, 1) }), C.everywhere)
  assert.equal(failure(withAnn, land), { _tag: 'ValueTooLong', column: 'land_' })
})

constraints('S28: an enum column takes no other text', () => {
  const mood = C.update(people)(r => ({ mood: X.lower(r.first) as never }), C.everywhere)
  assert.equal(failure(withAnn, mood), { _tag: 'CheckViolation', table: 'person', constraint: 'person_mood___values' })
})

constraints('ForeignKeyViolation names the referring table, its constraint and its columns, on both sides', () => {
  const violation = { _tag: 'ForeignKeyViolation', table: 'person', constraint: 'person_boss__fkey', columns: ['boss_'] }
  assert.equal(failure(withAnn, C.insert(people)({ email: 'b', first: 'B', boss: 9 })), violation)
  assert.equal(failure(withAnn, C.update(people)({ boss: 9 }, C.everywhere)), violation)
  const db = run(withAnn, C.insert(people)({ email: 'b', first: 'B', boss: 1 }))
  assert.equal(
    failure(
      db,
      C.delete(people)(r => X.eq(r.id, 1)),
    ),
    violation,
  )
  assert.equal(
    failure(
      db,
      C.update(people)({ id: 5 }, r => X.eq(r.id, 1)),
    ),
    violation,
  )
  assert.is(
    answer(
      db,
      C.delete(people)(r => X.eq(r.id, 2)),
    ),
    1,
  )
})

constraints('a row may refer to itself and to rows of the same insert; all of them may go at once', () => {
  const circle = run(
    town,
    C.insertMany(people)([
      { id: 1, email: 'a', first: 'A', boss: 2 },
      { id: 2, email: 'b', first: 'B', boss: 1 },
      { id: 3, email: 'c', first: 'C', boss: 3 },
    ]),
  )
  assert.is(
    answer(
      circle,
      C.delete(people)(r => X.eq(r.id, 3)),
    ),
    1,
  )
  assert.is(answer(circle, C.delete(people)(C.everywhere)), 3)
})

constraints('a failed command leaves nothing: the third row of an insert fails for all', () => {
  const many = C.insertMany(people)([
    { email: '1', first: '1' },
    { email: '2', first: '2' },
    { email: 'ann@x', first: '3' },
  ])
  assert.is((failure(withAnn, many) as DbError)._tag, 'UniqueViolation')
  assert.is(rows(withAnn, Q.from(people)).length, 1)
})

constraints.run()

// --- Referential actions ----------------------------------------------------------------------

const actions = suite('model: referential actions')

const nodes = table('node', { id: int, up: nullable(int), side: nullable(int) }, { primaryKey: ['id'] })
const leafs = table('leaf', { id: int, node: nullable(int), other: nullable(int) }, { primaryKey: ['id'] })
type Action = 'noAction' | 'restrict' | 'cascade' | 'setNull'

const forest = (up: Action, side: Action, node: Action, other: Action): Database =>
  after(
    create(
      schema({ nodes, leafs }, f => ({
        nodes: {
          up: fk(f.nodes.up, f.nodes.id, { onDelete: up, onUpdate: up }),
          side: fk(f.nodes.side, f.nodes.id, { onDelete: side, onUpdate: side }),
        },
        leafs: {
          node: fk(f.leafs.node, f.nodes.id, { onDelete: node, onUpdate: node }),
          other: fk(f.leafs.other, f.nodes.id, { onDelete: other, onUpdate: other }),
        },
      })),
    ),
    C.insertMany(nodes)([{ id: 1, up: 3 }, { id: 2, up: 1 }, { id: 3, up: 2 }, { id: 4, up: 4, side: 1 }, { id: 5 }]),
    C.insertMany(leafs)([{ id: 10, node: 1, other: 5 }, { id: 11, node: 5, other: 1 }, { id: 12, node: 1, other: 1 }, { id: 13 }]),
  )

const left = (db: Database) => ({
  nodes: rows(db, Q.from(nodes)).map(r => [r.id, r.up, r.side]),
  leafs: rows(db, Q.from(leafs)).map(r => [r.id, r.node, r.other]),
})

actions('cascade deletes through a cycle and into other tables', () => {
  const db = run(
    forest('cascade', 'cascade', 'cascade', 'cascade'),
    C.delete(nodes)(r => X.eq(r.id, 2)),
  )
  assert.equal(left(db), { nodes: [[5, null, null]], leafs: [[13, null, null]] })
})

actions('setNull on both keys of one row, and cascade beside it', () => {
  const db = run(
    forest('cascade', 'setNull', 'setNull', 'setNull'),
    C.delete(nodes)(r => X.eq(r.id, 1)),
  )
  assert.equal(left(db), {
    nodes: [
      [4, 4, null],
      [5, null, null],
    ],
    leafs: [
      [10, null, 5],
      [11, 5, null],
      [12, null, null],
      [13, null, null],
    ],
  })
})

actions('noAction and restrict refuse what would refer to nothing', () => {
  for (const action of ['noAction', 'restrict'] as const) {
    const db = forest('cascade', 'cascade', action, 'cascade')
    assert.equal(
      failure(
        db,
        C.delete(nodes)(r => X.eq(r.id, 5)),
      ),
      {
        _tag: 'ForeignKeyViolation',
        table: 'leaf',
        constraint: 'leaf_node_fkey',
        columns: ['node'],
      },
    )
  }
})

actions('cascade of an update renames the key where it is referred to, through a row that refers to itself', () => {
  const db = run(
    forest('cascade', 'cascade', 'cascade', 'setNull'),
    C.update(nodes)(
      r => ({ id: X.plus(r.id, 100) }),
      r => X.inList(r.id, [1, 4]),
    ),
  )
  assert.equal(left(db), {
    nodes: [
      [101, 3, null],
      [2, 101, null],
      [3, 2, null],
      [104, 104, 101],
      [5, null, null],
    ],
    leafs: [
      [10, 101, 5],
      [11, 5, null],
      [12, 101, null],
      [13, null, null],
    ],
  })
})

actions('an update that leaves the key as it is has no consequences', () => {
  const db = run(
    forest('setNull', 'setNull', 'setNull', 'setNull'),
    C.update(nodes)(
      r => ({ id: r.id, side: r.id }),
      r => X.eq(r.id, 5),
    ),
  )
  assert.equal(left(db).leafs[0], [10, 1, 5])
})

actions('setNull into a column that is not nullable is NotNullViolation of the referring table', () => {
  const a = table('a', { id: int }, { primaryKey: ['id'] })
  const b = table('b', { aId: int })
  const db = after(
    create(schema({ a, b }, f => ({ b: { a: fk(f.b.aId, f.a.id, { onDelete: 'setNull' }) } }))),
    C.insert(a)({ id: 1 }),
    C.insert(b)({ aId: 1 }),
  )
  assert.equal(failure(db, C.delete(a)(C.everywhere)), { _tag: 'NotNullViolation', table: 'b', column: 'a_id' })
})

actions('a key of several columns; a null in one of them refers to nothing', () => {
  const a = table('a', { x: int, y: text }, { primaryKey: ['x', 'y'] })
  const b = table('b', { id: int, ax: nullable(int), ay: nullable(text) }, { primaryKey: ['id'] })
  const s = schema({ a, b }, f => ({ b: { a: fk([f.b.ax, f.b.ay], [f.a.x, f.a.y], { onDelete: 'setNull', onUpdate: 'cascade' }) } }))
  const db = after(
    create(s),
    C.insert(a)({ x: 1, y: 'p' }),
    C.insertMany(b)([
      { id: 1, ax: 1, ay: 'p' },
      { id: 2, ax: 9 },
    ]),
  )
  assert.equal(failure(db, C.insert(b)({ id: 3, ax: 1, ay: 'q' })), {
    _tag: 'ForeignKeyViolation',
    table: 'b',
    constraint: 'b_ax_ay_fkey',
    columns: ['ax', 'ay'],
  })
  const moved = run(db, C.update(a)({ y: 'z' }, C.everywhere))
  assert.equal(rows(moved, Q.from(b))[0], { id: 1, ax: 1, ay: 'z' })
  const gone = run(moved, C.delete(a)(C.everywhere))
  assert.equal(rows(gone, Q.from(b)), [
    { id: 1, ax: null, ay: null },
    { id: 2, ax: 9, ay: null },
  ])
})

actions('a chain of a thousand rows is deleted from its head', () => {
  const chain = Array.from({ length: 1000 }, (_, i) => ({ id: i + 1, up: i === 0 ? null : i }))
  const db = run(
    create(schema({ nodes, leafs }, f => ({ nodes: { up: fk(f.nodes.up, f.nodes.id, { onDelete: 'cascade' }) } }))),
    C.insertMany(nodes)(chain),
  )
  assert.is(
    answer(
      db,
      C.delete(nodes)(r => X.eq(r.id, 1)),
    ),
    1,
  )
  assert.equal(
    rows(
      run(
        db,
        C.delete(nodes)(r => X.eq(r.id, 1)),
      ),
      Q.from(nodes),
    ),
    [],
  )
})

actions.run()

// --- Upsert and definitions -------------------------------------------------------------------

const upserts = suite('model: upsert')

const upsert = C.upsert(people)({ target: ['email'], update: ['email', 'first'] })

upserts('S32: inserts where no row has the target key, else updates the named fields only', () => {
  const inserted = run(town, upsert(ann))
  assert.equal(rows(inserted, Q.from(people)), rows(withAnn, Q.from(people)))
  const updated = run(withAnn, upsert({ email: 'ann@x', first: 'Anna', last: 'ignored', age: 5 }))
  assert.equal(
    rows(updated, Q.from(people)).map(r => [r.id, r.email, r.first, r.last, r.age]),
    [[1, 'ann@x', 'Anna', 'A', null]],
  )
  assert.is(answer(withAnn, upsert(ann)), 1)
  const back = pipe(
    upsert({ ...ann, first: 'Z' }),
    C.returning(r => ({ id: r.id, first: r.first })),
  )
  assert.equal(answer(withAnn, back), { id: 1, first: 'Z' })
})

upserts('a conflict with another key is a UniqueViolation', () => {
  assert.equal(failure(withAnn, upsert({ email: 'other', first: 'Ann', last: 'A' })), {
    _tag: 'UniqueViolation',
    table: 'person',
    constraint: 'person_first__last__key',
    columns: ['first_', 'last_'],
  })
})

upserts('the new row is checked also where only some of its fields are used', () => {
  assert.equal(failure(withAnn, upsert({ ...ann, age: -5 })), { _tag: 'CheckViolation', table: 'person', constraint: 'person_age__check' })
})

upserts('S30: an upsert that updates takes a generated key all the same', () => {
  const next = pipe(
    C.insert(people)({ email: 'next', first: 'N' }),
    C.returning(r => r.id),
  )
  assert.is(answer(run(withAnn, upsert(ann)), next), 3)
})

upserts('a target that is no key is refused', () => {
  assert.is((failure(withAnn, C.upsert(people)({ target: ['first'], update: ['last'] })(ann)) as DbError)._tag, 'ValidationError')
})

upserts.run()

const definitions = suite('model: definitions')

definitions('createAll of a table that is there is SchemaConflict and changes nothing', () => {
  const e = define(shop, createSteps(schema({ people, items })))
  assert.ok(E.isLeft(e) && e.left._tag === 'SchemaConflict' && e.left.object === 'item')
})

definitions('createAll of a schema that can not be is refused', () => {
  const bad = schema({ items }, f => ({ items: { self: fk(f.items.size, f.items.size) } }))
  const e = define(empty, createSteps(bad))
  assert.ok(E.isLeft(e) && e.left._tag === 'ValidationError')
})

definitions('dropAll drops the tables that are there; not while a table that stays refers to one', () => {
  const leaf = table('leaf2', { id: int, item: nullable(int) }, { primaryKey: ['id'] })
  const both = create(schema({ items, leaf }, f => ({ leaf: { item: fk(f.leaf.item, f.items.id) } })))
  const held = define(both, dropSteps(schema({ items, people })))
  assert.is(held._tag === 'Left' && held.left.message.includes('it is referenced by leaf2'), true)
  const alone = right(define(both, dropSteps(schema({ leaf }))))
  const dropped = right(define(alone, dropSteps(schema({ items, people }))))
  assert.is((failure(dropped, C.insert(items)({ name: 'a' })) as DbError)._tag, 'SchemaConflict')
  assert.is(answer(create(schema({ items }), dropped), C.insert(items)({ name: 'a' })), 1)
})

definitions('dropAll leaves other tables and the keys between them', () => {
  const db = right(define(create(schema({ items }), withAnn), dropSteps(schema({ items }))))
  assert.is((failure(db, C.update(people)({ boss: 9 }, C.everywhere)) as DbError)._tag, 'ForeignKeyViolation')
})

definitions('a table goes by its SQL names: another description of it may name fields otherwise, and less of them', () => {
  const short = table('item', { key: generated(named('id')(int)), called: named('name')(nullable(text)) })
  const db = after(
    three,
    C.insert(short)({ called: 'd' }),
    C.update(short)(
      r => ({ called: X.concat(r.called, '!') }),
      r => X.gt(r.key, 3),
    ),
  )
  assert.equal(rows(db, Q.from(items))[3], { id: 4, name: 'd!', size: 3, note: null, ratio: null })
  assert.equal(
    rows(
      db,
      pipe(
        Q.from(short),
        Q.where(r => X.eq(r.called, 'd!')),
      ),
    ),
    [{ key: 4, called: 'd!' }],
  )
  const deleted = pipe(
    C.delete(short)(r => X.eq(r.key, 4)),
    C.returning(r => r.called),
  )
  assert.equal(answer(db, deleted), ['d!'])
  assert.equal(failure(db, C.insert(short)({ called: null })), { _tag: 'NotNullViolation', table: 'item', column: 'name' })
})

definitions('a description with a column that is not there, or of another type, is SchemaConflict', () => {
  const more = table('item', { id: generated(int), weight: nullable(int) })
  assert.equal(failure(shop, C.delete(more)(C.everywhere)), { _tag: 'SchemaConflict', object: 'item.weight' })
  const other = table('item', { id: generated(int), size: text })
  assert.equal(failure(shop, C.delete(other)(C.everywhere)), { _tag: 'SchemaConflict', object: 'item.size' })
})

definitions.run()
