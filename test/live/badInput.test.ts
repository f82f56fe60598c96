/**
 * Everything an untyped or careless caller may pass: the result is a typed error, and nothing else.
 *
 * No builder throws, no program throws or rejects, and no command is half applied: the rows of the table are compared before and after.
 * After each test a query checks that the engine still works. Values that no engine can store are in badValues.test.ts, violated
 * constraints in errors.test.ts.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import * as A from '../../lib/Agg.js'
import { anyJson, bigint, boolean, enumOf, int, nullable, text, timestamp, unique, varchar } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { DbError } from '../../lib/DbError.js'
import * as X from '../../lib/Expr.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { type Engine, engines, SECRET, using } from './eachEngine.js'

const things = table(
  'thing',
  {
    id: int,
    label: nullable(text),
    code: pipe(varchar(40), unique),
    size: nullable(bigint),
    done: boolean,
    kind: enumOf('big', 'small'),
    doc: nullable(anyJson),
    seen: nullable(timestamp),
  },
  { primaryKey: ['id'] },
)
const row = (id: number) => ({ id, code: `c${id}`, done: false, kind: 'big' }) as const
const all = Q.from(things)
type Scope = Q.Query<any, any>

/** A program that is built lazily, so that a builder that throws is a failure with a name. */
type Bad = readonly [string, () => Program.Program<Program.Db, unknown, unknown>]
const where = (f: (x: any) => unknown): Program.Program<Program.Db, DbError, unknown> => Q.all(pipe(all as Scope, Q.where(f as never)))
const map = (f: (x: any) => unknown): Program.Program<Program.Db, DbError, unknown> => Q.all(pipe(all as Scope, Q.map(f as never)))
const aggregate = (f: (x: any) => unknown): Program.Program<Program.Db, DbError, unknown> =>
  Q.all(pipe(all as Scope, Q.aggregate(f as never)))
const order = (f: (x: any) => unknown): Program.Program<Program.Db, DbError, unknown> => Q.all(pipe(all as Scope, Q.orderBy(f as never)))
const no = (x: unknown): never => x as never

const comparisons: readonly Bad[] = [
  ...(
    [
      ['eq', X.eq],
      ['ne', X.ne],
      ['lt', X.lt],
      ['lte', X.lte],
      ['gt', X.gt],
      ['gte', X.gte],
      ['isNotDistinctFrom', X.isNotDistinctFrom],
    ] as const
  ).flatMap(([name, f]): Bad[] => [
    [`${name} with null`, () => where(x => f(x.label, no(null)))],
    [`${name} with undefined`, () => where(x => f(x.label, no(undefined)))],
  ]),
  ['between null and a value', () => where(x => X.between(x.id, no(null), 3))],
  ['between a value and null', () => where(x => X.between(x.id, 3, no(null)))],
  ['inList with null', () => where(x => X.inList(x.id, [1, no(null)]))],
  ['notIn with null', () => where(x => X.notIn(x.id, [no(null)]))],
  ['plus null', () => map(x => ({ n: X.plus(x.id, no(null)) }))],
  ['times undefined', () => map(x => ({ n: X.times(x.id, no(undefined)) }))],
  ['quot null', () => map(x => ({ n: X.quot(x.id, no(null)) }))],
  ['coalesce with null', () => map(x => ({ n: X.coalesce(x.label, no(null)) }))],
  ['nullIf null', () => map(x => ({ n: X.nullIf(x.label, no(null)) }))],
  ['contains null', () => where(x => X.contains(x.label, no(null)))],
  ['like undefined', () => where(x => X.like(x.label, no(undefined)))],
  ['a text for a number', () => where(x => X.eq(x.id, no(SECRET)))],
  ['a number for a text', () => where(x => X.eq(x.label, no(1)))],
  ['a number for a bigint', () => where(x => X.eq(x.size, no(1)))],
  ['a text for a boolean', () => where(x => X.eq(x.done, no('true')))],
  ['a text for an instant', () => where(x => X.eq(x.seen, no('2020-01-01')))],
  ['an object for a text', () => where(x => X.eq(x.label, no({ toString: () => SECRET })))],
  ['a list for a text', () => where(x => X.eq(x.label, no([SECRET])))],
  ['an unknown value of an enum', () => where(x => X.eq(x.kind, no('adnim')))],
  ['null by lit', () => map(() => ({ n: X.lit(no(null)) }))],
  ['a refused value deep inside', () => where(x => X.not(X.or(X.eq(x.id, 1), X.and(X.eq(X.plus(x.id, no(null)), 2), X.lit(true)))))],
  ['a refused value in a case', () => map(x => ({ n: X.caseWhen([[X.eq(x.id, no(null)), x.id]], x.id) }))],
  [
    'a refused value in a sub-query',
    () =>
      where(x =>
        X.exists(
          pipe(
            all,
            Q.where(y => X.and(X.eq(x.id, y.id), X.eq(y.code, no(null)))),
          ),
        ),
      ),
  ],
  ['a refused value in a filter of an aggregate', () => aggregate(x => ({ n: pipe(A.countAll, A.filter(X.eq(x.id, no(null)))) }))],
  ['a refused value in an aggregate', () => aggregate(x => ({ n: A.sum(X.plus(x.id, no(null))) }))],
  ['a refused value in an order', () => order(x => [X.asc(X.plus(x.id, no(null)))])],
  [
    'a refused value in the order of an aggregate',
    () => aggregate(x => ({ n: A.stringAgg(x.code, ',', { orderBy: [X.asc(X.plus(x.id, no(null)))] }) })),
  ],
]

