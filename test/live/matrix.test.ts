/**
 * Every function over every type: the same rows on every engine, or the same refusal before anything is sent.
 *
 * The functions are those of `functions` and the aggregates those of `aggregates`, whose records are complete by their types, with the
 * casts, choices, comparisons, windows and steps of queries that depend on types. Each is built over a column of every type, a function
 * of two arguments over every pair of types, an aggregate in every position it can have. A refusal is a `ValidationError` that names the
 * type and an alternative; everything else has the rows of the model.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import * as Agg from '../../lib/Agg.js'
import {
  anyJson,
  arrayOf,
  bigint,
  boolean,
  bytes,
  char,
  date,
  enumOf,
  float,
  int,
  nullable,
  numeric,
  smallint,
  text,
  time,
  timestamp,
  timestampMicros,
  uuid,
  varchar,
} from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { AGGREGATES } from '../../lib/core/expr/aggregates.js'
import { type AggFn, type AnyColumn, type AnyExpr, type ArrayAggFn, type ScalarFn, symbol } from '../../lib/core/syntax/Syntax.js'
import type { Types } from '../../lib/core/value/typeSets.js'
import { type DbError, show } from '../../lib/DbError.js'
import * as Expr from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import { memory } from '../../lib/run/memory.js'
import { schema } from '../../lib/Schema.js'
import { createAll } from '../../lib/schema/createAll.js'
import { table } from '../../lib/Table.js'
import * as Window from '../../lib/Window.js'
import { note, suite } from '../suite.js'
import { engines, type Session, using } from './eachEngine.js'

/** A column of every type, with values of it; the last row is null in each. */
const TYPES: { readonly [name: string]: readonly [AnyColumn, readonly unknown[]] } = {
  smallint: [smallint, [3, -2, 0]],
  int: [int, [7, -1, 3]],
  bigint: [bigint, [9_007_199_254_740_993n, -5n, 3n]],
  float: [float, [1.5, -0.25, 3]],
  numeric: [numeric(8, 2), ['1.50', '-2.25', '3.00']],
  long: [numeric(30, 10), ['1.5000000000', '-2.2500000000', '12345678901234567890.0000000001']],
  text: [text, ['1.5', 'aé', '']],
  varchar: [varchar(20), ['2020-02-29', 'B', '3']],
  char: [char(1), ['a', 'b', '3']],
  enum: [enumOf('3', 'a', 'b'), ['a', 'b', '3']],
  uuid: [uuid, ['00000000-0000-4000-8000-000000000001', 'ffffffff-ffff-4fff-bfff-ffffffffffff', '00000000-0000-4000-8000-000000000003']],
  boolean: [boolean, [true, false, true]],
  bytes: [bytes, [new Uint8Array([1, 255]), new Uint8Array([]), new Uint8Array([51])]],
  date: [date, ['2020-02-29', '1969-12-31', '2020-03-01']],
  time: [time, ['00:00:00.000', '23:59:59.999', '12:30:00.000']],
  timestamp: [
    timestamp,
    [new Date('2020-02-29T23:30:00.123Z'), new Date('1969-12-31T00:00:00.000Z'), new Date('2020-03-01T00:00:00.000Z')],
  ],
  micros: [timestampMicros, ['2020-02-29T23:30:00.123456Z', '1969-12-31T00:00:00.000000Z', '2020-03-01T00:00:00.000000Z']],
  json: [anyJson, [{ a: 1, b: ['x'] }, [1, 'a'], 'a']],
  ints: [arrayOf(int), [[1, 2], [], [3]]],
  texts: [arrayOf(text), [['a', ''], [], ['3']]],
}
const names = Object.keys(TYPES)

const values = table(
  'matrix_value',
  { id: int, ...Object.fromEntries(names.map(name => [name, nullable((TYPES[name] as readonly [AnyColumn, unknown])[0])])) },
  { primaryKey: ['id'] },
)
const rows = [0, 1, 2, 3].map(i => ({
  id: i,
  ...Object.fromEntries(names.map(name => [name, (TYPES[name] as readonly [AnyColumn, readonly unknown[]])[1][i] ?? null])),
}))

