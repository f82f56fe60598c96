/**
 * Differences of schemas on every engine: a created schema has none, any other schema has one, and its steps leave none.
 *
 * Two schemas are built at random of the same names, so that tables, columns, keys, checks, indexes and foreign keys come, go and change. Where
 * a step is refused because an engine has none, or because the types can't be converted, that is `undecided` or `Unsupported`.
 */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import {
  type AnyColumn,
  anyJson,
  arrayOf,
  bigint,
  boolean,
  bytes,
  char,
  comment,
  date,
  enumOf,
  float,
  generated,
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
  vector,
  withDefault,
} from '../../lib/Column.js'
import { createSteps, type Step } from '../../lib/core/schema/Step.js'
import type { AnyTable } from '../../lib/core/syntax/Syntax.js'
import { uniqueKeys } from '../../lib/core/table/Table.js'
import * as X from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import { type AnySchema, fk, schema } from '../../lib/Schema.js'
import { define } from '../../lib/schema/createAll.js'
import { type Difference, diff } from '../../lib/schema/diff.js'
import { imageOf } from '../../lib/show/imageOf.js'
import { table, view } from '../../lib/Table.js'
import { amount } from '../amount.js'
import { suite } from '../suite.js'
import { engines, using } from './eachEngine.js'

const any = (c: unknown): AnyColumn => c as AnyColumn

/** Columns by name: what `title` may be, and so on. One of each list, or none. */
const COLUMNS: { readonly [field: string]: readonly AnyColumn[] } = {
  title: [
    text,
    nullable(text),
    varchar(20),
    varchar(30),
    nullable(varchar(30)),
    char(4),
    withDefault("it's")(text),
    enumOf('a', 'b'),
    enumOf('a', 'b', "c'"),
    pipe(text, comment('a */ comment')),
  ].map(any),
  amount: [
    int,
    bigint,
    smallint,
    nullable(int),
    numeric(8, 2),
    numeric(8, 3),
    numeric(9, 2),
    numeric(30, 5),
    float,
    withDefault(3)(int),
    withDefault(4)(int),
    withDefault('1.50')(numeric(8, 2)),
  ].map(any),
  madeAt: [timestamp, timestampMicros, date, time, nullable(timestamp), withDefault(X.now)(timestamp)].map(any),
  rest: [
    anyJson,
    bytes,
    boolean,
    withDefault(true)(boolean),
    uuid,
    arrayOf(int),
    arrayOf(nullable(int)),
    arrayOf(text),
    vector(3),
    vector(4),
  ].map(any),
}

interface Shape {
  readonly columns: { readonly [field: string]: number }
  readonly primary: number
  readonly uniques: number
  readonly index: number
  readonly check: number
  readonly comment: number
}

const shape: fc.Arbitrary<Shape> = fc.record({
  columns: fc.record(Object.fromEntries(Object.entries(COLUMNS).map(([f, all]) => [f, fc.integer({ min: -1, max: all.length - 1 })]))),
  primary: fc.nat(2),
  uniques: fc.nat(3),
  index: fc.nat(5),
  check: fc.nat(3),
  comment: fc.nat(1),
})

const tableOf = (name: string, s: Shape): AnyTable => {
  const chosen = Object.entries(s.columns).flatMap(([f, i]) => (i < 0 ? [] : [[f, COLUMNS[f]?.[i] as AnyColumn] as const]))
  const columns: { readonly [field: string]: AnyColumn } = {
    id: any(s.primary === 2 ? generated(int) : int),
    parentId: any(nullable(int)),
    ...Object.fromEntries(chosen),
  }
  const tag = (f: string): string => columns[f]?.type.sql.tag ?? ''
  const isShort = ['varchar', 'enum', 'char'].includes(tag('title'))
  const isNumber = ['int', 'bigint', 'smallint'].includes(tag('amount'))
  const indexes = [
    [],
    [['parentId']],
    isNumber ? [['amount', 'parentId']] : [],
    [{ name: `${name}_parent_desc`, on: (r: any) => [X.desc(r.parentId), X.asc(r.id)], unique: true }],
    [{ name: `${name}_both`, on: ['parentId', 'id'], unique: true }],
    [{ name: `${name}_sum`, on: (r: any) => [X.plus(r.parentId, r.id)] }],
  ][s.index] as any
  const checks: { readonly [n: string]: (r: any) => any } = [
    {},
    { positive: (r: any) => X.gt(r.parentId, -9) },
    { positive: (r: any) => X.or(X.gt(r.parentId, 1), X.and(X.lt(r.id, 5), X.isNull(r.parentId))) },
    isNumber ? { amounts: (r: any) => X.lte(r.amount, X.lit(100)) } : { positive: (r: any) => X.inList(r.parentId, [1, 2, 3]) },
  ][s.check] as any
  const uniques = [[], [['parentId', 'id']], isShort ? [['title']] : [], [['parentId']]][s.uniques] as any
  return table(name, columns, {
    ...(s.primary === 0 ? {} : { primaryKey: ['id'] as any }),
    uniques,
    indexes,
    checks,
    ...(s.comment === 0 ? {} : { comment: `about ${name}` }),
  }) as AnyTable
}

