/**
 * The exact type of the row of a query.
 *
 * Each line states the type of the result of one combinator. `Equal` distinguishes `string` from `string | null` and from `any`, so that
 * a type that is merely assignable does not pass.
 */

import type { Either } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Option } from 'fp-ts/lib/Option.js'
import * as t from 'io-ts'
import * as A from 'query-ts/Agg'
import {
  anyJson,
  arrayOf,
  bigint,
  boolean,
  bytes,
  type Column,
  codec,
  date,
  enumOf,
  generated,
  int,
  json,
  nullable,
  numeric,
  ref,
  text,
  timestamp,
  vector,
  withDefault,
} from 'query-ts/Column'
import * as C from 'query-ts/Command'
import type { DbError, NoRow, TooManyRows } from 'query-ts/DbError'
import {
  abs,
  array,
  arrayAny,
  arrayEvery,
  arrayJoin,
  asc,
  caseWhen,
  cast,
  coalesce,
  concat,
  countOf,
  dateAdd,
  datePart,
  dateTrunc,
  daysBetween,
  desc,
  div,
  type Expr,
  eq,
  greatest,
  gt,
  inList,
  inQuery,
  jsonArray,
  jsonAt,
  jsonContains,
  jsonObject,
  jsonType,
  least,
  length,
  lit,
  maybe,
  millisecondsBetween,
  nullIf,
  nullOf,
  plus,
  quot,
  replace,
  scalar,
  sign,
  split,
  sqrt,
  trim,
} from 'query-ts/Expr'
import type { Db, Program as ProgramOf } from 'query-ts/Interpreter'
import * as Program from 'query-ts/Program'
import * as Q from 'query-ts/Query'
import { type Insert, type Row, type Scope, type Table, table } from 'query-ts/Table'
import * as W from 'query-ts/Window'
import { type Equal, is, type RowOf } from './Equal.js'

interface EmailBrand {
  readonly Email: unique symbol
}
const Email = t.brand(t.string, (s): s is t.Branded<string, EmailBrand> => s.includes('@'), 'Email')
type Email = t.TypeOf<typeof Email>

const users = table('users', {
  id: generated(int),
  email: pipe(text, codec(Email)),
  name: nullable(text),
  role: enumOf('admin', 'user'),
  age: int,
  balance: numeric(10, 2),
  big: nullable(bigint),
  active: pipe(boolean, withDefault(true)),
  born: date,
  at: timestamp,
  photo: nullable(bytes),
  tags: arrayOf(text),
  settings: json(t.type({ dark: t.boolean })),
  face: vector(3),
})
const posts = table('posts', { id: generated(int), userId: ref(users.columns.id), title: text })

// tables
is<
  Equal<
    Row<typeof users>,
    {
      readonly id: number
      readonly email: Email
      readonly name: string | null
      readonly role: 'admin' | 'user'
      readonly age: number
      readonly balance: `${number}`
      readonly big: bigint | null
      readonly active: boolean
      readonly born: string
      readonly at: Date
      readonly photo: Uint8Array | null
      readonly tags: readonly string[]
      readonly settings: { dark: boolean }
      readonly face: readonly number[]
    }
  >
>()
is<Equal<keyof Pick<Insert<typeof posts>, 'userId' | 'title'>, 'userId' | 'title'>>()
is<Equal<Insert<typeof posts>['id'], number | undefined>>()
is<Equal<Insert<typeof users>['face'], readonly number[] | Float32Array>>()
is<Equal<Scope<typeof posts>['title'], Expr<string>>>()

// queries
const all = Q.from(posts)
is<Equal<RowOf<typeof all>, { readonly id: number; readonly userId: number; readonly title: string }>>()

const tagged = pipe(
  Q.from(users),
  Q.bind('tag', u => Q.unnest(u.tags)),
  Q.map(u => ({ at: u.tag.position, tag: u.tag.value })),
)
is<Equal<RowOf<typeof tagged>, { readonly at: number; readonly tag: string }>>()
const elements = Q.unnest(nullOf(arrayOf(nullable(bigint))))
is<Equal<RowOf<typeof elements>, { readonly position: number; readonly value: bigint | null }>>()
const members = pipe(
  Q.from(users),
  Q.map(u => ({ any: arrayAny(u.tags, tag => gt(tag, 'a')), every: arrayEvery(u.tags, tag => eq(tag, u.name)) })),
)
is<Equal<RowOf<typeof members>, { readonly any: boolean; readonly every: boolean }>>()
const parts = pipe(
  Q.from(users),
  Q.map(u => ({
    words: split(u.name, ' '),
    again: arrayJoin(split(u.role, ' '), '-'),
    both: array([u.role, u.name]),
    ages: array([u.age]),
  })),
)
is<
  Equal<
    RowOf<typeof parts>,
    {
      readonly words: readonly string[] | null
      readonly again: string
      readonly both: readonly (string | null)[]
      readonly ages: readonly number[]
    }
  >