type Build = (...args: readonly AnyExpr[]) => AnyExpr

const X = Expr as unknown as { readonly [name: string]: any }

/** How each function is called: over one argument, over two, or neither. */
const SCALARS: { readonly [fn in ScalarFn]: readonly [1 | 2, Build] | null } = {
  eq: [2, X['eq']],
  ne: [2, X['ne']],
  lt: [2, X['lt']],
  lte: [2, X['lte']],
  gt: [2, X['gt']],
  gte: [2, X['gte']],
  isNotDistinctFrom: [2, X['isNotDistinctFrom']],
  between: [2, (a, b) => X['between'](a, b, b)],
  and: [2, X['and']],
  or: [2, X['or']],
  not: [1, X['not']],
  isNull: [1, X['isNull']],
  plus: [2, X['plus']],
  minus: [2, X['minus']],
  times: [2, X['times']],
  quot: [2, X['quot']],
  rem: [2, X['rem']],
  div: [2, X['div']],
  neg: [1, X['neg']],
  concat: [2, X['concat']],
  lower: [1, X['lower']],
  upper: [1, X['upper']],
  length: [1, X['length']],
  substring: [1, e => X['substring'](e, 2, 1)],
  position: [2, X['position']],
  like: [1, e => X['like'](e, '%a%')],
  ilike: [1, e => X['ilike'](e, '%A%')],
  contains: [2, X['contains']],
  startsWith: [2, X['startsWith']],
  endsWith: [2, X['endsWith']],
  coalesce: [2, X['coalesce']],
  nullIf: [2, X['nullIf']],
  trim: [1, X['trim']],
  trimStart: [1, X['trimStart']],
  trimEnd: [1, X['trimEnd']],
  replace: [2, (a, b) => X['replace'](a, b, 'x')],
  left: [1, e => X['left'](e, 1)],
  right: [1, e => X['right'](e, 1)],
  reverse: [1, X['reverse']],
  padStart: [1, e => X['padStart'](e, 4, '-')],
  padEnd: [1, e => X['padEnd'](e, 4, '-')],
  repeat: [1, e => X['repeat'](e, 2)],
  abs: [1, X['abs']],
  sign: [1, X['sign']],
  floor: [1, X['floor']],
  ceil: [1, X['ceil']],
  round: [1, X['round']],
  power: [2, X['power']],
  sqrt: [1, X['sqrt']],
  atan2: [2, X['atan2']],
  greatest: [2, X['greatest']],
  least: [2, X['least']],
  datePart: [1, e => X['datePart'](e, e.type.sql.tag === 'time' ? 'hour' : 'dayOfYear')],
  dateTrunc: [1, e => X['dateTrunc'](e, 'week')],
  // test/live/timeZones.test.ts: some engines know the years from 1970 on only
  localTime: null,
  startInZone: null,
  formatDate: [1, e => X['formatDate'](e, e.type.sql.tag === 'time' ? "H 'h' m.SSS" : "d.M.yyyy '%' DDD e")],
  addMonths: [2, (a, b) => X['dateAdd'](a, { months: b })],
  addDays: [2, (a, b) => X['dateAdd'](a, { days: b })],
  addMilliseconds: [2, (a, b) => X['dateAdd'](a, { milliseconds: b })],
  daysBetween: [2, X['daysBetween']],
  now: null,
  random: null,
  randomUuid: null,
  jsonAt: [1, e => X['jsonAt'](float)(e, 'a')],
  jsonText: [1, X['jsonText']],
  jsonLength: [1, X['jsonLength']],
  jsonType: [1, X['jsonType']],
  jsonObject: [1, e => X['jsonObject']({ a: e })],
  jsonArray: [1, e => X['jsonArray']([e])],
  jsonContains: [1, e => X['jsonContains'](e, { b: ['x'] })],
  byteLength: [1, X['byteLength']],
  hex: [1, X['hex']],
  unhex: [1, X['unhex']],
  sha256: [1, X['sha256']],
  matches: [1, e => X['matches'](e, '[a-z]')],
  array: [2, (a, b) => X['array']([a, b])],
  arrayLength: [1, X['arrayLength']],
  arrayContains: [2, X['arrayContains']],
  split: [1, e => X['split'](e, '.')],
}