interface Schemas {
  readonly a: Shape | null
  readonly b: Shape | null
  readonly key: number
  readonly view: boolean
}

const schemas: fc.Arbitrary<Schemas> = fc.record({
  a: shape,
  b: fc.option(shape, { freq: 5 }),
  key: fc.nat(4),
  view: fc.boolean(),
})

/** Two schemas that have most of their parts in common. */
const pairs: fc.Arbitrary<readonly [Schemas, Schemas]> = fc
  .tuple(schemas, schemas, fc.array(fc.nat(3), { minLength: 24, maxLength: 24 }))
  .map(([one, other, choices]) => {
    let at = 0
    const mixed = (a: any, b: any): any => {
      if (a !== null && b !== null && typeof a === 'object' && typeof b === 'object')
        return Object.fromEntries(Object.keys(a).map(k => [k, mixed(a[k], b[k])]))
      at += 1
      return choices[at % choices.length] === 0 ? b : a
    }
    return [one, mixed(one, other)]
  })

const schemaOf = ({ a, b, key, view: hasView }: Schemas): AnySchema => {
  const tables: { [n: string]: AnyTable } = {}
  if (a !== null) tables['a'] = tableOf('diff_a', a)
  if (b !== null) tables['b'] = tableOf('diff_b', b)
  if (hasView && tables['a'] !== undefined) {
    tables['v'] = view(
      'diff_v',
      { id: int, twice: nullable(int) },
      pipe(
        Q.from(tables['a'] as any),
        Q.where((r: any) => X.gt(r.id, 2)),
        Q.map((r: any) => ({ id: r.id, twice: X.times(r.parentId, X.lit(2)) })),
      ) as any,
    ) as AnyTable
  }
  const target = tables['a']
  const isKey = target !== undefined && uniqueKeys(target).some(k => k.columns.length === 1 && k.columns[0] === 'id')
  if (!isKey || key === 0 || (key > 2 && tables['b'] === undefined)) return schema(tables as any)
  const options = [{}, { onDelete: 'cascade' }, { onDelete: 'setNull', onUpdate: 'cascade' }, { onDelete: 'restrict' }][key - 1] as any
  return schema(tables as any, (t: any) => ({
    [key > 2 ? 'b' : 'a']: { parent: fk(t[key > 2 ? 'b' : 'a'].parentId, t.a.id, options) },
  })) as any
}

for (const engine of engines) {
  const test = suite(`differences on ${engine.name}`)
  const s = using(engine, test)
  const [itself, other] = [table('diff_a', { id: int }), table('diff_b', { id: int })]
  const seen = view('diff_v', { id: int }, Q.from(itself) as any) as AnyTable
  const clean = () =>
    s.right(
      define([
        { tag: 'dropView', view: seen },
        { tag: 'dropTable', table: other, foreignKeys: [] },
        { tag: 'dropTable', table: itself, foreignKeys: [] },
      ]),
    )
  const differences = async (wanted: AnySchema): Promise<Difference> => {
    const found = await s.right((({ db }: any) => db.perform({ tag: 'introspect', schemas: [null], wanted })) as any)
    const { live, wanted: image } = found as any
    const ours = {
      ...live,
      tables: live.tables.filter((t: any) => t.name.startsWith('diff_')),
      views: live.views.filter((t: any) => t.name.startsWith('diff_')),
    }
    return diff(ours, wanted, image)
  }
  const print = (d: Difference) =>
    JSON.stringify([
      d.steps.map(st => [st.tag, (st as any).change ?? (st as any).index?.name ?? (st as any).foreignKey?.name ?? '']),
      d.undecided,
    ])

  test('a created schema differs in nothing; the steps to another one leave no difference', async () => {
    let applied = 0
    await fc.assert(
      fc.asyncProperty(pairs, async ([one, other]) => {
        const [from, to] = [schemaOf(one), schemaOf(other)]
        await clean()
        const made = await s.run(define(createSteps(from)))
        if (E.isLeft(made)) {
          assert.is(made.left._tag, 'Unsupported', made.left.message)
          return
        }
        const same = await differences(from)
        assert.equal(same.steps, [], print(same))
        const apart = await differences(to)
        if (JSON.stringify(imageOf(from)) !== JSON.stringify(imageOf(to)) && apart.steps.length === 0 && apart.ignored.length === 0)
          assert.ok(apart.undecided.length > 0 || engine.name !== 'memory', `no difference: ${JSON.stringify(imageOf(to))}`)
        if (apart.undecided.length > 0) return
        const steps: readonly Step[] = apart.steps
        const done = await s.run(define(steps))
        if (E.isLeft(done)) {
          // a table that is not described refers to a key
          if (apart.ignored.length > 0 && done.left._tag === 'SchemaConflict') return
          assert.is(done.left._tag, 'Unsupported', `${done.left.message} ${print(apart)}`)
          return
        }
        applied += 1
        const left = await differences(to)
        assert.equal(left.steps, [], `after ${print(apart)}: ${print(left)}`)
        assert.equal(left.undecided, [])
      }),
      { numRuns: amount(80) },
    )
    await clean()
    assert.ok(applied > 2, `${applied} differences were applied`)
  })

  test.run()
}
