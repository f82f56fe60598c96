/**
 * Migrations as text: the module that `migrationText` writes has the migration that it was written from.
 *
 * The laws load each text and compare checksums, which cover every name, type, function and value of the steps; at the end tsc compiles the texts.
 * Names, comments and values are hostile: a text that ran any of them would set `globalThis.injected`.
 */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import * as Laws from '../../laws/index.js'
import * as K from '../../lib/Column.js'
import { type Change, changed } from '../../lib/core/schema/Change.js'
import { createSteps, dropSteps } from '../../lib/core/schema/Step.js'
import type { AnyColumn, AnyTable } from '../../lib/core/syntax/Syntax.js'
import { symbolsOf } from '../../lib/core/syntax/scope.js'
import { show } from '../../lib/DbError.js'
import * as X from '../../lib/Expr.js'
import * as Migrate from '../../lib/Migrate.js'
import { type AnySchema, type ForeignKey, schema, validate } from '../../lib/Schema.js'
import { migrationText } from '../../lib/schema/migrationText.js'
import { amount } from '../amount.js'
import { writtenIn } from '../live/writtenModules.js'
import { suite } from '../suite.js'
import { COLUMNS, FIELDS, HOSTILE, indexOf, NAMES, numbers, optionsOf, pick, predicate, schemas } from './hostileSchemas.js'

const test = suite('migrations as text')
const written = writtenIn('migrations')
const commands = writtenIn('migrationCommands')

const any = (c: unknown): AnyColumn => c as AnyColumn

const textOf = (steps: readonly Migrate.MigrationStep[], name = 'm', from: string | null = null): string => {
  const text = migrationText({ name, from, steps })
  assert.ok(E.isRight(text), E.isLeft(text) ? `${show(text.left)} ${(text.left as any).cause?.stack ?? ''}` : '')
  return (text as E.Right<string>).right
}

const sum = (m: Migrate.Migration): string => {
  const made = Migrate.checksum(m)
  assert.ok(E.isRight(made), E.isLeft(made) ? show(made.left) : '')
  return (made as E.Right<string>).right
}

/** The text of steps has the checksum of the steps. */
const holds = async (steps: readonly Migrate.MigrationStep[], keep: boolean, name = 'm', { load } = written): Promise<string> => {
  const text = textOf(steps, name)
  const loaded = (await load(text, keep))['default'] as Migrate.Migration
  assert.is((globalThis as { injected?: unknown }).injected, undefined)
  assert.is(sum(loaded), sum(Migrate.migration({ name, from: null, up: steps })), text)
  return text
}

// --- Random steps -----------------------------------------------------------------------------

const changeOf = (of: AnyTable, [kind = 0, a = 0, b = 0, c = 0]: readonly number[]): Change => {
  const fields = Object.keys(of.columns)
  const field = pick(fields, a)
  const column = pick(COLUMNS, b)
  const fresh = pick(
    FIELDS.filter(f => !fields.includes(f) && !Object.values(of.names).includes(f)),
    c,
  )
  const isInt = of.types[field]?.sql.tag === 'int'
  const fill = pick<((row: any) => any) | null>(
    [null, () => column.default ?? X.nullOf(column as never), row => X.cast(column as never)(X.cast(K.text)(row[field]) as never)],
    c,
  )
  const key = { name: pick([`${of.name}_id_key`, 'k', ...HOSTILE], c), columns: ['id'] }
  const constraint = pick([...of.uniques, ...of.checks, { name: 'none' }], a).name
  const all: readonly Change[] = [
    { tag: 'renameTable', name: pick(NAMES, a) },
    { tag: 'addColumn', field: fresh, name: fresh, column: column.generated ? any(K.int) : column, fill },
    { tag: 'addColumn', field: fresh, name: fresh, column: any(K.int), fill: isInt ? row => X.plus(row[field], 1) as never : null },
    { tag: 'dropColumn', field },
    { tag: 'renameColumn', field, name: fresh },
    { tag: 'changeType', field, type: column.type.sql, using: fill },
    { tag: 'setNullable', field },
    { tag: 'setNotNull', field, fill: isInt ? row => X.coalesce(row[field], X.plus(row['id'], c)) as never : null },
    { tag: 'setNotNull', field, fill: of.columns[field]?.default == null ? null : () => of.columns[field]?.default as never },
    {
      tag: 'setDefault',
      field,
      default: c % 2 === 0 ? (of.columns[field]?.default ?? null) : (X.nullOf(of.columns[field] as never) as never),
    },
    { tag: 'setComment', field: c % 3 === 0 ? null : field, comment: c % 2 === 0 ? pick(HOSTILE, b) : null },
    { tag: 'addKey', key, primary: of.primaryKey === null && c % 2 === 0 },
    { tag: 'dropKey', name: constraint },
    { tag: 'addCheck', check: { name: pick([`${of.name}_${of.names[field]}_check`, ...HOSTILE], b), predicate: predicate(of, a) } },
    { tag: 'dropCheck', name: constraint },
    { tag: 'renameConstraint', from: constraint, to: pick(HOSTILE, b) },
  ]
  return pick(all, kind)
}