/** Expressions that are not calls of a function. */
const OTHERS: { readonly [name: string]: readonly [1 | 2, Build] } = {
  inList: [2, (a, b) => X['inList'](a, [b])],
  notIn: [2, (a, b) => X['notIn'](a, [b])],
  inQuery: [
    2,
    (a, b) => {
      const name = (b as { readonly column?: string }).column ?? ''
      return X['inQuery'](
        a,
        pipe(
          Q.from(values),
          Q.map((v: any) => v[name]),
        ),
      )
    },
  ],
  caseWhen: [2, (a, b) => X['caseWhen']([[X['isNull'](a), b]], a)],
  millisecondsBetween: [2, X['millisecondsBetween']],
  arrayJoin: [1, e => X['arrayJoin'](e, ',')],
  isNotNull: [1, X['isNotNull']],
}

type Aggregate = (e: AnyExpr, id: AnyExpr) => Agg.Agg<any>

/** How each aggregate is called; and how where it is of different values. */
const HOW: { readonly [fn in AggFn | ArrayAggFn]: readonly [Aggregate, Aggregate | null] } = {
  count: [e => Agg.count(e), e => Agg.countDistinct(e)],
  sum: [e => Agg.sum(e), null],
  avg: [e => Agg.avg(e), null],
  min: [e => Agg.min(e), null],
  max: [e => Agg.max(e), null],
  boolAnd: [e => Agg.boolAnd(e), null],
  boolOr: [e => Agg.boolOr(e), null],
  mode: [e => Agg.mode(e), null],
  percentileCont: [e => Agg.percentileCont(e, 0.3), null],
  arrayAgg: [(e, id) => Agg.arrayAgg(e, { orderBy: [Expr.desc(id)] }), null],
  stringAgg: [(e, id) => Agg.stringAgg(e, ',', { orderBy: [Expr.desc(id)] }), e => Agg.stringAgg(e, ',', { distinct: true })],
}

interface AggregateCell {
  readonly name: string
  readonly type: string
  readonly of: Aggregate
  readonly takes: Types
  readonly framed: boolean
}

const aggregates: readonly AggregateCell[] = names.flatMap(type =>
  Object.entries(HOW).flatMap(([fn, [of, ofDifferent]]): readonly AggregateCell[] => {
    const { takes, takesDistinct, framed } = AGGREGATES[fn as keyof typeof HOW]
    assert.is(takesDistinct === null, ofDifferent === null, `whether ${fn} is of different values`)
    const plain = { name: fn, type, of, takes, framed }
    return takesDistinct === null || ofDifferent === null
      ? [plain]
      : [plain, { name: `${fn} of different`, type, of: ofDifferent, takes: takesDistinct, framed: false }]
  }),
)

type Made = { readonly [name: string]: Agg.Agg<any> }
type ToQuery = (type: string, f: (v: any) => Made) => Q.Query<any, any>

const halves = (v: any): Agg.Agg<any> => Agg.key(Expr.rem(v.id as AnyExpr, 2))
const byHalf = (f: (v: any) => Made) => Q.aggregate((v: any) => ({ key: halves(v), ...f(v) }))
const inOrderOfKeys = Q.orderBy((r: any) => [Expr.asc(r.key as AnyExpr)])

