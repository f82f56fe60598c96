/**
 * Modules of images in our own form: `moduleOf(imageOf(s))` is the same schema, with its checks, conditions, expressions, defaults and views.
 *
 * The image of the loaded module is the image that it was written from. The schemas have hostile names; the views have random queries. At the end
 * tsc compiles the modules.
 */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import * as Laws from '../../laws/index.js'
import { int, nullable, text } from '../../lib/Column.js'
import type { AnyColumn, AnyExpr, AnyTable } from '../../lib/core/syntax/Syntax.js'
import { leaves, rowOf } from '../../lib/core/syntax/scope.js'
import { asc, eq, gt, lit, lower } from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import { type AnySchema, fk, schema, validate } from '../../lib/Schema.js'
import { moduleOf } from '../../lib/schema/moduleOf.js'
import { imageOf } from '../../lib/show/imageOf.js'
import { table, view } from '../../lib/Table.js'
import { amount } from '../amount.js'
import { writtenIn } from '../live/writtenModules.js'
import { suite } from '../suite.js'
import { schemas } from './hostileSchemas.js'

const test = suite('modules of images in our own form')
const written = writtenIn('ours')
const queries = writtenIn('oursQueries')

const holds = async (s: AnySchema, keep: boolean, { load } = written): Promise<string> => {
  const image = imageOf(s)
  const source = moduleOf(image)
  const { database } = await load(source, keep)
  assert.is((globalThis as { injected?: unknown }).injected, undefined)
  assert.equal(imageOf(database), image, source)
  const valid = validate(database)
  assert.ok(E.isRight(valid), source)
  return source
}

test('law: the image of the module is the image', async () => {
  let kept = 0
  await fc.assert(
    fc.asyncProperty(schemas, async s => {
      kept += 1
      await holds(s, kept <= 100)
    }),
    { numRuns: amount(1000) },
  )
})

test('law: views of random queries', async () => {
  const { sample, query } = Laws.Arbitrary
  let [tried, kept] = [0, 0]
  await fc.assert(
    fc.asyncProperty(query(sample), fc.constantFrom('v', 'seen', 'a "b"', '__proto__', 'tables'), async ({ query: q }, name) => {
      tried += 1
      const row = E.tryCatch(
        () => rowOf(q),
        () => null,
      )
      if (E.isLeft(row) || row.right === null) return
      const fields = leaves(row.right)
      if (fields.length === 0 || fields.some(([path, leaf]) => path.length !== 1 || leaf.kind !== 'expr')) return
      const columns = fields.map(([[field = '']]) => field)
      const types = fields.map(
        ([, leaf]): AnyColumn => ({ ...(nullable(int) as AnyColumn), type: { ...(leaf as AnyExpr).type, nullable: true } }),
      )
      // a json that is read as text is anyJson in the module
      if (types.some(t => t.type.sql.tag === 'json')) return
      const v = view(name, Object.fromEntries(columns.map((f, i) => [f, types[i] as AnyColumn])), q as never) as AnyTable
      const s: AnySchema = { ...sample, tables: { ...sample.tables, v } }
      if (E.isLeft(validate(s))) return
      const text = moduleOf(imageOf(s))
      if (text.includes('not translated')) {
        assert.match(`${imageOf(s).views[0]?.text}`, 'undefined /*')
        return
      }
      kept += 1
      await holds(s, kept <= 60, queries)
    }),
    { numRuns: amount(500) },
  )
  assert.ok(kept > tried / 10, `${kept} of ${tried}`)
})

test('the modules compile', () => {
  assert.is(written.compile().slice(0, 3000), '')
  // a generated query may put a value that can be null where the compiler expects one that can't: in a recursion, or an operand
  const problems = queries.compile().split(/\n(?=m\d)/)
  assert.equal(
    problems.filter(p => p.trim() !== '' && !p.includes('null')),
    [],
  )
})

test('a module as people read it', async () => {
  const customer = table(
    'customer',
    { id: int, fullName: text, 'a b': nullable(int) },
    {
      primaryKey: ['id'],
      checks: { positive: row => gt(row.id, 0) },
      indexes: [{ name: 'by_name', on: row => [asc(lower(row.fullName))], where: row => eq(row.id, 3), unique: true }],
    },
  )
  const log = table('a', { id: int, customerId: nullable(int) }, { schema: 'x', primaryKey: ['id'] })
  const first = view(
    'some_view',
    { id: int, theName: text },
    pipe(
      Q.from(customer),
      Q.map(c => ({ id: c.id, theName: lower(c.fullName) })),
    ),
  )
  const second = view(
    'aa_view',
    { id: int },
    pipe(
      Q.from(first),
      Q.where(v => eq(v.theName, lit('x'))),
      Q.map(v => ({ id: v.id })),
    ),
  )
  const s = schema({ customer, log, first, second }, of => ({ log: { customer: fk(of.log.customerId, of.customer.id) } }))
  assert.snapshot(await holds(s as AnySchema, true), EXPECTED)
})

const EXPECTED = `// Written by moduleOf from the schema of a database (query-ts).
import { pipe } from 'fp-ts/lib/function.js'
import * as K from 'query-ts/Column'
import { eq, gt, lower } from 'query-ts/Expr'
import * as Q from 'query-ts/Query'
import { fk, schema } from 'query-ts/Schema'
import { table, view } from 'query-ts/Table'

export const customer = table(
  'customer',
  {
    id: K.int,
    full_name: K.text,
    'a b': pipe(K.int, K.nullable),
  },
  {
    primaryKey: ['id'],
    indexes: [
      { name: 'by_name', on: row => [lower(row.full_name)], unique: true, where: row => eq(row.id, 3) },
    ],
    checks: {
      positive: row => gt(row.id, 0),
    },
  },
)

export const aTable = table(
  'a',
  {
    id: K.int,
    customer_id: pipe(K.int, K.nullable),
  },
  {
    schema: 'x',
    primaryKey: ['id'],
  },
)

export const some_view = view(
  'some_view',
  {
    id: K.nullable(K.int),
    the_name: K.nullable(K.text),
  },
  pipe(
    Q.from(customer),
    Q.map(c => ({ id: c.id, fullName: c.full_name, 'a b': c['a b'] })),
    Q.map(s => ({ id: s.id, theName: lower(s.fullName) })),
    Q.map(s => ({ id: s.id, the_name: s.theName })),
  ),
)

export const aa_view = view(
  'aa_view',
  {
    id: K.nullable(K.int),
  },
  pipe(
    Q.from(some_view),
    Q.map(s => ({ id: s.id, theName: s.the_name })),
    Q.where(s => eq(s.theName, 'x')),
    Q.map(s => ({ id: s.id })),
  ),
)

export const database = schema({ customer, aTable, some_view, aa_view }, tables => ({
  aTable: {
    customer: fk(tables.aTable.customer_id, tables.customer.id, { back: 'aTable' }),
  },
}))
`

test.run()
