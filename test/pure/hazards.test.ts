/**
 * Hazards of every sample step on every engine, as a table; the laws that hold them against memory; and Postgres's plans as squawk judges them.
 *
 * docs/hazards.md has the table and is written by `npm run docs:hazards`; here it is only compared. In the laws memory is the judge: what a
 * chain of random rows loses, or makes a step fail, must have been named. squawk is a linter of migrations, whose findings are mapped to
 * kinds; one without a kind of ours fails the test.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { bigint, boolean, char, date, enumOf, float, int, nullable, numeric, smallint, text, timestamp, varchar } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { type Change, changed } from '../../lib/core/schema/Change.js'
import type { Step } from '../../lib/core/schema/Step.js'
import type { AnyColumn, AnyTable } from '../../lib/core/syntax/Syntax.js'
import * as X from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import { memory } from '../../lib/run/memory.js'
import { schema } from '../../lib/Schema.js'
import { createAll, define } from '../../lib/schema/createAll.js'
import { allowedBatches, type HazardKind, hazards, needsAllowance, refusedSteps } from '../../lib/schema/hazards.js'
import { type Batch, online, statementsOfBatch } from '../../lib/schema/online.js'
import { ddlWork, statementsOfWork } from '../../lib/sql/ddl.js'
import { dialects } from '../../lib/sql/dialects.js'
import { table } from '../../lib/Table.js'
import { amount, some } from '../amount.js'
import { note, suite } from '../suite.js'
import { page } from './hazards/page.js'
import { samples } from './hazards/samples.js'
import { source } from './sql/snapshot.js'

const named = suite('hazards')

const LETTERS: { readonly [kind in HazardKind]: string } = {
  losesData: 'L',
  mayFailOnData: 'F',
  rewritesTable: 'R',
  blocksWrites: 'W',
  blocksReads: 'A',
  notTransactional: 'T',
  breaksCode: 'B',
}
const letters = (step: Step, engine: Parameters<typeof hazards>[1], facts = {}): string =>
  hazards(step, engine, facts)
    .map(h => LETTERS[h.kind])
    .join('') || '-'

/**
 * L loses data, F may fail on data, R rewrites the table, W blocks writes, A blocks all access, T is not transactional, B breaks code.
 *
 *                                            memory  postgres online  mysql   mariadb sqlite
 */
const TABLE = `
create a table                            -       -       -       T       T       -
drop a table                              LB      LB      LB      LBT     LBT     LB
create a view                             -       -       -       T       T       -
drop a view                               B       B       B       BT      BT      B
create an index                           -       W       T       T       T       W
create an index over an expression        F       FW      FT      FWT     FWT     FW
create a unique index                     F       FW      FT      FT      FT      FW
drop an index                             -       A       T       T       T       -
drop an index over an expression          -       A       T       T       T       -
add a foreign key                         F       FW      F       FRWT    FRWT    FRW
drop a foreign key                        -       -       -       T       T       RW
rename a table                            B       B       B       BT      BT      B
add a column                              -       -       -       T       T       -
add a column: enum                        -       A       -       RWT     RWT     -
add a column: constant default            -       -       -       T       T       RW
add a column: other default               F       FRA     FRW     FRWT    FRWT    FRW
add a column: not null, no default        FB      FB      FB      FBT     FBT     FBRW
add a column: filled                      F       FRA     FRW     FRWT    FRWT    FRW
add a column: numbered                    F       FRA     FRA     FT      FT      FRW
drop a column                             LB      LB      LB      LBT     LBT     LBRW
drop a column: enum                       LB      LB      LB      LBT     LBT     LBRW
rename a column                           B       B       B       BT      BT      B
rename a column: a check reads it         B       B       B       BRWT    BRWT    B
rename a column: a foreign key has it     B       B       B       BT      BT      B
change a type: longer varchar             B       B       B       BT      BT      BRW
change a type: varchar beyond 255 bytes   B       B       B       BRWT    BT      BRW
change a type: shorter varchar            FB      FBRA    FBRA    FBRWT   FBRWT   FBRW
change a type: enum to text               B       B       B       BRWT    BRWT    BRW
change a type: text to varchar            FB      FBRA    FBRA    FBRWT   FBRWT   FBRW
change a type: int to bigint              B       BRA     BRA     BRWT    BRWT    BRW
change a type: int to smallint            FB      FBRA    FBRA    FBRWT   FBRWT   FBRW
change a type: int to text                B       BRA     BRA     BRWLT   BRWLT   BRW
change a type: more digits                B       B       B       BRWT    BRWT    BRW
change a type: larger scale               B       BRA     BRA     BRWLT   BRWLT   BRW
change a type: smaller scale              LFB     LFBRA   LFBRA   LFBRWLT LFBRWLT LFBRW
change a type: more enum values           B       BA      B       BRWT    BRWT    BRW
change a type: fewer enum values          FB      FBA     FB      FBRWT   FBRWT   FBRW
change a type: using                      LFB     LFBRA   LFBRA   LFBRWLT LFBRWLT LFBRW
allow null                                B       B       B       BRT     BRT     BRW
forbid null                               FB      FBA     FB      FBRT    FBRT    FBRW
forbid null: filled                       FB      FBRA    FBRW    FBRWT   FBRWT   FBRW
set a default                             -       -       -       T       T       RW
drop a default                            -       -       -       T       T       RW
set a comment                             -       -       -       T       T       RW
set a comment: of the table               -       -       -       T       T       RW
add a primary key                         F       FA      FT      FRT     FRT     FRW
add a unique key                          F       FA      FT      FT      FT      FRW
drop a primary key                        -       -       -       RWT     RWT     RW
drop a unique key                         -       -       -       T       T       RW
add a check                               F       FA      F       FRWT    FRWT    FRW
drop a check                              -       -       -       T       T       RW
rename a check                            -       -       -       RWT     RWT     RW
rename a unique key                       -       -       -       T       T       RW
`