/** The positions of aggregates. */
const WAYS: { readonly [way: string]: ToQuery } = {
  'of all rows': (_, f) => pipe(Q.from(values), Q.aggregate(f)),
  'of no rows': (_, f) =>
    pipe(
      Q.from(values),
      Q.where(v => Expr.lt(v.id as AnyExpr, 0)),
      Q.aggregate(f),
    ),
  'of groups': (_, f) => pipe(Q.from(values), byHalf(f), inOrderOfKeys),
  'of groups without null': (type, f) => pipe(Q.from(values) as Q.Query<any, any>, Q.whereNotNull(type), byHalf(f), inOrderOfKeys),
  'of some rows': (_, f) =>
    pipe(
      Q.from(values),
      byHalf(v => Object.fromEntries(Object.entries(f(v)).map(([name, a]) => [name, Agg.filter(Expr.ne(v.id as AnyExpr, 0))(a)]))),
      inOrderOfKeys,
    ),
  'over a window': (_, f) =>
    pipe(
      Q.from(values),
      Q.window((v: any) => {
        const over = Window.over({ orderBy: [Expr.asc(v.id as AnyExpr)] })
        return Object.fromEntries(Object.entries(f(v)).map(([name, a]) => [name, over(a)]))
      }),
      Q.map((v: any) => ({
        id: v.id,
        ...Object.fromEntries(Object.keys(v).flatMap(name => (/^c\d+$/.test(name) ? [[name, v[name]]] : []))),
      })),
      Q.orderBy((v: any) => [Expr.asc(v.id as AnyExpr)]),
    ),
}

/** Queries that look at the type of a column. */
const QUERIES: { readonly [name: string]: (of: (v: any) => AnyExpr) => Q.Query<any, unknown> } = {
  orderBy: of =>
    pipe(
      Q.from(values),
      Q.orderBy(v => [Expr.asc(of(v)), Expr.asc(v.id as AnyExpr)]),
      Q.map(v => ({ id: v.id })),
    ),
  distinct: of =>
    pipe(
      Q.from(values),
      Q.map(v => ({ x: of(v) })),
      Q.distinct,
      Q.aggregate(() => ({ n: Agg.countAll })),
    ),
  distinctOn: of =>
    pipe(
      Q.from(values),
      Q.distinctOn(v => [of(v)]),
      Q.aggregate(() => ({ n: Agg.countAll })),
    ),
  groupBy: of =>
    pipe(
      Q.from(values),
      Q.aggregate(v => ({ x: Agg.key(of(v)), n: Agg.countAll })),
      Q.aggregate(s => ({ n: Agg.sum(s.n) })),
    ),
  rollup: of =>
    pipe(
      Q.from(values),
      Q.rollup(v => ({ by: { x: of(v) }, of: { n: Agg.countAll } })),
      Q.aggregate(s => ({ n: Agg.sum(s.n) })),
    ),
  union: of => {
    const side = pipe(
      Q.from(values),
      Q.map(v => ({ x: of(v) })),
    )
    return pipe(
      side,
      Q.union(side),
      Q.aggregate(() => ({ n: Agg.countAll })),
    )
  },
  partitionBy: of =>
    pipe(
      Q.from(values),
      Q.window(v => ({ n: Window.rank({ partitionBy: [of(v)], orderBy: [Expr.asc(v.id as AnyExpr)] }) })),
      Q.orderBy(v => [Expr.asc(v.id as AnyExpr)]),
      Q.map(s => ({ n: s.n })),
    ),
  lag: of =>
    pipe(
      Q.from(values),
      Q.window(v => ({ x: Window.lag(of(v), { orderBy: [Expr.asc(v.id as AnyExpr)] }) })),
      Q.orderBy(v => [Expr.asc(v.id as AnyExpr)]),
      Q.map(s => ({ x: s.x })),
    ),
  unnest: of =>
    pipe(
      Q.from(values),
      Q.bind('e', v => Q.unnest(of(v))),
      Q.aggregate(() => ({ n: Agg.countAll })),
    ),
}

interface Cell {
  readonly name: string
  readonly types: readonly string[]
  readonly of: (v: any) => AnyExpr
}

const typed = (v: any, column: string): AnyExpr => ({ ...v[column], column })

const cells: readonly Cell[] = [
  ...Object.entries({ ...SCALARS, ...OTHERS }).flatMap(([name, how]): readonly Cell[] => {
    if (how === null) return []
    const [arity, build] = how
    return arity === 1
      ? names.map(a => ({ name, types: [a], of: v => build(typed(v, a)) }))
      : names.flatMap(a => names.map(b => ({ name, types: [a, b], of: (v: any) => build(typed(v, a), typed(v, b)) })))
  }),
  ...names.flatMap(from =>
    names.map(
      (to): Cell => ({ name: 'cast', types: [from, to], of: v => X['cast']((TYPES[to] as readonly [AnyColumn, unknown])[0])(v[from]) }),
    ),
  ),
]

