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
import { check, generated, int, nullable, numeric, text, timestamp, withDefault } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { type Change, changed } from '../../lib/core/schema/Change.js'
import { createSteps, dropSteps } from '../../lib/core/schema/Step.js'
import type { AnyColumn, AnyTable } from '../../lib/core/syntax/Syntax.js'
import { symbolsOf } from '../../lib/core/syntax/scope.js'
import { show } from '../../lib/DbError.js'
import * as X from '../../lib/Expr.js'
import * as Migrate from '../../lib/Migrate.js'
import * as Q from '../../lib/Query.js'
import { type AnySchema, type ForeignKey, fk, schema, validate } from '../../lib/Schema.js'
import { migrationText } from '../../lib/schema/migrationText.js'
import { table } from '../../lib/Table.js'
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

test('a migration as people read it', async () => {
  const product = table(
    'product',
    { id: generated(int), name: text, cents: nullable(int) },
    { checks: { cheap: r => X.lt(r.cents, 100) }, indexes: [{ name: 'by_name', on: r => [X.lower(r.name)], unique: true }] },
  )
  const order = table('order', { id: int, productId: int, at: withDefault(X.now)(timestamp) }, { primaryKey: ['id'] })
  const shop = schema({ order }, () => ({}))
  const keys = schema({ product, order }, of => ({ order: { product: fk(of.order.productId, of.product.id, { onDelete: 'cascade' }) } }))
  const priced = table('product', { id: int, price: numeric(8, 2) })
  const steps = [
    ...Migrate.create(shop),
    Migrate.addForeignKey(keys, 'order_product_id_fkey'),
    ...Migrate.alter(
      product,
      Migrate.addColumn(
        'price',
        pipe(
          numeric(8, 2),
          check(self => X.gte(self, '0')),
        ),
        { fill: r => X.cast(numeric(8, 2))(X.coalesce(r.cents, 0)) },
      ),
      Migrate.dropCheck('cheap'),
      Migrate.dropColumn('cents'),
      Migrate.setComment('name', "what it's called"),
    ),
    ...Migrate.alter(
      priced,
      Migrate.addCheck({ name: 'dear' }, r => X.lt(r.price, '9.99')),
    ),
    Migrate.data(
      C.insertMany(order)([
        { id: 1, productId: 1, at: new Date(0) },
        { id: 2, productId: 1 },
      ]),
    ),
    Migrate.sql(
      { postgres: 'ANALYZE product;\nANALYZE "order"' },
      { undo: { postgres: "SELECT 'nothing'" }, steps: Migrate.alter(priced, Migrate.renameTable('p')) },
    ),
  ]
  const made = migrationText({ name: '20261127T1200_price', from: ['a', "b'"], steps, replaces: ['x'], allows: ['losesData'] })
  assert.snapshot(E.isRight(made) ? made.right : show(made.left), EXPECTED)
  const loaded = (await written.load(EXPECTED))['default'] as Migrate.Migration
  const { replaces, allows } = loaded
  assert.equal([replaces, allows], [['x'], ['losesData']])
  assert.is(sum(loaded), sum(Migrate.migration({ name: '20261127T1200_price', from: ['a', "b'"], up: steps, replaces, allows })))
})

test('what has no text is refused, with the reason', () => {
  const t = table('t', { id: int }, { primaryKey: ['id'] })
  const refusal = (...steps: readonly Migrate.MigrationStep[]): string => {
    const made = migrationText({ name: 'm', from: null, steps })
    return E.isLeft(made) ? show(made.left) : made.right
  }
  const mapped = pipe(
    Q.from(t),
    Q.mapRow(r => r),
  )
  assert.match(refusal(Migrate.data(C.insertFrom(t)(mapped))), 'the function of mapRow has no text')
  assert.match(
    refusal(
      ...Migrate.alter(
        t,
        Migrate.addCheck('odd', r => X.eq(r.id, 'x' as never)),
      ),
    ),
    'as text',
  )
  assert.match(refusal({ tag: 'createIndex', table: t, index: { ...noIndex, name: 'x'.repeat(64) } }), '63 bytes')
  assert.match(refusal({ tag: 'alterTable', table: t, change: { tag: 'dropColumn', field: 'none' } }), 'there is no such column')
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

const noIndex = { columns: ['id'], on: null, unique: false, where: null, method: null }

const EXPECTED = `import { pipe } from 'fp-ts/lib/function.js'
import {
  check,
  generated,
  int,
  nullable,
  numeric,
  text,
  timestamp,
  withDefault,
} from 'query-ts/Column'
import * as C from 'query-ts/Command'
import { cast, coalesce, gte, lower, lt, now } from 'query-ts/Expr'
import * as Migrate from 'query-ts/Migrate'
import { fk, schema } from 'query-ts/Schema'
import { table } from 'query-ts/Table'

const order = table(
  'order',
  { id: int, productId: int, at: pipe(timestamp, withDefault(now)) },
  { primaryKey: ['id'] },
)

const product = table(
  'product',
  { id: generated(int), name: text, cents: nullable(int) },
  {
    indexes: [{ name: 'by_name', on: row => [lower(row.name)], unique: true }],
    checks: { cheap: row => lt(row.cents, 100) },
  },
)

const keys = schema({ order, product }, tables => ({
  order: { product: fk(tables.order.productId, tables.product.id, { onDelete: 'cascade' }) },
}))

// "product" again, after a change above.
const product2 = table('product', { id: int, price: numeric(8, 2) })

export default Migrate.migration({
  name: '20261127T1200_price',
  from: ['a', 'b\\''],
  replaces: ['x'],
  allows: ['losesData'],
  up: [
    Migrate.create(schema({ order })),
    Migrate.addForeignKey(keys, 'order_product_id_fkey'),
    Migrate.alter(
      product,
      Migrate.addColumn('price', pipe(numeric(8, 2), check(self => gte(self, '0.00'))), {
        fill: row => cast(numeric(8, 2))(coalesce(row.cents, 0)),
      }),
      Migrate.dropCheck('product_cheap'),
      Migrate.dropColumn('cents'),
      Migrate.setComment('name', 'what it\\'s called'),
    ),
    Migrate.alter(product2, Migrate.addCheck({ name: 'dear' }, row => lt(row.price, '9.99'))),
    // No way back: a command that changes rows has no inverse: write down the steps that undo it, or that there is nothing to undo.
    Migrate.data(C.insertMany(order)([
      { id: 1, productId: 1, at: new Date('1970-01-01T00:00:00.000Z') },
      { id: 2, productId: 1 },
    ])),
    Migrate.sql(
      {
        postgres: \`ANALYZE product;
ANALYZE "order"\`,
      },
      {
        undo: { postgres: 'SELECT \\'nothing\\'' },
        steps: [
          ...Migrate.alter(product2, Migrate.renameTable('p')),
        ],
      },
    ),
  ],
})
`

test.run()
