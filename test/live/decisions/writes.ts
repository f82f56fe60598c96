/**
 * Decisions 30 to 32: inserts, updates, deletes, what a violated constraint answers, upserts.
 *
 * A violation has to be the same value on every engine: the case, the table, the constraint, the
 * columns. After each refused write the table is read again: nothing of it may be there.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as Agg from '../../../lib/core/Agg.js'
import * as C from '../../../lib/core/Column.js'
import * as Command from '../../../lib/core/Command.js'
import { everywhere } from '../../../lib/core/Command.js'
import type { DbError } from '../../../lib/core/DbError.js'
import * as Ex from '../../../lib/core/Expr.js'
import * as Q from '../../../lib/core/Query.js'
import { fk, schema } from '../../../lib/core/Schema.js'
import { table } from '../../../lib/core/Table.js'
import { ask, type Clause, check, create, createSchema, equal, equalBags, fails, isTrue, later, refuses, type Session } from './check.js'

const { run, insert, insertMany, insertFrom, update, upsert, returning } = Command

const numbered = (name: string) => table(name, { id: C.generated(C.int), name: C.text, n: C.nullable(C.int) })

const isAscending = (ids: readonly number[]): boolean => ids.every((id, i) => i === 0 || id > (ids[i - 1] as number))

const inserts: readonly Clause[] = [
  check(30, 'insert takes one row and answers 1, or the row that returning asks for', async db => {
    const t = numbered('inserted')
    await create(db, t)
    equal(await ask(db, run(insert(t)({ name: 'a' }))), 1)
    const row = await ask(
      db,
      run(
        pipe(
          insert(t)({ name: 'b', n: 7 }),
          returning(r => ({ id: r.id, twice: Ex.times(r.n, 2), name: Ex.upper(r.name) })),
        ),
      ),
    )
    equal(row, { id: 2, twice: 14, name: 'B' })
    equalBags(await ask(db, Q.all(Q.from(t))), [
      { id: 1, name: 'a', n: null },
      { id: 2, name: 'b', n: 7 },
    ])
  }),
  check(30, 'insertMany takes many and answers their number, or a list in input order', async db => {
    const t = numbered('inserted_many')
    await create(db, t)
    equal(await ask(db, run(insertMany(t)([{ name: 'a' }, { name: 'b', n: 1 }]))), 2)
    const names = ['z', 'm', 'a', 'z', 'b']
    const rows = await ask(
      db,
      run(
        pipe(
          insertMany(t)(names.map((name, n) => ({ name, n }))),
          returning(r => ({ id: r.id, name: r.name, n: r.n })),
        ),
      ),
    )
    equal(
      rows.map(r => [r.name, r.n]),
      names.map((name, n) => [name, n]),
    )
    isTrue(isAscending(rows.map(r => r.id)), 'keys grow in input order')
    equal(await ask(db, Q.count(Q.from(t))), 7)
  }),
  check(30, 'insertMany of more rows than one statement takes is one command all the same', async db => {
    const t = table('inserted_in_bulk', { id: C.generated(C.int), a: C.int, b: C.nullable(C.int), c: C.text, d: C.nullable(C.boolean) })
    await create(db, t)
    const rows = Array.from({ length: 17_000 }, (_, i) => ({ a: 17_000 - i, b: i % 3 === 0 ? null : i, c: `${i}`, d: i % 2 === 0 }))
    const answer = await ask(
      db,
      run(
        pipe(
          insertMany(t)(rows),
          returning(r => ({ id: r.id, a: r.a })),
        ),
      ),
    )
    equal(answer.length, rows.length)
    isTrue(
      answer.every((r, i) => r.a === rows[i]?.a),
      'in input order',
    )
    equal(
      await ask(
        db,
        Q.all(
          pipe(
            Q.from(t),
            Q.aggregate(r => ({ n: Agg.countAll, a: Agg.sum(r.a), b: Agg.count(r.b) })),
          ),
        ),
      ),
      [{ n: 17_000, a: 144_508_500, b: 17_000 - 5667 }],
    )
  }),
  check(30, 'insertMany of rows with different columns gives each its defaults', async db => {
    const t = table(
      'defaulted',
      { id: C.int, n: pipe(C.int, C.withDefault(7)), s: pipe(C.nullable(C.text), C.withDefault('d')), u: C.nullable(C.text) },
      { primaryKey: ['id'] },
    )
    await create(db, t)
    await ask(db, run(insertMany(t)([{ id: 1 }, { id: 2, n: 0, s: null, u: 'u' }, { id: 3, s: '' }])))
    await ask(db, run(insert(t)({ id: 4, u: null })))
    equalBags(await ask(db, Q.all(Q.from(t))), [
      { id: 1, n: 7, s: 'd', u: null },
      { id: 2, n: 0, s: null, u: 'u' },
      { id: 3, n: 7, s: '', u: null },
      { id: 4, n: 7, s: 'd', u: null },
    ])
  }),
  check(30, 'insertMany happens whole or not at all', async db => {
    const t = table('all_or_none', { id: C.int }, { primaryKey: ['id'] })
    await create(db, t)
    await ask(db, run(insert(t)({ id: 500 })))
    await fails(db, 'UniqueViolation', run(insertMany(t)(Array.from({ length: 1000 }, (_, id) => ({ id })))))
    equal(await ask(db, Q.all(Q.from(t))), [{ id: 500 }])
  }),
  check(30, 'a command whose answer does not decode is undone', async db => {
    const t = table('undecoded', { id: C.int, n: C.bigint }, { primaryKey: ['id'] })
    await create(db, t)
    const answering = returning((r: { readonly n: Ex.Expr<bigint> }) => ({ n: Ex.plus(r.n, 9223372036854775807n) }))
    await ask(db, run(insert(t)({ id: 1, n: 0n })))
    await fails(db, 'NumericOverflow', run(pipe(insert(t)({ id: 2, n: 1n }), answering)))
    await fails(
      db,
      'NumericOverflow',
      run(
        pipe(
          insertMany(t)([
            { id: 2, n: 0n },
            { id: 3, n: 1n },
          ]),
          answering,
        ),
      ),
    )
    await fails(db, 'NumericOverflow', run(pipe(update(t)({ n: 1n }, everywhere), answering)))
    await ask(db, run(update(t)({ n: 2n }, everywhere)))
    await fails(db, 'NumericOverflow', run(pipe(Command.delete(t)(everywhere), answering)))
    equal(await ask(db, Q.all(Q.from(t))), [{ id: 1, n: 2n }])
  }),
  check(30, 'a generated column that is not the primary key is numbered, too', async db => {
    const t = table('numbered_beside', { code: C.text, nth: C.generated(C.int) }, { primaryKey: ['code'] })
    await create(db, t)
    await ask(db, run(insertMany(t)([{ code: 'a' }, { code: 'b' }])))
    const nths = pipe(
      Q.from(t),
      Q.orderBy(r => [Ex.asc(r.code)]),
      Q.map(r => r.nth),
    )
    isTrue(isAscending(await ask(db, Q.all(nths))), 'numbers grow')
  }),
  check(30, 'insertMany of no rows is refused before anything is sent', async db => {
    const t = numbered('inserted_none')
    await create(db, t)
    await refuses(db, 'ValidationError', run(insertMany(t)([])))
  }),
  check(30, 'insertFrom inserts the rows of a query', async db => {
    const t = numbered('inserted_from')
    await create(db, t)
    await ask(db, run(insertMany(t)([{ name: 'a', n: 1 }, { name: 'b' }])))
    const copies = pipe(
      Q.from(t),
      Q.orderBy(r => [Ex.desc(r.id)]),
      Q.map(r => ({ name: Ex.concat(r.name, '!'), n: Ex.coalesce(r.n, 0) })),
    )
    equal(await ask(db, run(insertFrom(t)(copies))), 2)
    equal(
      await ask(
        db,
        run(
          insertFrom(t)(
            pipe(
              copies,
              Q.where(r => Ex.eq(r.name, 'none')),
            ),
          ),
        ),
      ),
      0,
    )
    equalBags(
      (await ask(db, Q.all(Q.from(t)))).map(r => [r.name, r.n]),
      [
        ['a', 1],
        ['b', null],
        ['a!', 1],
        ['b!', 0],
      ],
    )
  }),
  check(30, 'update and delete without a condition are refused; everywhere is every row', async db => {
    const t = numbered('everywhere_rows')
    await create(db, t)
    await ask(db, run(insertMany(t)([{ name: 'a' }, { name: 'b' }])))
    const nowhere = undefined as unknown as () => Ex.Pred
    await fails(db, 'ValidationError', run(update(t)({ n: 1 }, nowhere)))
    await fails(db, 'ValidationError', run(Command.delete(t)(nowhere)))
    equal(await ask(db, Q.count(Q.from(t))), 2)
    equal(await ask(db, run(update(t)({ n: 1 }, everywhere))), 2)
    equal(await ask(db, run(Command.delete(t)(everywhere))), 2)
    equal(await ask(db, Q.count(Q.from(t))), 0)
  }),
  check(30, 'update sets values, or expressions over the old row, where its condition is true; returning is of the new row', async db => {
    const t = numbered('updated')
    await create(db, t)
    await ask(db, run(insertMany(t)([{ name: 'a', n: 1 }, { name: 'b' }, { name: 'c', n: 3 }])))
    equal(
      await ask(
        db,
        run(
          update(t)(
            r => ({ n: Ex.plus(r.n, 10), name: Ex.concat(r.name, '!') }),
            r => Ex.gt(r.n, 0),
          ),
        ),
      ),
      2,
    )
    equal(await ask(db, run(update(t)({ n: 0 }, r => Ex.eq(r.name, 'nobody')))), 0)
    equal(await ask(db, run(update(t)({ n: 11 }, r => Ex.eq(r.n, 11)))), 1)
    const rows = await ask(
      db,
      run(
        pipe(
          update(t)({ n: null, name: 'x' }, r => Ex.isNotNull(r.n)),
          returning(r => r),
        ),
      ),
    )
    equalBags(rows, [
      { id: 1, name: 'x', n: null },
      { id: 3, name: 'x', n: null },
    ])
    await ask(db, run(update(t)(r => ({ name: Ex.concat(r.name, '1'), n: Ex.length(r.name) }), everywhere)))
    equalBags(await ask(db, Q.all(Q.from(t))), [
      { id: 1, name: 'x1', n: 1 },
      { id: 2, name: 'b1', n: 1 },
      { id: 3, name: 'x1', n: 1 },
    ])
  }),
  check(30, 'delete answers their number, or the rows as they were', async db => {
    const t = numbered('deleted')
    await create(db, t)
    await ask(db, run(insertMany(t)([{ name: 'a', n: 1 }, { name: 'b' }, { name: 'c', n: 3 }])))
    equal(await ask(db, run(Command.delete(t)(r => Ex.lt(r.n, 2)))), 1)
    const gone = await ask(
      db,
      run(
        pipe(
          Command.delete(t)(r => Ex.isNull(r.n)),
          returning(r => r),
        ),
      ),
    )
    equal(gone, [{ id: 2, name: 'b', n: null }])
    equal(await ask(db, Q.all(Q.from(t))), [{ id: 3, name: 'c', n: 3 }])
  }),
  check(30, 'generated keys grow, also after rows are deleted, after a failed insert and beside given keys', async db => {
    const t = table('growing', { id: C.generated(C.int), name: pipe(C.text, C.unique) })
    await create(db, t)
    const add = async (name: string, id?: number): Promise<number> =>
      (
        await ask(
          db,
          run(
            pipe(
              insert(t)(id === undefined ? { name } : { name, id }),
              returning(r => ({ id: r.id })),
            ),
          ),
        )
      ).id
    const ids = [await add('a'), await add('b')]
    await ask(db, run(Command.delete(t)(r => Ex.eq(r.name, 'b'))))
    ids.push(await add('c'))
    await fails(db, 'UniqueViolation', run(insert(t)({ name: 'a' })))
    ids.push(await add('d'))
    ids.push(await add('e', 100))
    ids.push(await add('f'))
    isTrue(isAscending(ids), ids.join(', '))
    equal(ids[4], 100)
  }),
  check(30, 'a value for a column that is not there, or a missing one, is refused before anything is sent', async db => {
    const t = numbered('refused_rows')
    await create(db, t)
    await refuses(db, 'ValidationError', run(insert(t)({} as { name: string })))
    await refuses(db, 'ValidationError', run(insert(t)({ name: 'a', other: 1 } as { name: string })))
    await refuses(db, 'ValidationError', run(insert(t)({ name: 1 as unknown as string })))
    await refuses(db, 'ValidationError', run(insert(t)({ name: null as unknown as string })))
    const { path } = await refuses(db, 'ValidationError', run(insertMany(t)([{ name: 'a' }, { name: 2 as unknown as string }])))
    equal(path, ['refused_rows', '1', 'name'])
    equal(await ask(db, Q.count(Q.from(t))), 0)
  }),
]

/** What of an error is the same everywhere: not its message, not the driver's cause. */
const facts = (e: DbError): unknown => {
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

const violations: readonly Clause[] = [
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
  check(31, 'a text that is too long for its column is ValueTooLong, also when the engine computed it', async db => {
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
  check(31, 'foreign keys cascade, set null and refer to their own table as they are declared', async db => {
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

const stock = (name: string) =>
  table(
    name,
    { id: C.generated(C.int), sku: pipe(C.text, C.unique), barcode: pipe(C.nullable(C.text), C.unique), n: C.int },
    { uniques: [['sku', 'n']] },
  )

const upserts: readonly Clause[] = [
  check(32, 'upsert inserts, or updates the named columns of the row with the same target key', async db => {
    const t = stock('stock_kept')
    await create(db, t)
    const put = upsert(t)({ target: ['sku'], update: ['n'] })
    equal(await ask(db, run(put({ sku: 'a', n: 1, barcode: 'first' }))), 1)
    equal(await ask(db, run(put({ sku: 'a', n: 2, barcode: 'second' }))), 1)
    equal(await ask(db, run(put({ sku: 'b', n: 3 }))), 1)
    const row = await ask(
      db,
      run(
        pipe(
          put({ sku: 'a', n: 5 }),
          returning(r => ({ sku: r.sku, n: r.n, barcode: r.barcode })),
        ),
      ),
    )
    equal(row, { sku: 'a', n: 5, barcode: 'first' })
    const rows = await ask(
      db,
      Q.all(
        pipe(
          Q.from(t),
          Q.map(r => ({ sku: r.sku, n: r.n, barcode: r.barcode })),
        ),
      ),
    )
    equalBags(rows, [
      { sku: 'a', n: 5, barcode: 'first' },
      { sku: 'b', n: 3, barcode: null },
    ])
  }),
  check(32, 'a conflict with another key than the target is UniqueViolation', async db => {
    const t = stock('stock_other')
    await create(db, t)
    await ask(
      db,
      run(
        insertMany(t)([
          { sku: 'a', n: 1, barcode: 'x' },
          { sku: 'b', n: 1, barcode: 'y' },
        ]),
      ),
    )
    const put = upsert(t)({ target: ['sku'], update: ['n', 'barcode'] })
    const expected = { _tag: 'UniqueViolation', table: 'stock_other', constraint: 'stock_other_barcode_key', columns: ['barcode'] }
    equal(facts(await fails(db, 'UniqueViolation', run(put({ sku: 'c', n: 1, barcode: 'x' })))), expected)
    equal(facts(await fails(db, 'UniqueViolation', run(put({ sku: 'a', n: 1, barcode: 'y' })))), expected)
    equal(await ask(db, run(put({ sku: 'a', n: 1, barcode: 'z' }))), 1)
    equal(await ask(db, Q.count(Q.from(t))), 2)
  }),
  check(32, 'a target that is no unique key is refused before anything is sent', async db => {
    const t = stock('stock_refused')
    await create(db, t)
    await refuses(db, 'ValidationError', run(upsert(t)({ target: ['n'], update: ['sku'] })({ sku: 'a', n: 1 })))
    await refuses(db, 'ValidationError', run(upsert(t)({ target: [], update: ['sku'] })({ sku: 'a', n: 1 })))
    await refuses(db, 'ValidationError', run(upsert(t)({ target: ['sku'], update: [] })({ sku: 'a', n: 1 })))
    await refuses(db, 'ValidationError', run(upsert(t)({ target: ['sku'], update: ['barcode'] })({ sku: 'a', n: 1 })))
    equal(await ask(db, Q.count(Q.from(t))), 0)
  }),
  check(32, 'a target of several columns conflicts where all of them are equal', async db => {
    const t = table('stock_places', { shop: C.int, item: C.text, n: C.int }, { primaryKey: ['shop', 'item'] })
    await create(db, t)
    const put = upsert(t)({ target: ['item', 'shop'], update: ['n'] })
    for (const [shop, item, n] of [
      [1, 'a', 1],
      [1, 'A', 2],
      [2, 'a', 3],
      [1, 'a', 4],
      [1, 'a ', 5],
    ] as const)
      await ask(db, run(put({ shop, item, n })))
    equalBags(await ask(db, Q.all(Q.from(t))), [
      { shop: 1, item: 'a', n: 4 },
      { shop: 1, item: 'A', n: 2 },
      { shop: 2, item: 'a', n: 3 },
      { shop: 1, item: 'a ', n: 5 },
    ])
  }),
  later(32, 'the answer says whether the row was inserted or updated, where it is asked to', 'upsert has no such option yet'),
]

export const writes: readonly Clause[] = [...inserts, ...violations, ...upserts]