const shapes: readonly Bad[] = [
  ['a plain number in map', () => map(x => ({ id: x.id, one: 1 }))],
  ['a plain text in map', () => map(() => ({ s: SECRET }))],
  ['null in map', () => map(() => ({ n: null }))],
  ['undefined in map', () => map(() => ({ n: undefined }))],
  ['undefined for a row', () => map(() => undefined)],
  ['null for a row', () => map(() => null)],
  ['a number for a row', () => map(() => 1)],
  ['a list for a row', () => map(x => [x.id])],
  ['a list in a row', () => map(x => ({ list: [x.id] }))],
  ['a function in a row', () => map(x => ({ f: () => x.id }))],
  ['a Date in a row', () => map(() => ({ at: new Date(0) }))],
  ['bytes in a row', () => map(() => ({ b: new Uint8Array(2) }))],
  ['a table in a row', () => map(() => ({ t: things }))],
  ['a promise for a row', () => map(async x => ({ id: x.id }))],
  ['an unknown column in a row', () => map(x => ({ n: x.nope }))],
  ['a query in a row without many', () => map(() => ({ q: all }))],
  ['a query for a row', () => map(() => all)],
  ['an aggregate in a row', () => map(() => ({ n: A.countAll }))],
  ['an order in a row', () => map(x => ({ o: X.asc(x.id) }))],
  ['a command in a row', () => map(() => ({ c: C.delete(things)(C.everywhere) }))],
  ['a plain value in of', () => Q.all(Q.of(no({ one: 1 })))],
  ['null in of', () => Q.all(Q.of(no(null)))],
  [
    'a plain value in let',
    () =>
      Q.all(
        pipe(
          all,
          Q.let('n', () => no(1)),
        ),
      ),
  ],
  [
    'let on a row that is one value',
    () =>
      Q.all(
        pipe(
          all as Scope,
          Q.map((x: any) => x.id as X.Expr<number>),
          Q.let('n', () => X.lit(1)),
        ),
      ),
  ],
  [
    'bind on a row that is one value',
    () =>
      Q.all(
        pipe(
          all as Scope,
          Q.map((x: any) => x.id as X.Expr<number>),
          Q.bind('n', () => all),
        ),
      ),
  ],
  ['true for a predicate', () => where(() => true)],
  ['undefined for a predicate', () => where(() => undefined)],
  ['a text for a predicate', () => where(() => '1 = 1')],
  ['a number column for a predicate', () => where(x => x.id)],
  ['a text column for a predicate', () => where(x => X.and(X.eq(x.id, 1), x.label))],
  ['an unknown column for a predicate', () => where(x => x.nope)],
  ['a query for a predicate', () => where(() => all)],
  ['a promise for a predicate', () => where(async x => X.eq(x.id, 1))],
  ['an aggregate for a predicate', () => where(() => A.countAll)],
  ['an expression in aggregate', () => aggregate(x => ({ id: x.id }))],
  ['a plain value in aggregate', () => aggregate(() => ({ n: 1 }))],
  ['undefined for an aggregate', () => aggregate(() => undefined)],
  ['undefined in an aggregate', () => aggregate(() => ({ n: undefined }))],
  ['a query in aggregate', () => aggregate(() => ({ n: all }))],
  ['an expression for orders', () => order(x => x.id)],
  ['expressions for orders', () => order(x => [x.id])],
  ['undefined for orders', () => order(() => undefined)],
  ['an order of undefined', () => order(x => [X.asc(x.nope)])],
  [
    'not a query in flatMap',
    () =>
      Q.all(
        pipe(
          all as Scope,
          Q.flatMap((x: any) => x.id),
        ),
      ),
  ],
  [
    'undefined in bind',
    () =>
      Q.all(
        pipe(
          all,
          Q.bind('b', () => no(undefined)),
        ),
      ),
  ],
  [
    'a table in bind',
    () =>
      Q.all(
        pipe(
          all,
          Q.bind('b', () => no(things)),
        ),
      ),
  ],
  [
    'undefined in bindLeft',
    () =>
      Q.all(
        pipe(
          all,
          Q.bindLeft('b', () => no(undefined)),
        ),
      ),
  ],
  ['not a query in many', () => map(() => ({ m: Q.many(no(things)) }))],
  ['not a query in exists', () => where(() => X.exists(no(undefined)))],
  [
    'a query of two columns in scalar',
    () =>
      map(() => ({
        s: X.scalar(
          no(
            pipe(
              all,
              Q.map(x => ({ a: x.id, b: x.id })),
            ),
          ),
        ),
      })),
  ],
  ['a query of two columns in inQuery', () => where(x => X.inQuery(x.id, no(all)))],
  ['not a query in scalar', () => map(() => ({ s: X.scalar(no(undefined)) }))],
  [
    'nested in distinct',
    () =>
      Q.all(
        pipe(
          all,
          Q.map(x => ({ id: x.id, m: Q.many(all) })),
          Q.distinct,
        ),
      ),
  ],
  [
    'json in distinct',
    () =>
      Q.all(
        pipe(
          all,
          Q.map(x => ({ doc: x.doc })),
          Q.distinct,
        ),
      ),
  ],
  [
    'nested in union',
    () => {
      const q = pipe(
        all,
        Q.map(() => ({ m: Q.many(all) })),
      )
      return Q.all(pipe(q, Q.union(q)))
    },
  ],
]

