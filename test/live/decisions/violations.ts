/**
 * S31: the errors of violated constraints.
 *
 * A violation is the same value on every engine: the case, the table, the constraint, the columns, for every way of writing. After each
 * refused write the table is read again, and must be unchanged. Foreign keys act as they are declared, and so do checks.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as C from '../../../lib/Column.js'
import * as Command from '../../../lib/Command.js'
import { everywhere } from '../../../lib/Command.js'
import type { DbError } from '../../../lib/DbError.js'
import * as Ex from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import { fk, schema } from '../../../lib/Schema.js'
import { table } from '../../../lib/Table.js'
import { ask, type Clause, check, create, createSchema, equal, equalBags, fails, isTrue, type Session } from './check.js'

const { run, insert, insertMany, insertFrom, update } = Command

/** The part of an error that is the same on every engine: all but the message and the cause. */
export const facts = (e: DbError): unknown => {
  const { message: _message, cause: _cause, ...rest } = e as DbError & { readonly cause?: unknown }
  return rest
}

const shop = (prefix: string) => {
  const parents = table(
    `${prefix}_parents`,
    { id: C.int, code: C.text, region: C.int },
    { primaryKey: ['id'], uniques: [['code', 'region']] },
  )
  const children = table(
    `${prefix}_children`,
    {
      id: C.int,
      email: pipe(C.nullable(C.text), C.unique),
      parentId: C.nullable(C.int),
      age: pipe(
        C.nullable(C.int),
        C.check(age => Ex.gte(age as Ex.Expr<number>, 0)),
      ),
      low: C.nullable(C.int),
      high: C.nullable(C.int),
      short: C.nullable(C.varchar(3)),
      exact: C.nullable(C.char(2)),
      kind: C.nullable(C.enumOf('a', 'b')),
      name: C.text,
    },
    { primaryKey: ['id'], checks: { ordered: r => Ex.lte(r.low as Ex.Expr<number>, r.high) } },
  )
  const whole = schema({ parents, children }, t => ({ children: { parent: fk(t.children.parentId, t.parents.id) } }))
  return { parents, children, whole }
}

const filled = async (db: Session, prefix: string) => {
  const s = shop(prefix)
  await createSchema(db, s.whole)
  await ask(
    db,
    run(
      insertMany(s.parents)([
        { id: 1, code: 'a', region: 1 },
        { id: 2, code: 'a', region: 2 },
      ]),
    ),
  )
  await ask(db, run(insert(s.children)({ id: 1, name: 'first', email: 'x@y', parentId: 1, age: 1, low: 1, high: 2 })))
  return s
}