named('each sample has these hazards', () => {
  const now = Object.entries(samples).map(([name, step]) =>
    [
      name.padEnd(42),
      ...[
        letters(step, 'memory'),
        letters(step, 'postgres'),
        letters(step, 'postgres', { online: true }),
        letters(step, 'mysql', { online: true }),
        letters(step, 'mariadb', { online: true }),
        letters(step, 'sqlite'),
      ].map(l => l.padEnd(8)),
    ]
      .join('')
      .trimEnd(),
  )
  assert.is(now.join('\n'), TABLE.trim())
})

named('each hazard says what, where and what to do, and has no word of the engine alone', () => {
  for (const step of Object.values(samples))
    for (const engine of ['memory', 'postgres', 'mysql', 'mariadb', 'sqlite'] as const)
      for (const h of hazards(step, engine)) {
        assert.ok(h.message.length > 30 && /: /.test(h.message), h.message)
        assert.ok(h.object.length > 0)
      }
})

named('an empty table endangers no row, and a small one blocks no one', () => {
  for (const [name, step] of Object.entries(samples)) {
    const kinds = hazards(step, 'mysql', { rows: 0 }).map(h => h.kind)
    assert.ok(
      kinds.every(k => k === 'notTransactional' || k === 'breaksCode'),
      `${name}: ${kinds}`,
    )
    assert.not(hazards(step, 'postgres', { rows: 10_000 }).some(h => h.kind.startsWith('blocks')))
  }
})

named('losing and blocking steps run only when allowed by name', () => {
  const steps = [samples['drop a column'], samples['add a check'], samples['add a column']] as Step[]
  const refused = refusedSteps(steps, 'mysql', [])
  assert.is(refused?._tag, 'ValidationError')
  assert.match(`${refused?.message}`, /step 1: losesData: .*step 2: blocksWrites: /)
  assert.not.match(`${refused?.message}`, /step 3/)
  assert.match(`${refusedSteps(steps, 'mysql', ['losesData'])?.message}`, /^steps: step 2/)
  assert.is(refusedSteps(steps, 'mysql', ['losesData', 'blocksWrites']), null)
  assert.is(
    refusedSteps(steps, 'mysql', [], () => ({ rows: 0 })),
    null,
  )
  assert.ok(E.isLeft(allowedBatches(steps, 'mysql', ['losesData'])))
  assert.ok(E.isRight(allowedBatches(steps, 'mysql', ['losesData', 'blocksWrites'])))
  // on Postgres the batches validate a check later, and block no one
  assert.ok(E.isRight(allowedBatches(steps, 'postgres', ['losesData'])))
  assert.ok(needsAllowance({ kind: 'blocksReads' }) && !needsAllowance({ kind: 'mayFailOnData' }))
})