const id = pipe(
  all,
  Q.map(x => ({ id: x.id })),
)
const sets = (
  [
    ['unionAll', Q.unionAll],
    ['union', Q.union],
    ['intersect', Q.intersect],
    ['except', Q.except],
  ] as const
).flatMap(([name, f]): (readonly [string, () => Program.Program<Program.Db, unknown, unknown>, RegExp])[] => [
  [
    `${name} of other fields`,
    () =>
      Q.all(
        pipe(
          id,
          f(
            no(
              pipe(
                all,
                Q.map(x => ({ code: x.code })),
              ),
            ),
          ),
        ),
      ),
    /same fields: id against code/,
  ],
  [
    `${name} of more fields`,
    () =>
      Q.all(
        pipe(
          id,
          f(
            no(
              pipe(
                all,
                Q.map(x => ({ id: x.id, code: x.code })),
              ),
            ),
          ),
        ),
      ),
    /same fields: id against id, code/,
  ],
  [
    `${name} of fewer fields`,
    () =>
      Q.all(
        pipe(
          all,
          Q.map(x => ({ id: x.id, code: x.code })),
          f(no(id)),
        ),
      ),
    /same fields: id, code against id/,
  ],
  [
    `${name} of other types`,
    () =>
      Q.all(
        pipe(
          id,
          f(
            no(
              pipe(
                all,
                Q.map(x => ({ id: x.code })),
              ),
            ),
          ),
        ),
      ),
    /same types: int against varchar\(40\)/,
  ],
  [
    `${name} of wider integers`,
    () =>
      Q.all(
        pipe(
          id,
          f(
            no(
              pipe(
                all,
                Q.map(x => ({ id: x.size })),
              ),
            ),
          ),
        ),
      ),
    /same types: int against bigint/,
  ],
  [
    `${name} of a field against a value`,
    () =>
      Q.all(
        pipe(
          id,
          f(
            no(
              pipe(
                all,
                Q.map(x => x.id),
              ),
            ),
          ),
        ),
      ),
    /same fields: id against \(value\)/,
  ],
])