>()

const joined = pipe(
  Q.Do,
  Q.bind('user', () => Q.from(users)),
  Q.bindLeft('post', ({ user }) =>
    pipe(
      Q.from(posts),
      Q.where(p => eq(p.userId, user.id)),
    ),
  ),
  Q.let('label', ({ user, post }) =>
    concat(
      user.email,
      ': ',
      maybe(post, p => p.title),
    ),
  ),
)
is<Equal<RowOf<typeof joined>['user'], Row<typeof users>>>()
is<Equal<RowOf<typeof joined>['post'], Option<Row<typeof posts>>>>()
is<Equal<RowOf<typeof joined>['label'], string | null>>()

const nested = pipe(
  Q.from(users),
  Q.map(u => ({
    email: u.email,
    deep: { age: u.age, kind: lit('user') },
    posts: Q.many(
      pipe(
        Q.from(posts),
        Q.where(p => eq(p.userId, u.id)),
        Q.orderBy(p => [asc(p.title)]),
        Q.map(p => p.title),
        Q.mapRow(title => title.length),
      ),
    ),
    latest: Q.first(Q.from(posts)),
    count: scalar(
      pipe(
        Q.from(posts),
        Q.aggregate(() => ({ n: A.countAll })),
        Q.map(r => r.n),
      ),
    ),
  })),
)
is<
  Equal<
    RowOf<typeof nested>,
    {
      readonly email: Email
      readonly deep: { readonly age: number; readonly kind: string }
      readonly posts: readonly number[]
      readonly latest: Option<Row<typeof posts>>
      readonly count: number | null
    }
  >
>()

const grouped = pipe(
  Q.from(users),
  Q.aggregate(u => ({
    role: A.key(u.role),
    n: A.countAll,
    total: A.sum(u.balance),
    mean: A.avg(u.age),
    names: A.arrayAgg(u.name),
    list: A.stringAgg(u.name, ', '),
    oldest: A.max(u.age),
  })),
  Q.where(r => gt(r.n, 1)),
)
is<
  Equal<
    RowOf<typeof grouped>,
    {
      readonly role: 'admin' | 'user'
      readonly n: number
      readonly total: `${number}` | null
      readonly mean: number | null
      readonly names: readonly (string | null)[] | null
      readonly list: string | null
      readonly oldest: number | null
    }
  >
>()

const ranked = pipe(
  Q.from(users),
  Q.map(u => ({ role: u.role, balance: u.balance, name: u.name })),
  Q.window(u => {
    const by = { partitionBy: [u.role], orderBy: [asc(u.balance)] }
    return {
      place: W.rowNumber(by),
      before: W.lag(u.name, by),
      running: pipe(A.sum(u.balance), W.over(by)),
      all: pipe(A.countAll, W.over({})),
    }
  }),
  Q.where(r => gt(r.place, 1)),
)
is<
  Equal<
    RowOf<typeof ranked>,
    {
      readonly role: 'admin' | 'user'
      readonly balance: `${number}`
      readonly name: string | null
    } & {
      readonly place: number
      readonly before: string | null
      readonly running: `${number}` | null
      readonly all: number
    }
  >
>()

const tree = pipe(
  Q.from(users),
  Q.map(u => ({ id: u.id, depth: lit(0) })),
  Q.recursive(s =>
    pipe(
      Q.from(users),
      Q.where(u => eq(u.age, s.depth)),
      Q.map(u => ({ id: u.id, depth: plus(s.depth, 1) })),
    ),
  ),
  Q.cte('tree'),
  Q.distinctOn(s => [s.depth]),
  Q.forUpdate(),
)
is<Equal<RowOf<typeof tree>, { readonly id: number; readonly depth: number }>>()

const full = pipe(
  Q.from(users),
  Q.fullJoin(Q.from(posts), (u, p) => eq(p.userId, u.id)),
  Q.where(({ left }) =>
    eq(
      maybe(left, u => u.age),
      1,
    ),
  ),
)
is<Equal<RowOf<typeof full>, { readonly left: Option<Row<typeof users>>; readonly right: Option<Row<typeof posts>> }>>()