named.run()

const laws = suite('laws of hazards')

const TYPES: readonly AnyColumn[] = [
  smallint,
  int,
  bigint,
  float,
  numeric(8, 2),
  numeric(10, 3),
  numeric(6, 1),
  numeric(7, 2),
  numeric(18, 2),
  text,
  varchar(3),
  varchar(12),
  char(2),
  enumOf('a', 'bb'),
  enumOf('a'),
  boolean,
  date,
  timestamp,
] as never
const VALUES: { readonly [tag: string]: readonly unknown[] } = {
  smallint: [0, 1, -5, 32_000],
  int: [0, 1, 70_000, 2_000_000_000],
  bigint: [0n, 1n, 9_007_199_254_740_993n, 70_000n],
  float: [0, 1.5, 1e20, 0.1],
  text: ['', 'a', 'bb', 'longer text', '12'],
  boolean: [true, false],
  date: ['2024-02-29', '1999-12-31'],
  timestamp: [new Date('2024-02-29T12:34:56.789Z')],
}
const valuesOf = (c: AnyColumn): readonly unknown[] => {
  const t = c.type.sql
  if (t.tag === 'numeric')
    return ['0', '1.5', '12.25', '12.125', '99999.9', '99999.99', '9007199254740993.25'].flatMap(v => {
      const [whole = '', part = ''] = v.split('.')
      return part.length <= t.scale && whole.length <= t.precision - t.scale
        ? [t.scale === 0 ? whole : `${whole}.${part.padEnd(t.scale, '0')}`]
        : []
    })
  if (t.tag === 'varchar') return ['', 'a', 'bb', 'ccc', ...(t.length > 3 ? ['a longer one'] : [])]
  if (t.tag === 'char') return ['bb', 'xy']
  return t.tag === 'enum' ? t.values : (VALUES[t.tag] ?? [])
}

/** A value without its notation: 1.50 and 1.5 are the same number, and 5 the same as '5'. */
const plainly = (v: unknown): string => {
  if (v instanceof Date) return v.toISOString().replace(/(\.\d+?)0*Z$/, '$1Z')
  const s = typeof v === 'boolean' ? String(Number(v)) : String(v)
  if (s === 'true' || s === 'false') return s === 'true' ? '1' : '0'
  const number = /^-?\d+(\.\d+)?$/.test(s) ? s.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '') : s
  return /^\d{4}-\d\d-\d\dT/.test(number) ? number.replace(/(\.\d+?)0*Z$/, '$1Z') : number
}

const changeOf = ([kind, b, c]: readonly [number, number, number]): Change => {
  const column = TYPES[b % TYPES.length] as AnyColumn
  const fill = valuesOf(column)[c % Math.max(1, valuesOf(column).length)]
  const filling = (): any => ({ ...(X.lit(fill as never) as object), type: column.type })
  switch (kind % 12) {
    case 0:
      return { tag: 'dropColumn', field: c % 2 === 0 ? 'v' : 'w' }
    case 1:
      return {
        tag: 'addColumn',
        field: 'x',
        name: 'x',
        column: c % 3 === 0 ? (nullable(column as any) as AnyColumn) : column,
        fill: c % 2 === 0 ? filling : null,
      }
    case 2:
      return { tag: 'setNotNull', field: 'v', fill: null }
    case 3:
      return { tag: 'addKey', key: { name: 'k', columns: [c % 2 === 0 ? 'v' : 'w'] }, primary: false }
    case 4:
      return { tag: 'addCheck', check: { name: 'small', predicate: r => X.lt(r.id, c % 6) } }
    case 5:
      return { tag: 'renameColumn', field: 'v', name: 'z' }
    case 6:
      return { tag: 'setNotNull', field: 'v', fill: () => X.lit('filled') as any }
    default:
      return { tag: 'changeType', field: c % 4 === 3 ? 'w' : 'v', type: column.type.sql, using: c % 9 === 8 ? filling : null }
  }
}