/** A change that needs columns which the table no longer has is none. */
const attempt = <A>(f: () => A): A | null => {
  try {
    return f()
  } catch {
    return null
  }
}

const stepsFor = (of: AnyTable, move: readonly number[]): readonly Migrate.MigrationStep[] => {
  const [kind = 0, a = 0, b = 0] = move
  const alter = (...all: readonly unknown[]): readonly Migrate.MigrationStep[] => Migrate.alter(of as never, ...(all as never[]))
  if (kind % 9 === 7) return alter(Migrate.createIndex(optionsOf(indexOf(of, pick(HOSTILE, a), b))))
  if (kind % 9 === 8) return alter(Migrate.dropIndex(pick([...of.indexes, { name: 'none' }], a).name))
  if (kind % 9 === 6)
    return alter(
      Migrate.addColumn(
        'fresh',
        pipe(
          K.int,
          K.check(self => X.gt(self, 1)),
          a % 2 === 0 ? K.unique : K.indexed,
        ),
        { fill: 3 },
      ),
      Migrate.addCheck('fresh', (row: any) => X.gt(row.fresh, row.id)),
    )
  return [{ tag: 'alterTable', table: of, change: changeOf(of, move) }]
}

/** Steps that alter the tables of a schema, one after the other. */
const chain = (s: AnySchema, moves: readonly (readonly number[])[]): readonly Migrate.MigrationStep[] => {
  const now = new Map(Object.entries(s.tables))
  const steps: Migrate.MigrationStep[] = []
  for (const move of moves) {
    const name = pick([...now.keys()], move[5] ?? 0)
    const of = now.get(name) as AnyTable
    const more = attempt(() => {
      const made = stepsFor(of, move)
      for (const step of made) {
        const { change } = step.tag === 'alterTable' ? step : { change: null }
        const f = change === null ? null : 'fill' in change ? change.fill : 'using' in change ? change.using : null
        if (step.tag === 'alterTable' && f !== null && f(symbolsOf(step.table.types)).node.tag === 'invalid')
          throw new Error('no such value')
      }
      validateTable(made.reduce(afterStep, of))
      return made
    })
    if (more === null) continue
    steps.push(...more)
    now.set(name, more.reduce(afterStep, of))
  }
  return steps
}

const validateTable = (of: AnyTable): void => {
  const valid = validate(schema({ of } as never))
  if (E.isLeft(valid)) throw valid.left
}

const afterStep = (of: AnyTable, step: Migrate.MigrationStep): AnyTable =>
  step.tag === 'alterTable'
    ? changed(of, step.change)
    : step.tag === 'createIndex'
      ? { ...of, indexes: [...of.indexes, step.index] }
      : step.tag === 'dropIndex'
        ? { ...of, indexes: of.indexes.filter(i => i.name !== step.index.name) }
        : of

const keySteps = (keys: readonly ForeignKey[]): readonly Migrate.MigrationStep[] =>
  keys.flatMap(foreignKey => [
    { tag: 'dropForeignKey' as const, foreignKey },
    { tag: 'addForeignKey' as const, foreignKey },
  ])

test('law: the text of random steps has their checksum', async () => {
  let kept = 0
  await fc.assert(
    fc.asyncProperty(
      schemas,
      fc.array(numbers, { maxLength: 8 }),
      fc.nat(3),
      fc.constantFrom(...HOSTILE),
      async (s, moves, order, name) => {
        const created = createSteps(s)
        const steps = [
          ...(order === 1 ? [...created].reverse() : order === 2 ? created.filter(x => x.tag !== 'createIndex') : created),
          ...keySteps(s.foreignKeys),
          ...chain(s, moves),
          ...(order === 3 ? [...dropSteps(s)].reverse() : dropSteps(s)),
        ]
        kept += 1
        await holds(steps, kept <= 150, name)
      },
    ),
    { numRuns: amount(1000) },
  )
})

test('law: the text of random commands has their checksum', async () => {
  const { sample, command } = Laws.Arbitrary
  let kept = 0
  await fc.assert(
    fc.asyncProperty(command(sample), async ({ command: c }) => {
      if (c.node.tag === 'invalid') return
      const text = migrationText({ name: 'm', from: null, steps: [Migrate.data(c)] })
      if (E.isLeft(text)) {
        assert.match(show(text.left), 'as text')
        return
      }
      kept += 1
      await holds([Migrate.data(c)], kept <= 60, 'm', commands)
    }),
    { numRuns: amount(500) },
  )
  assert.ok(kept > 10)
})

test('the texts compile', () => {
  assert.is(written.compile().slice(0, 3000), '')
  // a generated command may write an expression that can be null to a column that can't
  const problems = commands.compile().split(/\n(?=m\d)/)
  assert.equal(
    problems.filter(p => p.trim() !== '' && !p.includes('null')),
    [],
  )
})

test.run()