const totals = pipe(
  Q.from(users),
  Q.rollup(u => ({ by: { role: u.role, name: u.name }, of: { n: A.countAll, oldest: A.max(u.age) } })),
)
is<
  Equal<
    RowOf<typeof totals>,
    { readonly role: Option<'admin' | 'user'>; readonly name: Option<string | null> } & {
      readonly n: number
      readonly oldest: number | null
    }
  >
>()

const computed = pipe(
  Q.from(users),
  Q.map(u => ({
    sum: plus(u.age, 1),
    big: plus(u.big, 1n),
    quot: quot(u.age, 2),
    div: div(u.age, 2),
    name: coalesce(u.name, '?'),
    role: nullIf(u.role, 'admin'),
    size: caseWhen([[gt(u.age, 60), lit('old')]], u.name),
    text: cast(text)(u.big),
    trimmed: trim(u.name),
    replaced: replace(u.role, 'a', u.name),
    abs: abs(u.big),
    sign: sign(u.big),
    root: sqrt(u.age),
    least: least(u.age, 1, u.age),
    greatest: greatest(u.age, u.age, nullIf(u.age, 1)),
  })),
)
is<
  Equal<
    RowOf<typeof computed>,
    {
      readonly sum: number
      readonly big: bigint | null
      readonly quot: number | null
      readonly div: number | null
      readonly name: string
      readonly role: 'admin' | 'user' | null
      readonly size: string | null
      readonly text: string | null
      readonly trimmed: string | null
      readonly replaced: string | null
      readonly abs: bigint | null
      readonly sign: number | null
      readonly root: number | null
      readonly least: number
      readonly greatest: number | null
    }
  >
>()

const eventTable = table('events', { id: generated(int), day: date, at: nullable(timestamp), body: anyJson })
const events = pipe(
  Q.from(eventTable),
  Q.map(e => ({
    hour: datePart(e.at, 'hour'),
    year: datePart(e.day, 'year'),
    month: dateTrunc(e.day, 'month'),
    minute: dateTrunc(e.at, 'minute'),
    next: dateAdd(e.day, { months: 1, days: e.id }),
    later: dateAdd(e.at, { hours: 1 }),
    days: daysBetween(e.day, '2024-02-29'),
    since: millisecondsBetween(e.at, new Date(0)),
    kind: jsonAt(text)(e.body, 'kind'),
    count: jsonAt(int)(e.body, 'items', 0, 'count'),
    type: jsonType(e.body),
    has: jsonContains(e.body, { items: [{ n: 1 }] }),
    part: jsonContains(e.body, jsonArray([e.id])),
    made: jsonObject({ day: jsonArray([e.id, eq(e.id, 1)]), kind: jsonAt(text)(e.body, 'kind') }),
  })),
)
is<
  Equal<
    RowOf<typeof events>,
    {
      readonly hour: number | null
      readonly year: number
      readonly month: string
      readonly minute: Date | null
      readonly next: string | null
      readonly later: Date | null
      readonly days: number
      readonly since: number | null
      readonly kind: string | null
      readonly count: number | null
      readonly type: 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null'
      readonly has: boolean | null
      readonly part: boolean | null
      readonly made: { readonly day: readonly [number, boolean | null]; readonly kind: string | null }
    }
  >
>()
const changed = C.update(eventTable)(e => ({ body: jsonObject({ old: e.body, id: e.id }) }), C.everywhere)
is<Equal<typeof changed extends C.Command<infer R> ? R : never, number>>()

// a condition that is written once keeps the row of what it is used on
const adults = Q.where((u: { readonly age: Expr<number> }) => gt(u.age, 17))
const adultUsers = pipe(Q.from(users), adults)
is<Equal<RowOf<typeof adultUsers>, Row<typeof users>>>()
is<Equal<typeof adultUsers extends Q.Query<infer S, any> ? S : never, Scope<typeof users>>>()

