/**
 * Statements with a name or a value in every possible position: for the properties of quoting.
 *
 * Each is a function of the name or value that returns an operation. Its other names do not contain `harmless`, so that the statement
 * with the name `harmless` shows where the name is in the statement with any other.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as A from '../../../lib/Agg.js'
import * as Column from '../../../lib/Column.js'
import * as C from '../../../lib/Command.js'
import {
  and,
  asc,
  caseWhen,
  coalesce,
  concat,
  contains,
  desc,
  eq,
  exists,
  gt,
  inList,
  isNotDistinctFrom,
  like,
  lit,
  lt,
  maybe,
  ne,
  raw,
} from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import { fk, schema } from '../../../lib/Schema.js'
import { createAll, dropAll } from '../../../lib/schema/createAll.js'
import { asIs, type Table, table } from '../../../lib/Table.js'
import type { Case } from './print.js'

const { anyJson, arrayOf, check, enumOf, generated, int, nullable, text, varchar, withDefault } = Column

type Row = { readonly zz_id: Column.Column<number, number | undefined>; readonly zz_n: Column.Column<number> }

const named = (name: string) => {
  const columns = { zz_id: generated(int), zz_n: int, [name]: int }
  const options = { schema: name, naming: asIs, primaryKey: ['zz_id'] as never, uniques: [[name]], indexes: [[name, 'zz_n']] }
  // the name of a field is known at run time only
  return table(name, columns, { ...options, checks: { [name]: (row: any) => gt(row[name], 0) } } as object) as unknown as Table<any>
}

const plain = table('plain', { zz_id: generated(int), zz_n: int } satisfies Row, { naming: asIs })

/** Statements with a name as schema, table, column, label, alias and constraint. */
export const withName: { readonly [what: string]: (name: string) => Case } = {
  'a join with itself, in an order': name =>
    pipe(
      Q.from(named(name)),
      Q.bind('other', row =>
        pipe(
          Q.from(named(name)),
          Q.where((other: any) => eq(other[name], (row as any)[name])),
        ),
      ),
      Q.orderBy((row: any) => [desc(row[name])]),
      Q.map((row: any) => ({ [name]: row[name], zz: { [name]: row.other[name] } })),
    ),
  'a derived table': name =>
    pipe(
      Q.from(named(name)),
      Q.orderBy((row: any) => [asc(row[name])]),
      Q.limit(3),
      Q.where((row: any) => gt(row[name], 1)),
      Q.map((row: any) => ({ [name]: concat('a', 'b'), zz_m: row[name] })),
    ),
  'a limit under a bind': name =>
    pipe(
      Q.Do,
      Q.bind(name, () => Q.from(named(name))),
      Q.bindLeft('zz', (scope: any) =>
        pipe(
          Q.from(named(name)),
          Q.where((row: any) => eq(row[name], scope[name][name])),
          Q.limit(2),
        ),
      ),
      Q.map((scope: any) => ({ [name]: maybe(scope.zz, (row: any) => row[name]) })),
    ),
  'a group': name =>
    pipe(
      Q.from(named(name)),
      Q.aggregate((row: any) => ({ [name]: A.key(row[name]), zz: A.sum(row[name]) })),
      Q.where((row: any) => gt(row.zz, 1)),
    ),
  'a union': name =>
    pipe(
      Q.from(named(name)),
      Q.map((row: any) => ({ [name]: row[name] })),
      Q.union<any, any>(
        pipe(
          Q.from(plain),
          Q.map(row => ({ [name]: row.zz_n })),
        ),
      ),
    ),
  'given rows': name => Q.values({ [name]: int, zz: int })([{ [name]: 1, zz: 2 }] as never),
  'a list in a row': name =>
    pipe(
      Q.from(plain),
      Q.where(row =>
        exists(
          pipe(
            Q.from(named(name)),
            Q.where((other: any) => eq(other[name], row.zz_n)),
          ),
        ),
      ),
      Q.map(row => ({
        [name]: Q.many(
          pipe(
            Q.from(named(name)),
            Q.where((other: any) => eq(other[name], row.zz_n)),
          ),
        ),
      })),
    ),
  insert: name => C.insert(named(name))({ zz_n: 1, [name]: 2 }),
  'insert with a key': name => C.insert(named(name))({ zz_id: 7, zz_n: 1, [name]: 2 }),
  'insert from': name =>
    C.insertFrom(named(name))(
      pipe(
        Q.from(named(name)),
        Q.map((row: any) => ({ zz_n: row.zz_n, [name]: row[name] })),
      ) as never,
    ),
  upsert: name => C.upsert(named(name))({ target: [name], update: ['zz_n'] })({ zz_n: 1, [name]: 2 }),
  update: name =>
    C.update(named(name))(
      (row: any) => ({ [name]: row.zz_n, zz_n: row[name] }),
      (row: any) => gt(row[name], 1),
    ),
  delete: name =>
    C.delete(named(name))((row: any) =>
      exists(
        pipe(
          Q.from(named(name)),
          Q.where((other: any) => lt(other[name], row[name])),
        ),
      ),
    ),
  'create and drop': name => {
    // SQLite's foreign keys stay in one schema
    const [self, other] = [named(name), table('plain', plain.columns, { naming: asIs, schema: name })]
    return createAll(schema({ self, other }, t => ({ other: { zz: fk(t.other.zz_n, (t.self as any)[name]) } })))
  },
  drop: name => dropAll(schema({ self: named(name), other: plain })),
}