const typesOf = (cell: Cell): string => `${cell.name}(${cell.types.join(', ')})`

/** The columns of the table, of which only the types matter. */
const symbols = Object.fromEntries(Object.entries(values.types).map(([name, type]) => [name, symbol(type)]))
const made = cells.map(cell => ({ cell, expr: cell.of(symbols) }))
const accepted = made.filter(m => m.expr.node.tag !== 'invalid').map(m => m.cell)

/** Checks a refusal. */
const isFitRefusal = (error: DbError): boolean =>
  error._tag === 'ValidationError' && error.path.length > 0 && /got |there is no cast|has no |arrays of/.test(error.reason)

const test = suite('matrix: what is refused')

test('every refusal is a ValidationError that names the function, the type and a way out', () => {
  const bad = made.flatMap(({ cell, expr }) =>
    expr.node.tag === 'invalid' && !isFitRefusal(expr.node.error) ? [`${typesOf(cell)}: ${show(expr.node.error)}`] : [],
  )
  assert.is(bad.length, 0, bad.slice(0, 30).join('\n'))
  note(`${cells.length} cells of functions and types: ${accepted.length} have rows, ${cells.length - accepted.length} are refused`)
})
test('an aggregate is refused of exactly the types that its facts do not take', () => {
  const bad = aggregates.filter(({ of, type, takes }) => {
    const { node } = of(symbols[type] as AnyExpr, symbols['id'] as AnyExpr)
    const isRefused = node.tag === 'invalid'
    return isRefused === takes.has((TYPES[type] as readonly [AnyColumn, unknown])[0].type.sql) || (isRefused && !isFitRefusal(node.error))
  })
  assert.equal(bad, [])
  const ways = Object.keys(WAYS).length
  note(`${aggregates.length * ways} cells of aggregates and types, in ${ways} ways`)
})
test.run()

const asked = (some: readonly Cell[]): Q.Query<any, any> =>
  pipe(
    Q.from(values),
    Q.orderBy(v => [Expr.asc(v.id as AnyExpr)]),
    Q.map((v: any) => Object.fromEntries(some.map((cell, i) => [`c${i}`, cell.of(v)]))),
  )

const CHUNK = 40
const chunked = <A>(all: readonly A[]): readonly (readonly A[])[] =>
  Array.from({ length: Math.ceil(all.length / CHUNK) }, (_, i) => all.slice(i * CHUNK, (i + 1) * CHUNK))

/** Powers that no float is exactly may differ in their last digit. */
const rounded = (x: unknown): unknown => (typeof x === 'number' && !Number.isSafeInteger(x) ? Number(x.toPrecision(14)) : x)

/** SQLite computes with decimals of up to 18 digits. */
const isDeclared = (engine: string, e: DbError): boolean =>
  engine.startsWith('sqlite') && e._tag === 'Unsupported' && e.message.includes('numeric(30,10)')

const rowsOf = (answer: E.Either<DbError, readonly unknown[]>): string =>
  E.isRight(answer)
    ? JSON.stringify(answer.right, (_, x) =>
        typeof x === 'bigint' ? `${x}n` : x instanceof Uint8Array ? [...x] : rounded(rounded(Object.is(x, -0) ? 0 : x)),
      )
    : `${answer.left._tag}: ${answer.left.message}`

const model = async () => {
  const db = memory()
  await createAll(schema({ values }))({ db })()
  const answer = await C.run(C.insertMany(values)(rows as never))({ db })()
  if (E.isLeft(answer)) throw new Error(show(answer.left))
  return db
}
const there = await model()