// programs
const one = Q.one(all)
is<Equal<typeof one extends ProgramOf<Db, infer X, infer R> ? [X, R] : never, [DbError | NoRow | TooManyRows, RowOf<typeof all>]>>()
const id = C.run(
  pipe(
    C.insert(posts)({ userId: 1, title: 'x' }),
    C.returning(p => p.id),
  ),
)
is<Equal<typeof id extends ProgramOf<Db, DbError, infer R> ? R : never, number>>()
const ids = C.run(
  pipe(
    C.delete(posts)(p => eq(p.id, 1)),
    C.returning(p => ({ id: p.id })),
  ),
)
is<Equal<typeof ids extends ProgramOf<Db, DbError, infer R> ? R : never, readonly { readonly id: number }[]>>()
const put = C.upsert(posts)
const surely = C.run(
  pipe(
    put({ target: ['id'], update: (old, offered) => ({ userId: plus(old.userId, offered.userId) }) })({ userId: 1, title: 'x' }),
    C.returning(p => p.title),
  ),
)
is<Equal<typeof surely extends ProgramOf<Db, DbError, infer R> ? R : never, string>>()
const perhaps = C.run(
  pipe(
    put({ target: ['id'], update: 'nothing' })({ userId: 1, title: 'x' }),
    C.returning(p => p.id),
  ),
)
is<Equal<typeof perhaps extends ProgramOf<Db, DbError, infer R> ? R : never, Option<number>>>()
const where = put({ target: ['id'], update: ['title'], where: (old, offered) => gt(offered.userId, old.userId) })({ userId: 1, title: 'x' })
const told = C.run(C.outcome(where))
is<Equal<typeof told extends ProgramOf<Db, DbError, infer R> ? R : never, C.Outcome>>()
const putMany = C.run(
  pipe(
    C.upsertMany(posts)({ target: ['id'], update: 'nothing' })([{ userId: 1, title: 'x' }]),
    C.returning(p => p.id),
  ),
)
is<Equal<typeof putMany extends ProgramOf<Db, DbError, infer R> ? R : never, readonly number[]>>()
const tried = Program.attempt(one)
is<Equal<typeof tried extends ProgramOf<Db, DbError, infer R> ? R : never, Either<DbError | NoRow | TooManyRows, RowOf<typeof all>>>>()

// what a person looks at
const shown: string = Q.show(all, { tables: { users, posts } })
const written: string = C.show(C.delete(posts)(C.everywhere))
is<Equal<[typeof shown, typeof written], [string, string]>>()
const explained = pipe(all, Q.explain({ analyze: true }))
is<Equal<typeof explained, ProgramOf<Db, DbError, Q.Explained>>>()
is<Equal<ReturnType<typeof Q.stages>, readonly Q.Stage[]>>()
is<Equal<Q.Stage['access'], 'scan' | 'index' | 'range' | 'lookup' | null>>()

// nulls that are gone, or come in
const named = pipe(users, Q.from, Q.whereNotNull('name', 'big'))
is<Equal<RowOf<typeof named>['name'], string>>()
is<Equal<RowOf<typeof named>['big'], bigint>>()
is<Equal<RowOf<typeof named>['photo'], Uint8Array | null>>()
const lengths = pipe(
  named,
  Q.map(u => ({ n: length(u.name), posts: countOf(Q.from(posts)) })),
)
is<Equal<RowOf<typeof lengths>, { readonly n: number; readonly posts: number }>>()
const titles = pipe(
  Q.from(posts),
  Q.map(p => ({ of: p.title, id: p.id })),
)
const names = pipe(
  Q.from(users),
  Q.map(u => ({ of: u.name, id: u.id })),
)
const either = pipe(titles, Q.unionAll(names))
const orElse = pipe(names, Q.union(titles))
is<Equal<RowOf<typeof either>['of'], string | null>>()
is<Equal<RowOf<typeof orElse>['of'], string | null>>()
const lengthOf = pipe(
  either,
  Q.map(r => length(r.of)),
)
is<Equal<RowOf<typeof lengthOf>, number | null>>()
const mixed = pipe(
  titles,
  Q.map(r => ({ a: r.of, b: nullOf(int) })),
  Q.unionAll(
    pipe(
      names,
      Q.map(r => ({ a: r.of, b: r.id })),
    ),
  ),
  Q.map(r => ({ a: r.a, b: r.b })),
)
is<Equal<RowOf<typeof mixed>, { readonly a: string | null; readonly b: number | null }>>()

// functions of any table with a key of a known type: they declare the rows that they read, and return rows of the table
interface Keyed {
  readonly id: Column<number, number | undefined>
}
const byId = <C extends Keyed>(t: Table<C>, id: number) =>
  pipe(
    Q.from(t),
    Q.where((r: Scope<Table<Keyed>>) => eq(r.id, id)),
    Q.option,
  )
const inOrder = <C extends Keyed>(t: Table<C>, ids: readonly number[]) =>
  pipe(
    Q.from(t),
    Q.where((r: Scope<Table<Keyed>>) => inList(r.id, ids)),
    Q.orderBy((r: Scope<Table<Keyed>>) => [asc(r.id)]),
    Q.all,
  )