const notes = table(
  'note',
  {
    id: int,
    body: text,
    title: varchar(9_000),
    more: nullable(text),
    extra: nullable(anyJson),
    tags: arrayOf(text),
  },
  { primaryKey: ['id'] },
)

/** Statements with a value of the caller's. The texts of these do not depend on it. */
export const withValue: { readonly [what: string]: (value: string) => Case } = {
  comparisons: value =>
    pipe(
      Q.from(notes),
      Q.where(note =>
        and(
          eq(note.body, value),
          ne(note.title, value),
          lt(note.body, value),
          isNotDistinctFrom(note.more, value),
          inList(note.body, [value, 'b']),
        ),
      ),
    ),
  patterns: value =>
    pipe(
      Q.from(notes),
      Q.where(note => and(contains(note.body, value), like(note.body, value.replaceAll('!', '!!')))),
      Q.map(note => note.id),
    ),
  expressions: value =>
    pipe(
      Q.from(notes),
      Q.orderBy(note => [asc(concat(note.body, value))]),
      Q.map(note => ({
        a: lit(value),
        b: coalesce(note.more, value),
        c: caseWhen([[eq(note.id, 1), lit(value)]], note.body),
        d: raw(text)`lower(${value})`,
      })),
    ),
  'given rows': value => Q.values({ a: text, b: text })([{ a: value, b: 'b' }]),
  groups: value =>
    pipe(
      Q.from(notes),
      Q.aggregate(note => ({ k: A.key(concat(note.body, value)), n: pipe(A.countAll, A.filter(eq(note.body, value))) })),
    ),
  prepared: value =>
    Q.prepare({ p: text }, ({ p }) =>
      pipe(
        Q.from(notes),
        Q.where(note => eq(note.body, p)),
      ),
    )({ p: value }),
  insert: value => C.insert(notes)({ id: 1, body: value, title: '', more: value, extra: { [value]: value }, tags: [value] }),
  upsert: value => C.upsert(notes)({ target: ['id'], update: ['body'] })({ id: 1, body: value, title: '', tags: [] }),
  update: value => C.update(notes)({ body: value }, note => eq(note.body, value)),
  delete: value => C.delete(notes)(note => eq(note.body, value)),
}

/** Statements that take no parameter where the value stands: it is a literal of the dialect. */
export const withLiteral: { readonly [what: string]: (value: string) => Case } = {
  separator: value =>
    pipe(
      Q.from(notes),
      Q.aggregate(note => ({ all: A.stringAgg(note.body, value) })),
    ),
  definitions: value =>
    createAll(
      schema({
        literal: table('literal', {
          id: generated(int),
          kind: enumOf('other', `${value} `),
          body: pipe(text, withDefault(value)),
          short: pipe(
            varchar(9),
            check(self => ne(self, value)),
          ),
        }),
      }),
    ),
}
