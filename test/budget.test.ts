/**
 * The cost of type checking for a user: 60 queries with 3 joins each, over 5 and over 500 tables, against the published types.
 *
 * Instantiations are counted, not seconds, because they are the same on every machine. `--singleThreaded` matters: parallel checkers
 * repeat work (47,110 against 39,873), and an up-to-date incremental run would report 0. The limits include the fixed cost of the types
 * of the libraries, which is shown as "no query".
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { note, suite } from './suite.js'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

const imports = `import { pipe } from 'fp-ts/lib/function.js'
import { boolean, generated, int, nullable, numeric, text, timestamp } from 'query-ts/Column'
import { desc, eq, gt } from 'query-ts/Expr'
import * as Q from 'query-ts/Query'
import { table } from 'query-ts/Table'
`

/** Each table refers to the next; the last columns differ, so that no two tables have the same type. */
const tableText = (i: number, tables: number): string => `export const t${i} = table('t${i}', {
  id: generated(int),
  name: text,
  n: int,
  price: numeric(10, 2),
  note: nullable(text),
  active: boolean,
  at: timestamp,
  t${(i + 1) % tables}Id: int,
})
`

/** Query k starts at another table, and names its fields differently, so that the checker cannot reuse what it found. */
const queryText = (k: number, tables: number): string => {
  const [a, b, c, d] = [0, 1, 2, 3].map(step => (k * 4 + step) % tables)
  return `export const q${k} = pipe(
  Q.Do,
  Q.bind('a', () => Q.from(t${a})),
  Q.bind('b', ({ a }) => pipe(Q.from(t${b}), Q.where(b => eq(b.id, a.t${b}Id)))),
  Q.bind('c', ({ b }) => pipe(Q.from(t${c}), Q.where(c => eq(c.id, b.t${c}Id)))),
  Q.bind('d', ({ c }) => pipe(Q.from(t${d}), Q.where(d => eq(d.id, c.t${d}Id)))),
  Q.where(({ a }) => gt(a.n, ${k})),
  Q.orderBy(({ a }) => [desc(a.n)]),
  Q.limit(10),
  Q.map(({ a, b, d }) => ({ x${k}: a.name, y: d.name, z: b.note })),
)
`
}

const range = (n: number): ReadonlyArray<number> => Array.from({ length: n }, (_, i) => i)

interface Cost {
  readonly instantiations: number
  readonly seconds: number
}

const measure = (name: string, text: string): Cost => {
  const folder = join(root, 'dist', 'budget', name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'queries.ts'), text)
  const compilerOptions = { target: 'es2022', module: 'nodenext', strict: true, skipLibCheck: true, types: [] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['queries.ts'] }))
  const flags = [
    '--extendedDiagnostics',
    '--singleThreaded',
    '--incremental',
    'false',
    '--composite',
    'false',
    '--noEmit',
    '--pretty',
    'false',
  ]
  const tsc = join(root, 'node_modules', '@typescript', 'native', 'bin', 'tsc')
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', folder, ...flags], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`the generated queries do not compile:\n${stdout.slice(0, 3000)}${stderr}`)
  const figure = (label: string): number => Number(new RegExp(`^${label}:\\s+([\\d.]+)`, 'm').exec(stdout)?.[1] ?? Number.NaN)
  return { instantiations: figure('Instantiations'), seconds: figure('Check time') }
}

const tablesText = (tables: number): string =>
  range(tables)
    .map(i => tableText(i, tables))
    .join('')
const program = (tables: number, queries: number): string =>
  `${imports}${tablesText(tables)}${range(queries)
    .map(k => queryText(k, tables))
    .join('')}`

const budget = suite('type budget')

const limits: ReadonlyArray<readonly [tables: number, limit: number]> = [
  [5, 25_000],
  [500, 50_000],
]
for (const [tables, limit] of limits)
  budget(`60 queries over ${tables} tables stay within ${limit} instantiations`, () => {
    const empty = measure(`tables-${tables}`, program(tables, 0))
    const full = measure(`queries-${tables}`, program(tables, 60))
    note(
      `${tables} tables: ${full.instantiations} instantiations (no query: ${empty.instantiations}), check time ${full.seconds} s; limit ${limit}`,
    )
    // A count near that of no query would mean that the queries were not checked, or are `any`.
    assert.ok(full.instantiations > empty.instantiations + 60 * 10, 'the queries cost next to nothing: were they checked?')
    assert.ok(full.instantiations <= limit, `${full.instantiations} instantiations`)
  })

/** A schema with two foreign keys a table, and includes that go two keys deep. */
const relatedText = (tables: number, includes: number): string => {
  const target = (i: number): number => (i * 7 + 1) % tables
  const keys = range(tables).map(
    i =>
      `  t${i}: { a${i}: fk(t.t${i}.t${(i + 1) % tables}Id, t.t${target(i)}.id, { back: 'as${i}' }), b${i}: fk(t.t${i}.n, t.t${(i * 13 + 5) % tables}.id, { back: 'bs${i}' }) },\n`,
  )
  const uses = range(includes).map(k => {
    const i = (k * 8) % tables
    const to = target(i)
    return `const q${k} = r.t${i}.include({ a${i}: { a${to}: true }, b${i}: true })
export const x${k}: string | undefined = q${k}._A?.().a${i}.a${to}.name\n`
  })
  return `import { fk, schema } from 'query-ts/Schema'
import * as Relations from 'query-ts/Relations'
const s = schema({ ${range(tables)
    .map(i => `t${i}`)
    .join(', ')} }, t => ({
${keys.join('')}}))
export const r = Relations.of(s)
${uses.join('')}`
}

const INCLUDES = 100_000
budget(`60 includes over 500 tables with two keys each stay within ${INCLUDES} instantiations`, () => {
  const of = (includes: number): Cost => measure(`includes-${includes}`, `${imports}${tablesText(500)}${relatedText(500, includes)}`)
  const [none, all] = [of(0), of(60)]
  const each = (all.instantiations - none.instantiations) / 60
  note(`includes: ${all.instantiations} instantiations (no include: ${none.instantiations}, ${each} each); limit ${INCLUDES}`)
  assert.ok(all.instantiations <= INCLUDES, `${all.instantiations} instantiations`)
  const misuse = `${imports}${tablesText(5)}${relatedText(5, 1)}export const wrong = r.t0.include({ nothing: true })\n`
  assert.throws(() => measure('includes-misuse', misuse), /do not compile/)
})

budget('the generated queries are typed, not any', () => {
  const misuse = `${program(5, 1)}export const wrong = pipe(Q.from(t0), Q.where(r => eq(r.name, 1)))\n`
  assert.throws(() => measure('misuse', misuse), /do not compile/)
})

budget.run()