const removed = <C extends Keyed>(t: Table<C>, id: number) =>
  C.run(
    pipe(
      C.delete(t)((r: Scope<Table<Keyed>>) => eq(r.id, id)),
      C.returning(r => r),
    ),
  )
const added = <C>(t: Table<C>, rows: readonly Insert<Table<C>>[]) => C.run(C.insertMany(t)(rows))
const renamed = (t: Table<Keyed & { readonly title: Column<string> }>, id: number, title: string) =>
  C.run(C.update(t)({ title }, r => eq(r.id, id)))
const found = byId(posts, 1)
const several = inOrder(users, [1, 2])
const gone = removed(posts, 1)
is<Equal<typeof found extends ProgramOf<Db, DbError, Option<infer R>> ? R : never, Row<typeof posts>>>()
is<Equal<typeof several extends ProgramOf<Db, DbError, readonly (infer R)[]> ? R : never, Row<typeof users>>>()
is<Equal<typeof gone extends ProgramOf<Db, DbError, readonly (infer R)[]> ? R : never, Row<typeof posts>>>()
is<Equal<ReturnType<typeof renamed>, ReturnType<typeof added>>>()
renamed(posts, 1, 'x')
added(posts, [{ userId: 1, title: 'x' }])

// what the compiler refuses of types that it knows, it takes of those that it does not
const extremes = <A>(e: Expr<A>) => ({ least: A.min(e), most: A.max(e), often: A.mode(e), number: A.countDistinct(e), all: A.arrayAgg(e) })
const sortedBy = <A>(e: Expr<A>) => [asc(e), desc(e)]
const among = <A>(e: Expr<A>, values: readonly NonNullable<A>[], q: Q.Query<Expr<A>, A>) => [inList(e, values), inQuery(e, q), eq(e, e)]
const numbered =
  <N extends string>(name: N) =>
  <S extends { readonly id: Expr<number> }, R>(q: Q.Query<S, R>) =>
    pipe(
      q,
      Q.let(name, s => plus(s.id, 1)),
      Q.let('twice', s => plus(s.id, s.id)),
    )
const numberedBy = (name: string) =>
  pipe(
    Q.from(users),
    Q.let(name, u => u.age),
  )
const untyped = (e: Expr<any>, unknown: Expr<unknown>) => [asc(e), asc(unknown), eq(e, 1), A.max(e), A.max(unknown), A.key(e)]

// values of a class, that a codec makes, and brands are ordered as what is stored
class Money {
  constructor(readonly cents: number) {}
}
const Price = new t.Type<Money, number>(
  'Price',
  (m): m is Money => m instanceof Money,
  t.failure,
  m => m.cents,
)
type Tag = string & { readonly tag: 'x' }
const Tag = new t.Type<Tag, string>('Tag', t.string.is as (x: unknown) => x is Tag, t.failure, t.identity)
const priced = table('priced', { id: int, price: pipe(int, codec(Price)), email: pipe(text, codec(Email)), tag: pipe(text, codec(Tag)) })
// equality is also of plain objects that a codec makes of a text
type Point = { readonly x: number; readonly y: number }
const Point = new t.Type<Point, string>(
  'Point',
  (p): p is Point => typeof p === 'object',
  t.failure,
  p => `${p.x},${p.y}`,
)
const spots = table('spots', { id: int, at: pipe(text, codec(Point)) })
const origin = pipe(
  Q.from(spots),
  Q.where(s => eq(s.at, { x: 0, y: 0 })),
  Q.aggregate(s => ({ at: A.key(s.at), all: A.arrayAgg(s.at), different: A.countDistinct(s.at) })),
)
is<Equal<RowOf<typeof origin>['at'], Point>>()

const cheapest = pipe(
  Q.from(priced),
  Q.orderBy(p => [asc(p.price), asc(p.email), desc(p.tag), asc(eq(p.id, 1))]),
  Q.aggregate(p => ({ price: A.min(p.price), tag: A.max(p.tag), first: A.min(p.email) })),
)
is<Equal<RowOf<typeof cheapest>, { readonly price: Money | null; readonly tag: Tag | null; readonly first: Email | null }>>()
is<Equal<ReturnType<typeof extremes<number>>['most'], A.Agg<number | null>>>()
is<Equal<RowOf<ReturnType<ReturnType<typeof numbered<'n'>>>>['twice'], number>>()

export { among, numberedBy, sortedBy, untyped }