export const violations: readonly Clause[] = [
  check(31, 'a violated primary key is UniqueViolation with its table, constraint and columns', async db => {
    const { children } = await filled(db, 'pk')
    equal(facts(await fails(db, 'UniqueViolation', run(insert(children)({ id: 1, name: 'again' })))), {
      _tag: 'UniqueViolation',
      table: 'pk_children',
      constraint: 'pk_children_pkey',
      columns: ['id'],
    })
    equal(await ask(db, Q.count(Q.from(children))), 1)
  }),
  check(31, 'a violated unique key, of one column or several, by insert, insertMany, insertFrom and update', async db => {
    const { children, parents } = await filled(db, 'uq')
    const email = { _tag: 'UniqueViolation', table: 'uq_children', constraint: 'uq_children_email_key', columns: ['email'] }
    const code = { _tag: 'UniqueViolation', table: 'uq_parents', constraint: 'uq_parents_code_region_key', columns: ['code', 'region'] }
    equal(facts(await fails(db, 'UniqueViolation', run(insert(children)({ id: 2, name: 'b', email: 'x@y' })))), email)
    equal(
      facts(
        await fails(
          db,
          'UniqueViolation',
          run(
            insertMany(children)([
              { id: 2, name: 'b', email: 'z' },
              { id: 3, name: 'c', email: 'z' },
            ]),
          ),
        ),
      ),
      email,
    )
    equal(
      facts(
        await fails(db, 'UniqueViolation', run(insertFrom(children)(Q.of({ id: Ex.lit(2), name: Ex.lit('b'), email: Ex.lit('x@y') })))),
      ),
      email,
    )
    equal(facts(await fails(db, 'UniqueViolation', run(insert(parents)({ id: 3, code: 'a', region: 2 })))), code)
    equal(facts(await fails(db, 'UniqueViolation', run(update(parents)({ region: 1 }, everywhere)))), code)
    equal(
      await ask(
        db,
        run(
          insertMany(children)([
            { id: 4, name: 'd' },
            { id: 5, name: 'e' },
          ]),
        ),
      ),
      2,
    )
    equal(await ask(db, Q.count(Q.from(children))), 3)
  }),
  check(31, 'a violated foreign key by insert and update: the referring table, constraint and columns', async db => {
    const { children } = await filled(db, 'fk')
    const expected = { _tag: 'ForeignKeyViolation', table: 'fk_children', constraint: 'fk_children_parent_id_fkey', columns: ['parent_id'] }
    equal(facts(await fails(db, 'ForeignKeyViolation', run(insert(children)({ id: 2, name: 'b', parentId: 9 })))), expected)
    equal(facts(await fails(db, 'ForeignKeyViolation', run(update(children)({ parentId: 9 }, everywhere)))), expected)
    equal(await ask(db, run(insert(children)({ id: 3, name: 'c', parentId: null }))), 1)
  }),
  check(31, 'a violated foreign key by a delete or update of the row referred to: the same', async db => {
    const { parents, children } = await filled(db, 'fkd')
    const expected = {
      _tag: 'ForeignKeyViolation',
      table: 'fkd_children',
      constraint: 'fkd_children_parent_id_fkey',
      columns: ['parent_id'],
    }
    equal(facts(await fails(db, 'ForeignKeyViolation', run(Command.delete(parents)(everywhere)))), expected)
    equal(facts(await fails(db, 'ForeignKeyViolation', run(update(parents)({ id: 9 }, r => Ex.eq(r.id, 1))))), expected)
    equal(await ask(db, Q.count(Q.from(parents))), 2)
    equal(await ask(db, run(Command.delete(parents)(r => Ex.eq(r.id, 2)))), 1)
    equal(await ask(db, Q.count(Q.from(children))), 1)
  }),
  check(31, 'a null for a column that has none is NotNullViolation with its table and column', async db => {
    const { children } = await filled(db, 'nn')
    const expected = { _tag: 'NotNullViolation', table: 'nn_children', column: 'name' }
    const nothing = Ex.nullOf(C.text) as Ex.Expr<any>
    equal(facts(await fails(db, 'NotNullViolation', run(insertFrom(children)(Q.of({ id: Ex.lit(2), name: nothing }))))), expected)
    equal(facts(await fails(db, 'NotNullViolation', run(update(children)(() => ({ name: nothing }), everywhere)))), expected)
    equal(
      facts(
        await fails(db, 'NotNullViolation', run(update(children)(r => ({ name: Ex.nullIf(r.name, 'first') as Ex.Expr<any> }), everywhere))),
      ),
      expected,
    )
    equal((await ask(db, Q.one(Q.from(children)))).name, 'first')
  }),
  check(31, 'a failed check of a column or a table is CheckViolation with its table and constraint; null passes', async db => {
    const { children } = await filled(db, 'ck')
    const age = { _tag: 'CheckViolation', table: 'ck_children', constraint: 'ck_children_age_check' }
    const ordered = { _tag: 'CheckViolation', table: 'ck_children', constraint: 'ck_children_ordered' }
    equal(facts(await fails(db, 'CheckViolation', run(insert(children)({ id: 2, name: 'b', age: -1 })))), age)
    equal(facts(await fails(db, 'CheckViolation', run(update(children)({ age: -1 }, everywhere)))), age)
    equal(facts(await fails(db, 'CheckViolation', run(insert(children)({ id: 2, name: 'b', low: 2, high: 1 })))), ordered)
    equal(facts(await fails(db, 'CheckViolation', run(update(children)(r => ({ low: Ex.plus(r.high, 1) }), everywhere)))), ordered)
    equal(await ask(db, run(insert(children)({ id: 2, name: 'b', age: null, low: 5, high: null }))), 1)
  }),
  check(31, 'a check means what its predicate means in a query', async db => {
    const predicates: readonly (readonly [C.Column<any>, (e: Ex.Expr<any>) => Ex.Pred, readonly unknown[], readonly unknown[]])[] = [
      [C.text, e => Ex.eq(Ex.lower(e), e), ['a', '\u00e9', ''], ['A', '\u00c9']],
      [C.text, e => Ex.ilike(e, '\u00e9%'), ['\u00c9a', '\u00e9'], ['e']],
      [C.text, e => Ex.like(e, 'a!%%'), ['a%', 'a%b'], ['ab', 'A%']],
      [C.text, e => Ex.and(Ex.contains(e, "'"), Ex.endsWith(e, '\\')), ["'\\"], ["'"]],
      [C.text, e => Ex.eq(Ex.length(e), 2), ['\u{1f600}a'], ['\u{1f600}']],
      [C.text, e => Ex.inList(e, ['a ', "b'"]), ['a ', "b'"], ['a', 'b']],
      [C.int, e => Ex.eq(Ex.rem(e, 2), -1), [-1, -3], [1, -2]],
      [C.int, e => Ex.gt(Ex.times(e, e), Number.MAX_SAFE_INTEGER), [94906266, -2147483648], [94906265]],
      [C.int, e => Ex.gt(Ex.quot(Ex.lit(1), e), 0), [1, 0], [2, -1]],
      [C.numeric(10, 2), e => Ex.between(e, '0.5', '10.005'), ['0.50', '10.00'], ['0.49', '10.01']],
      [C.float, e => Ex.lt(e, 0.5), [0.25, -1], [0.5]],
      [C.bigint, e => Ex.gt(e, 9007199254740992n), [9007199254740993n], [9007199254740992n]],
      [C.timestamp, e => Ex.lt(e, new Date('1970-01-01T00:00:00.001Z')), [new Date(0)], [new Date(1)]],
      [C.date, e => Ex.gte(e, '2000-02-29'), ['2000-02-29'], ['2000-02-28']],
      [C.boolean, e => e, [true], [false]],
      [C.bytes, e => Ex.lt(e, new Uint8Array([128])), [new Uint8Array([127, 255])], [new Uint8Array([128])]],
    ]
    for (const [i, [column, predicate, good, bad]] of predicates.entries()) {
      const t = table(`checked_${i}`, { id: C.int, it: C.check(predicate)(C.nullable(column)) }, { primaryKey: ['id'] })
      await create(db, t)
      const rows = [...good, null]
      equal(await ask(db, run(insertMany(t)(rows.map((it, id) => ({ id, it }))))), rows.length, `predicate ${i}`)
      for (const it of bad) equal((await fails(db, 'CheckViolation', run(insert(t)({ id: 100, it })))).constraint, `checked_${i}_it_check`)
    }
  }),
  check(31, 'a text that is too long for its column is ValueTooLong, also if the engine computed it', async db => {
    const { children } = await filled(db, 'tl')
    const long = Ex.concat('ab', 'cd')
    equal((await fails(db, 'ValueTooLong', run(update(children)(() => ({ short: long }), everywhere))))._tag, 'ValueTooLong')
    equal((await fails(db, 'ValueTooLong', run(update(children)(() => ({ exact: long }), everywhere))))._tag, 'ValueTooLong')
    equal(
      await ask(db, run(update(children)(() => ({ short: Ex.concat('ab', '\u{1f600}'), exact: Ex.concat('\u{1f600}', ' ') }), everywhere))),
      1,
    )
  }),
  check(31, 'when several constraints are violated, one of them is reported', async db => {
    const { children } = await filled(db, 'sv')
    const answer = await run(insertMany(children)([{ id: 1, name: 'b', email: 'x@y', parentId: 9, age: -1, low: 2, high: 1 }]))({ db })()
    isTrue(answer._tag === 'Left', 'a row that violates five constraints')
    const tags = ['UniqueViolation', 'ForeignKeyViolation', 'CheckViolation']
    isTrue(answer._tag === 'Left' && tags.includes(answer.left._tag), answer._tag === 'Left' ? answer.left.message : '')
    equal(await ask(db, Q.count(Q.from(children))), 1)
  }),
  check(31, 'foreign keys cascade, set null and refer to their own table as declared', async db => {
    const nodes = table('nodes', { id: C.int, parentId: C.nullable(C.int) }, { primaryKey: ['id'] })
    const leaves = table('leaves', { id: C.int, nodeId: C.nullable(C.int) }, { primaryKey: ['id'] })
    await createSchema(
      db,
      schema({ nodes, leaves }, t => ({
        nodes: { parent: fk(t.nodes.parentId, t.nodes.id, { onDelete: 'cascade' }) },
        leaves: { node: fk(t.leaves.nodeId, t.nodes.id, { onDelete: 'setNull', onUpdate: 'cascade' }) },
      })),
    )
    await ask(
      db,
      run(
        insertMany(nodes)([
          { id: 1, parentId: null },
          { id: 2, parentId: 1 },
          { id: 3, parentId: 2 },
          { id: 4, parentId: null },
          { id: 5, parentId: 5 },
        ]),
      ),
    )
    await ask(
      db,
      run(
        insertMany(leaves)([
          { id: 1, nodeId: 3 },
          { id: 2, nodeId: 4 },
        ]),
      ),
    )
    equal(await ask(db, run(update(nodes)({ id: 40 }, r => Ex.eq(r.id, 4)))), 1)
    equal(await ask(db, run(Command.delete(nodes)(r => Ex.eq(r.id, 1)))), 1)
    equalBags(await ask(db, Q.all(Q.from(nodes))), [
      { id: 40, parentId: null },
      { id: 5, parentId: 5 },
    ])
    equalBags(await ask(db, Q.all(Q.from(leaves))), [
      { id: 1, nodeId: null },
      { id: 2, nodeId: 40 },
    ])
  }),
  check(31, 'a unique key is checked for the state after the statement, or row by row', async db => {
    const t = table('shifted', { id: C.int }, { primaryKey: ['id'] })
    await create(db, t)
    await ask(db, run(insertMany(t)([{ id: 1 }, { id: 2 }, { id: 3 }])))
    const answer = await run(update(t)(r => ({ id: Ex.plus(r.id, 1) }), everywhere))({ db })()
    const ids = (await ask(db, Q.all(Q.from(t)))).map(r => r.id).sort()
    equal(ids, answer._tag === 'Right' ? [2, 3, 4] : [1, 2, 3])
    if (answer._tag === 'Left') equal(answer.left._tag, 'UniqueViolation')
  }),
  check(31, 'a foreign key is checked for the state after the statement, not row by row', async db => {
    const t = table('swapped', { id: C.int, parentId: C.nullable(C.int) }, { primaryKey: ['id'] })
    await createSchema(
      db,
      schema({ t }, s => ({ t: { parent: fk(s.t.parentId, s.t.id) } })),
    )
    equal(
      await ask(
        db,
        run(
          insertMany(t)([
            { id: 1, parentId: 2 },
            { id: 2, parentId: 1 },
          ]),
        ),
      ),
      2,
    )
    equal(await ask(db, run(Command.delete(t)(everywhere))), 2)
  }),
]