laws('what memory loses is losesData, what it refuses because of rows is mayFailOnData', async () => {
  const seen = { lost: 0, refused: 0, done: 0 }
  const numbers = fc.tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000))
  await fc.assert(
    fc.asyncProperty(fc.nat(1000), fc.array(fc.tuple(fc.nat(1000), fc.nat(1000)), { maxLength: 4 }), numbers, async (a, given, n) => {
      const first = TYPES[a % TYPES.length] as AnyColumn
      const t = table(
        'hazard',
        { id: int, v: nullable(first as any), w: first as any },
        { primaryKey: ['id'], uniques: n[2] % 5 === 0 ? [['w']] : [] },
      ) as AnyTable
      const all = valuesOf(first)
      const rows = given.map(([x, y], id) => ({ id, v: x % 4 === 0 ? null : all[x % all.length], w: all[y % all.length] }))
      const change = changeOf(n)
      const step: Step = { tag: 'alterTable', table: t, change }
      const result = async (some: readonly unknown[]) => {
        const db = memory()
        const s = schema({ t } as any)
        assert.ok(E.isRight(await createAll(s)({ db })()))
        for (const row of some) {
          // a row that a unique key refuses is left out
          await C.run(C.insert(t as any)(row as any))({ db })()
        }
        const before = await Q.all(Q.from(t as any) as any)({ db })()
        const done = await define([step])({ db })()
        if (E.isLeft(done)) return { before, done, after: null }
        return { before, done, after: await Q.all(Q.from(changed(t, change) as any) as any)({ db })() }
      }
      const { before, done, after } = await result(rows)
      const kinds = hazards(step, 'memory').map(h => h.kind)
      const shown = `${JSON.stringify(change)} of ${first.type.sql.tag}`
      if (E.isLeft(done)) {
        // refused without rows too: not because of rows
        if (E.isLeft((await result([])).done)) return
        seen.refused += 1
        assert.ok(kinds.includes('mayFailOnData'), `${shown}: ${done.left.message}`)
        return
      }
      seen.done += 1
      const [old = [], now = []] = [before, after].map(r => (r as any).right as readonly any[])
      const isLost = old.some((row, i) =>
        Object.keys(row).some(f => row[f] !== null && (!(f in now[i]) || plainly(row[f]) !== plainly(now[i][f]))),
      )
      if (!isLost) return
      seen.lost += 1
      assert.ok(kinds.includes('losesData'), `${shown}: ${JSON.stringify([old, now], (_, v) => (typeof v === 'bigint' ? `${v}n` : v))}`)
    }),
    { numRuns: amount(2000) },
  )
  note(`${seen.done} done, ${seen.lost} lost values, ${seen.refused} refused because of rows`)
  assert.ok(seen.lost > 5 && seen.refused > 5)
})

laws('every pair of types, with each value', async () => {
  let pairs = 0
  for (const from of TYPES)
    for (const to of some(TYPES)) {
      const t = table('hazard', { id: int, v: from as any }, { primaryKey: ['id'] }) as AnyTable
      const change: Change = { tag: 'changeType', field: 'v', type: to.type.sql, using: null }
      const step: Step = { tag: 'alterTable', table: t, change }
      const kinds = hazards(step, 'memory').map(h => h.kind)
      for (const v of valuesOf(from)) {
        const db = memory()
        await createAll(schema({ t } as any))({ db })()
        if (E.isLeft(await define([step])({ db })())) break
        await define([{ tag: 'dropTable', table: t, foreignKeys: [] }])({ db })()
        await createAll(schema({ t } as any))({ db })()
        assert.ok(E.isRight(await C.run(C.insert(t as any)({ id: 1, v } as any))({ db })()))
        const shown = `${JSON.stringify(from.type.sql)} to ${JSON.stringify(to.type.sql)}: ${v}`
        pairs += 1
        if (E.isLeft(await define([step])({ db })())) assert.ok(kinds.includes('mayFailOnData'), shown)
        else {
          const now = (await Q.all(Q.from(changed(t, change) as any) as any)({ db })()) as any
          if (plainly(now.right[0].v) !== plainly(v)) assert.ok(kinds.includes('losesData'), `${shown} is ${now.right[0].v}`)
        }
      }
    }
  note(`${pairs} values of pairs`)
})

laws.run()

const judged = suite('squawk and docs/hazards.md')