const writes: readonly (readonly [string, () => Program.Program<Program.Db, unknown, unknown>, RegExp])[] = [
  ['insertMany of nothing', () => C.run(C.insertMany(things)([])), /at least one row/],
  [
    'insertMany of nothing, with returning',
    () =>
      C.run(
        pipe(
          C.insertMany(things)([]),
          C.returning(x => ({ id: x.id })),
        ),
      ),
    /at least one row/,
  ],
  ['a missing value', () => C.run(C.insert(things)(no({ id: 5, code: 'x', done: true }))), /thing\.kind: a value is required/],
  ['an undefined value', () => C.run(C.insert(things)(no({ ...row(5), kind: undefined }))), /thing\.kind: a value is required/],
  ['a null value', () => C.run(C.insert(things)(no({ ...row(5), kind: null }))), /thing\.kind: null for/],
  ['a missing value in the second row', () => C.run(C.insertMany(things)([row(5), no({ id: 6 })])), /thing\.1\.code: a value is required/],
  [
    'an unknown column',
    () => C.run(C.insert(things)(no({ ...row(5), nope: 1 }))),
    /thing\.nope: there is no such column; the columns are id, label/,
  ],
  ['an SQL name for a field', () => C.run(C.insert(things)(no({ ...row(5), 'id"); --': 1 }))), /there is no such column/],
  ...['constructor', 'toString', 'hasOwnProperty', 'valueOf', '__proto__'].map((name): (typeof writes)[number] => [
    `a column named ${name}`,
    () => C.run(C.insert(things)(no(JSON.parse(`{"id":5,"code":"x","done":true,"kind":"big","${name}":1}`)))),
    /no such column/,
  ]),
  ['a value of another type', () => C.run(C.insert(things)(no({ ...row(5), code: 5 }))), /thing\.code: expected varchar\(40\), got number/],
  ['an expression of another type', () => C.run(C.insert(things)(no({ ...row(5), code: X.lit(5) }))), /thing\.code: .*does not fit/],
  [
    'an object for a text',
    () => C.run(C.insert(things)(no({ ...row(5), code: { toString: () => SECRET } }))),
    /thing\.code: expected varchar\(40\), got an object/,
  ],
  ['a query for a value', () => C.run(C.insert(things)(no({ ...row(5), code: all }))), /thing\.code/],
  ['an unknown value of an enum', () => C.run(C.insert(things)(no({ ...row(5), kind: SECRET }))), /thing\.kind: not one of big, small/],
  ['null for a row', () => C.run(C.insert(things)(no(null))), /thing/],
  ['undefined for a row', () => C.run(C.insert(things)(no(undefined))), /thing/],
  ['a text for a row', () => C.run(C.insert(things)(no('abc'))), /thing/],
  ['a list for a row', () => C.run(C.insert(things)(no([1, 2]))), /thing/],
  ['null for rows', () => C.run(C.insertMany(things)(no(null))), /thing/],
  ['a row for rows', () => C.run(C.insertMany(things)(no(row(5)))), /thing/],
  ['null among rows', () => C.run(C.insertMany(things)([row(5), no(null)])), /thing\.1/],
  ['an update of nothing', () => C.run(C.update(things)({}, C.everywhere)), /at least one column/],
  ['an update of undefined columns', () => C.run(C.update(things)(no({ label: undefined }), C.everywhere)), /undefined is not a value/],
  [
    'undefined beside another column',
    () => C.run(C.update(things)(no({ code: 'k', label: undefined }), C.everywhere)),
    /thing\.label: undefined is not a value/,
  ],
  [
    'a column that is not there, beside another',
    () => C.run(C.update(things)((t: any) => no({ code: 'k', label: t.nope }), C.everywhere)),
    /thing\.label: undefined is not a value/,
  ],
  [
    'undefined in an update by keys',
    () => C.run(C.updateMany(things)(['id'])([no({ id: 1, code: 'k', label: undefined })])),
    /label: undefined is not a value/,
  ],
  [
    'undefined in what an upsert sets',
    () => C.run(C.upsert(things)({ target: ['id'], update: () => no({ code: 'k', label: undefined }) })(no(row(1)))),
    /label: undefined is not a value/,
  ],
  ['where of nothing', () => Q.all(Q.where(no(undefined))(Q.from(things))), /where: takes a function of the row, got undefined/],
  ['an order of nothing', () => Q.all(Q.orderBy(no(undefined))(Q.from(things))), /orderBy: takes a function of the row, got undefined/],
  ['a given value that is undefined', () => Q.all(Q.values({ n: nullable(int) })([no({ n: undefined })])), /undefined is not a value/],
  ['a computed update of nothing', () => C.run(C.update(things)(() => ({}), C.everywhere)), /at least one column/],
  ['an update by null', () => C.run(C.update(things)(no(null), C.everywhere)), /thing/],
  ['an update by undefined', () => C.run(C.update(things)(() => no(undefined), C.everywhere)), /thing/],
  ['an update of an unknown column', () => C.run(C.update(things)(no({ nope: 1 }), C.everywhere)), /thing\.nope: there is no such column/],
  [
    'a computed update of an unknown column',
    () => C.run(C.update(things)(() => no({ nope: 1 }), C.everywhere)),
    /thing\.nope: there is no such column/,
  ],
  [
    'an update to an expression of another type',
    () => C.run(C.update(things)(x => no({ code: x.id }), C.everywhere)),
    /thing\.code: .*int does not fit varchar/,
  ],
  ['an update without a condition', () => C.run(C.update(things)({ done: true }, no(undefined))), /everywhere/],
  ['an update with null for a condition', () => C.run(C.update(things)({ done: true }, no(null))), /everywhere/],
  ['an update with true for a condition', () => C.run(C.update(things)({ done: true }, no(true))), /everywhere/],
  ['an update with an object for a condition', () => C.run(C.update(things)({ done: true }, no({ id: 1 }))), /everywhere/],
  ['a delete without a condition', () => C.run(C.delete(things)(no(undefined))), /everywhere/],
  ['a delete with null for a condition', () => C.run(C.delete(things)(no(null))), /everywhere/],
  ['a delete with false for a condition', () => C.run(C.delete(things)(no(false))), /everywhere/],
  ['a delete with an expression for a condition', () => C.run(C.delete(things)(no(X.lit(true)))), /everywhere/],
  [
    'an upsert on no key',
    () => C.run(C.upsert(things)({ target: ['done'], update: ['label'] })({ ...row(1), label: 'x' })),
    /\(done\) is not a unique key/,
  ],
  ['an upsert of nothing', () => C.run(C.upsert(things)({ target: ['id'], update: [] })(row(1))), /at least one column/],
  ['an upsert on unknown columns', () => C.run(C.upsert(things)(no({ target: ['id'], update: ['nope'] }))(row(1))), /nope/],
  [
    "an upsert without the target's value",
    () => C.run(C.upsert(things)({ target: ['id'], update: ['label'] })(no({ ...row(1), id: undefined, label: 'x' }))),
    /needs a value for id/,
  ],
  ['an update of rows by no key', () => C.run(C.updateMany(things)(['done'])([no({ done: true, label: 'x' })])), /\(done\) is not/],
  ['an update of rows by nothing', () => C.run(C.updateMany(things)(no(undefined))([])), /unique key/],
  ['an update of no rows', () => C.run(C.updateMany(things)(['id'])([])), /at least one row/],
  ['an update of no list of rows', () => C.run(C.updateMany(things)(['id'])(no({}))), /list of rows/],
  ['an update of null among rows', () => C.run(C.updateMany(things)(['id'])([{ id: 1, done: true }, no(null)])), /thing\.1/],
  ['an update of rows without the key', () => C.run(C.updateMany(things)(['id'])([no({ done: true })])), /needs a value for id/],
  ['an update of rows to nothing', () => C.run(C.updateMany(things)(['id'])([{ id: 1 }])), /at least one column/],
  [
    'an update of rows to different columns',
    () =>
      C.run(
        C.updateMany(things)(['id'])([
          { id: 1, done: true },
          { id: 2, label: 'x' },
        ]),
      ),
    /thing\.1: sets other columns/,
  ],
  [
    'an update of the same row twice',
    () =>
      C.run(
        C.updateMany(things)(['id'])([
          { id: 1, done: true },
          { id: 1, done: false },
        ]),
      ),
    /rows 0 and 1 have the same id/,
  ],
  ['an update of rows to nonsense', () => C.run(C.updateMany(things)(['id'])([{ id: 1, done: no('x') }])), /thing\.0\.done/],
  [
    'an update from nothing',
    () =>
      C.run(
        C.updateFrom(things)(
          no(null),
          () => X.lit(true),
          () => ({ done: true }),
        ),
      ),
    /query/,
  ],
  [
    'an update from a query by nothing',
    () => C.run(C.updateFrom(things)(Q.from(things), no(null), () => ({ done: true }))),
    /two functions/,
  ],
  [
    'an update from a query to nothing',
    () =>
      C.run(
        C.updateFrom(things)(
          Q.from(things),
          () => X.lit(true),
          () => ({}),
        ),
      ),
    /at least one column/,
  ],
  [
    'an update from a query by a number',
    () =>
      C.run(
        C.updateFrom(things)(
          Q.from(things),
          no(() => 1),
          () => ({ done: true }),
        ),
      ),
    /condition/,
  ],
  ['a delete using nothing', () => C.run(C.deleteUsing(things)(no(null), () => X.lit(true))), /query/],
  ['a delete using a query by nothing', () => C.run(C.deleteUsing(things)(Q.from(things), no(undefined))), /condition/],
  ['an upsert told nothing', () => C.run(C.upsert(things)(no(undefined))(row(1))), /expects { target, update }/],
  ['an upsert without an update', () => C.run(C.upsert(things)(no({ target: ['id'] }))(row(1))), /a list of columns, a function/],
  ['an upsert of another word', () => C.run(C.upsert(things)(no({ target: ['id'], update: 'everything' }))(row(1))), /'nothing'/],
  [
    'an upsert by a function of nothing',
    () => C.run(C.upsert(things)(no({ target: ['id'], update: () => ({}) }))(row(1))),
    /at least one column/,
  ],
  [
    'an upsert by a function of no record',
    () => C.run(C.upsert(things)(no({ target: ['id'], update: () => 1 }))(row(1))),
    /record of values/,
  ],
  ['an upsert that sets its key', () => C.run(C.upsert(things)({ target: ['id'], update: () => ({ id: 2 }) })(row(1))), /can.t set id/],
  [
    'an upsert of unknown columns by a function',
    () => C.run(C.upsert(things)(no({ target: ['id'], update: () => ({ nope: 1 }) }))(row(1))),
    /thing\.nope: there is no such column/,
  ],
  [
    'an upsert under a condition that is none',
    () => C.run(C.upsert(things)(no({ target: ['id'], update: ['label'], where: () => 1 }))({ ...row(1), label: 'x' })),
    /condition of an upsert/,
  ],
  [
    'an upsert under what is no function',
    () => C.run(C.upsert(things)(no({ target: ['id'], update: ['label'], where: true }))({ ...row(1), label: 'x' })),
    /function of the old and the offered/,
  ],
  ['an upsert of no rows', () => C.run(C.upsertMany(things)({ target: ['id'], update: 'nothing' })([])), /at least one row/],
  ['an upsert of no list', () => C.run(C.upsertMany(things)({ target: ['id'], update: 'nothing' })(no({}))), /list of rows/],
  [
    'an upsert of the same row twice',
    () => C.run(C.upsertMany(things)({ target: ['id'], update: 'nothing' })([row(1), row(2), row(1)])),
    /rows 0 and 2 have the same id/,
  ],
  ['the outcome of an insert', () => C.run(C.outcome(C.insert(things)(row(1)))), /only an upsert/],
  ['an upsert of null', () => C.run(C.upsert(things)({ target: ['id'], update: ['label'] })(no(null))), /thing/],
  [
    'insertFrom of unknown fields',
    () =>
      C.run(
        C.insertFrom(things)(
          no(
            pipe(
              all,
              Q.map(x => ({ nope: x.id })),
            ),
          ),
        ),
      ),
    /thing\.nope/,
  ],
  [
    'insertFrom of other types',
    () =>
      C.run(
        C.insertFrom(things)(
          no(
            pipe(
              all,
              Q.map(x => ({ ...x, id: x.code })),
            ),
          ),
        ),
      ),
    /thing\.id: .*does not fit/,
  ],
  [
    'insertFrom without a required field',
    () =>
      C.run(
        C.insertFrom(things)(
          no(
            pipe(
              all,
              Q.map(x => ({ id: X.plus(x.id, 100) })),
            ),
          ),
        ),
      ),
    /thing\.code: a value is required/,
  ],
  [
    'insertFrom of a value',
    () =>
      C.run(
        C.insertFrom(things)(
          no(
            pipe(
              all,
              Q.map(x => x.id),
            ),
          ),
        ),
      ),
    /thing/,
  ],
  ['insertFrom of nothing', () => C.run(C.insertFrom(things)(no(undefined))), /query/],
  [
    'returning a plain value',
    () =>
      C.run(
        pipe(
          C.delete(things)(C.everywhere),
          C.returning(() => no({ one: 1 })),
        ),
      ),
    /wrap a plain value in lit/,
  ],
  [
    'returning undefined',
    () =>
      C.run(
        pipe(
          C.delete(things)(C.everywhere),
          C.returning(() => no(undefined)),
        ),
      ),
    /wrap a plain value in lit/,
  ],
]