/** One by one where the whole differs, so that the one is named. */
const compared = async <C>(
  s: Session,
  some: readonly C[],
  ask: (some: readonly C[]) => Q.Query<any, any>,
  named: (cell: C) => string,
  differences: string[],
): Promise<void> => {
  const q = ask(some)
  const [got, expected] = [await s.run(Q.all(q)), await Q.all(q)({ db: there })()]
  if (E.isRight(got) && E.isRight(expected) && rowsOf(got) === rowsOf(expected)) return
  if (some.length === 1) {
    const [cell] = some as readonly [C]
    if (E.isLeft(got) && isDeclared(s.name, got.left)) return
    const same = E.isLeft(got) && E.isLeft(expected) && got.left._tag === expected.left._tag
    if (!same || !(E.isLeft(got) && got.left._tag === 'NumericOverflow'))
      differences.push(`${named(cell)}: ${rowsOf(got)}, the model: ${rowsOf(expected)}`)
    return
  }
  const half = Math.ceil(some.length / 2)
  await compared(s, some.slice(0, half), ask, named, differences)
  await compared(s, some.slice(half), ask, named, differences)
}

/** The same refusal, before anything is sent. */
const refusedAlike = async (s: Session, q: Q.Query<any, unknown>, isFit: (error: DbError) => boolean): Promise<string | null> => {
  const [got, expected] = [await s.run(Q.all(q)), await Q.all(q)({ db: there })()]
  return E.isLeft(got) && isFit(got.left) && rowsOf(got) === rowsOf(expected) ? null : `${rowsOf(got)}, the model: ${rowsOf(expected)}`
}

for (const engine of engines.filter(e => e.name !== 'sqlite in a file')) {
  const test = suite(`matrix on ${engine.name}`)
  const s = using(engine, test)
  test.before(async () => {
    await s.create(values)
    await s.right(C.run(C.insertMany(values)(rows as never)))
  })

  test('functions, operators and casts', async () => {
    const differences: string[] = []
    for (const some of chunked(accepted)) await compared(s, some, asked, typesOf, differences)
    assert.is(differences.length, 0, `${differences.length}:\n${differences.slice(0, 60).join('\n')}`)
  })

  for (const [way, ask] of Object.entries(WAYS))
    test(`aggregates ${way}`, async () => {
      const differences: string[] = []
      for (const type of names) {
        const all = aggregates.filter(cell => cell.type === type)
        const askFor = (some: readonly AggregateCell[]) =>
          ask(type, v => Object.fromEntries(some.map(({ of }, i) => [`c${i}`, of(v[type], v.id)])))
        const named = ({ name }: AggregateCell): string => `${name}(${type}) ${way}`
        const { sql } = (TYPES[type] as readonly [AnyColumn, unknown])[0].type
        const [taken, refused] = [all.filter(c => c.takes.has(sql)), all.filter(c => !c.takes.has(sql))]
        const stands = taken.filter(c => c.framed || way !== 'over a window')
        if (stands.length > 0) await compared(s, stands, askFor, named, differences)
        for (const cell of [...refused, ...taken.filter(c => !stands.includes(c))]) {
          const isFit = taken.includes(cell)
            ? (e: DbError): boolean => e._tag === 'Unsupported' && /over a window/.test(e.message)
            : isFitRefusal
          const difference = await refusedAlike(s, askFor([cell]), isFit)
          if (difference !== null) differences.push(`${named(cell)}: ${difference}`)
        }
      }
      assert.is(differences.length, 0, `${differences.length}:\n${differences.slice(0, 60).join('\n')}`)
    })

  test('steps of queries', async () => {
    const differences: string[] = []
    const queries = names.flatMap(type => Object.entries(QUERIES).map(([name, f]) => [name, type, f(v => v[type])] as const))
    for (const [name, type, q] of queries) {
      const [got, expected] = [await s.run(Q.all(q)), await Q.all(q)({ db: there })()]
      const isSame = rowsOf(got) === rowsOf(expected)
      const isFit = E.isRight(got) || isFitRefusal(got.left)
      if (E.isLeft(got) && isDeclared(s.name, got.left)) continue
      if (!isSame || !isFit) differences.push(`${name}(${type}): ${rowsOf(got)}, the model: ${rowsOf(expected)}`)
    }
    assert.is(differences.length, 0, `${differences.length}:\n${differences.slice(0, 60).join('\n')}`)
  })

  test('the table is dropped', () => s.drop(values))
  test.run()
}