/** Findings of squawk by the kinds that name them. */
const KINDS: { readonly [rule: string]: readonly HazardKind[] } = {
  'adding-field-with-default': ['rewritesTable'],
  'adding-not-nullable-field': ['blocksReads', 'mayFailOnData'],
  'adding-required-field': ['mayFailOnData'],
  'adding-foreign-key-constraint': ['blocksWrites'],
  'adding-serial-primary-key-field': ['rewritesTable', 'blocksReads'],
  'ban-drop-column': ['losesData'],
  'ban-drop-not-null': ['breaksCode'],
  'ban-drop-table': ['losesData'],
  'changing-column-type': ['rewritesTable', 'breaksCode'],
  'constraint-missing-not-valid': ['blocksReads', 'blocksWrites'],
  'disallowed-unique-constraint': ['blocksReads'],
  'renaming-column': ['breaksCode'],
  'renaming-table': ['breaksCode'],
  'require-concurrent-index-creation': ['blocksWrites'],
  'require-concurrent-index-deletion': ['blocksReads'],
}
/** Matters of taste, and what the runner of migrations does: time-outs, and a journal in place of IF EXISTS. */
const NOT_HAZARDS = /^(prefer-|require-(lock|statement)-timeout|require-timeout-settings)/

const squawk = (): string | null => {
  try {
    const found = createRequire(import.meta.url).resolve('squawk-cli/js/bin/squawk')
    return existsSync(found) ? found : null
  } catch {
    return null
  }
}

judged('squawk finds nothing in a plan for Postgres that no hazard names', () => {
  const binary = squawk()
  if (binary === null) {
    note('squawk is not installed: its findings are not compared')
    return
  }
  const { counts, missing } = findings(binary)
  note(`squawk: ${counts.plans} plans, ${counts.findings} findings that hazards name, ${counts.taste} others`)
  assert.equal(missing, [])
  assert.ok(counts.findings > 20)
})

interface Plan {
  readonly name: string
  readonly kinds: readonly HazardKind[]
  readonly transactional: boolean
  readonly statements: readonly string[]
}

/** The plans of all samples, by batches and as `define` performs them. */
const plans = (): readonly Plan[] =>
  Object.entries(samples).flatMap(([name, step]) => {
    const batches = online([step], 'postgres')
    assert.ok(E.isRight(batches))
    const kinds = (isOnline: boolean) => hazards(step, 'postgres', { online: isOnline }).map(h => h.kind)
    const whole = statementsOfWork(dialects.postgres, ddlWork(dialects.postgres, [step]))
    return [
      { name, kinds: kinds(false), transactional: true, statements: whole },
      ...(batches as E.Right<readonly Batch[]>).right.map(b => ({
        name: `${name} (online)`,
        kinds: kinds(true),
        transactional: b.transactional,
        statements: statementsOfBatch(b, 'postgres'),
      })),
    ].filter(p => p.statements.length > 0)
  })

/** The findings of squawk in all plans: a file for each, since a finding names its file. */
const findings = (binary: string) => {
  const folder = mkdtempSync(join(tmpdir(), 'query-ts-squawk-'))
  const all = plans()
  const counts = { plans: all.length, findings: 0, taste: 0 }
  const missing: string[] = []
  for (const transactional of [true, false]) {
    const files = all.flatMap((plan, i) => {
      if (plan.transactional !== transactional) return []
      writeFileSync(join(folder, `${i}.sql`), plan.statements.map(s => `${s};`).join('\n'))
      return [`${i}.sql`]
    })
    const { stdout } = spawnSync(binary, ['--reporter', 'json', ...(transactional ? ['--assume-in-transaction'] : []), ...files], {
      cwd: folder,
      encoding: 'utf8',
    })
    for (const { rule_name: rule, message, file } of JSON.parse(stdout)) {
      const plan = all[Number.parseInt(file, 10)] as Plan
      if (NOT_HAZARDS.test(rule)) counts.taste += 1
      else if (KINDS[rule]?.some(k => plan.kinds.includes(k))) counts.findings += 1
      else missing.push(`${plan.name}: ${rule}: ${message}`)
    }
  }
  rmSync(folder, { recursive: true })
  return { counts, missing }
}

judged('docs/hazards.md is what the code says', () => {
  const file = new URL('../../docs/hazards.md', source(''))
  const now = page()
  if ((process.env.UPDATE_SNAPSHOTS ?? '') !== '') {
    writeFileSync(file, now)
    note('docs/hazards.md is written')
  }
  const there = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const at = now.split('\n').findIndex((line, i) => line !== there.split('\n')[i])
  assert.ok(now === there, `docs/hazards.md is stale at line ${at + 1}: run npm run docs:hazards and read the difference`)
})

judged.run()