const untyped = (engine: Engine): void => {
  const test = suite(`untyped callers on ${engine.name}`)
  const s = using(engine, test)
  test.before(async () => {
    await s.create(things)
    await s.right(C.run(C.insertMany(things)([row(1), row(2), { ...row(3), label: 'x', size: 3n }])))
  })
  const built = ([name, program]: readonly [string, () => Program.Program<Program.Db, unknown, unknown>, ...unknown[]]) => {
    try {
      return program()
    } catch (e) {
      throw new Error(`${name}: the builder threw`, { cause: e })
    }
  }

  for (const bad of comparisons) {
    test(bad[0], async () => {
      const e = await s.left('ValidationError', built(bad))
      assert.ok(e.reason.length > 10, e.reason)
    })
  }
  for (const bad of shapes) {
    test(bad[0], async () => {
      const e = await s.left('ValidationError', built(bad))
      assert.ok(e.reason.length > 10, e.reason)
    })
  }
  for (const bad of sets) {
    test(bad[0], async () => {
      const e = await s.left('ValidationError', built(bad))
      assert.match(e.message, bad[2])
    })
  }
  for (const bad of writes) {
    test(bad[0], async () => {
      const e = await s.unchanged([things], 'ValidationError', built(bad))
      assert.match(e.message, bad[2])
    })
  }
  test('the same in a transaction and in attempt: nothing is left of it', async () => {
    for (const bad of writes) {
      await s.unchanged([things], 'ValidationError', Program.transaction()(built(bad)))
      const attempted = await s.right(Program.transaction()(Program.attempt(built(bad))))
      assert.ok(E.isLeft(attempted), bad[0])
    }
  })
  test.run()
}

for (const engine of engines) untyped(engine)
