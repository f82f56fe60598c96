/**
 * Migrations as text: the module that `migrationText` writes has the migration that it was written from.
 *
 * The laws load each text and compare checksums, which cover every name, type, function and value of the steps; at the end tsc compiles the texts.
 * Names, comments and values are hostile: a text that ran any of them would set `globalThis.injected`.
 */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import * as assert from 'uvu/assert'
import * as Laws from '../../laws/index.js'
import * as K from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { type Change, changed } from '../../lib/core/schema/Change.js'
import { createSteps, dropSteps } from '../../lib/core/schema/Step.js'
import { symbolsOf } from '../../lib/core/syntax/scope.js'
import type { AnyColumn, AnyTable, Index } from '../../lib/core/syntax/Syntax.js'
import { show } from '../../lib/DbError.js'
import * as X from '../../lib/Expr.js'
import * as Migrate from '../../lib/Migrate.js'
import { type AnySchema, type ForeignKey, fk, schema, validate } from '../../lib/Schema.js'
import { migrationText } from '../../lib/schema/migrationText.js'
import { table } from '../../lib/Table.js'
import { amount } from '../amount.js'
import { writtenIn } from '../live/writtenModules.js'
import { suite } from '../suite.js'

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

const HOSTILE = [
  "it's",
  '*/',
  '\n',
  '`${globalThis.injected = 1}`',
  "'; globalThis.injected = 1; '",
  '\n*/ globalThis.injected = 1 /*',
  '// x',
  '\\',
  '\u2028',
  '__proto__',
  'constructor',
  'class',
  'undefined',
  'row',
  'self',
  'tables',
  'table',
  'Migrate',
  'int',
  'x',
  'a b',
  'größe',
  '日本',
  'Q',
  '1',
]
const FIELDS = ['userId', 'HTMLText', 'unit_price', 'a', 'b2', ...HOSTILE]
const NAMES = ['order', 'user_account', 'userAccount', 'a', ...HOSTILE]

const Short = new t.Type<string, string>('Short', t.string.is, t.string.validate, t.identity)
/** A codec whose values are not those of the database. */
const Boxed = new t.Type<{ readonly value: string }, string>(
  'Boxed',
  (x): x is { readonly value: string } => typeof x === 'object',
  (x, c) => (typeof x === 'string' ? t.success({ value: x }) : t.failure(x, c)),
  x => x.value,
)

const COLUMNS: readonly AnyColumn[] = [
  K.int,
  K.text,
  K.nullable(K.text),
  K.nullable(K.int),
  K.smallint,
  K.bigint,
  K.withDefault(-9007199254740993n)(K.bigint),
  K.float,
  K.withDefault(-0)(K.float),
  K.numeric(8, 2),
  K.numeric(30, 5, { sqlite: 'real' }),
  K.withDefault('1.50')(K.numeric(8, 2)),
  K.boolean,
  K.withDefault(true)(K.boolean),
  K.varchar(20),
  K.char(4),
  K.uuid,
  K.storedText,
  K.timestamp,
  K.withDefault(new Date(1))(K.timestamp),
  K.withDefault(X.now)(K.timestamp),
  K.withDefault('2020-01-01T00:00:00.000001Z')(K.timestampMicros),
  K.date,
  K.time,
  K.anyJson,
  K.withDefault({ ['__proto__']: ["it's"] })(K.anyJson),
  K.bytes,
  K.withDefault(Uint8Array.from([0, 255]))(K.bytes),
  K.arrayOf(K.int),
  K.arrayOf(K.nullable(K.text)),
  K.vector(3),
  K.enumOf('a', "b'"),
  K.withDefault("b'")(K.enumOf('a', "b'")),
  K.codec(Short)(K.text),
  pipe(K.text, K.codec(Short), K.nullable, K.withDefault('x')),
  pipe(K.text, K.codec(Boxed), K.withDefault({ value: 'boxed' })),
  K.json(t.type({ a: t.number })),
  K.sqlType({ postgres: "inet'" }, t.string),
  pipe(K.int, K.nullable, K.filledByDatabase, K.comment("it's\n*/ globalThis.injected = 1 /*")),
  K.withDefault(X.lit('b'.repeat(1500)))(K.text),
].map(any)

const n = fc.noBias(fc.nat(9_999))
const numbers = fc.array(n, { minLength: 12, maxLength: 12 })

const pick = <A>(all: readonly A[], i: number): A => all[i % all.length] as A

const predicate = (of: AnyTable, i: number): ((row: any) => any) => {
  const field = pick(Object.keys(of.columns), i)
  const type = of.types[field]?.sql.tag ?? ''
  const forms: readonly ((row: any) => any)[] = [
    row => X.isNotNull(row[field]),
    ...(['int', 'smallint', 'float'].includes(type) ? [(row: any) => X.or(X.gt(row[field], i % 5), X.lte(row[field], X.lit(-3)))] : []),
    ...(type === 'bigint' ? [(row: any) => X.inList(row[field], [1n, 2n])] : []),
    ...(type === 'numeric' ? [(row: any) => X.gte(row[field], '0.5')] : []),
    ...(['text', 'varchar', 'enum'].includes(type)
      ? [(row: any) => X.ne(row[field], 'a'), (row: any) => X.like(X.lower(row[field]), '%`${x}`\\_')]
      : []),
    ...(type === 'date' ? [(row: any) => X.lt(row[field], '2020-01-01')] : []),
    ...(type === 'timestamp' ? [(row: any) => X.lt(row[field], new Date(0))] : []),
  ]
  return pick(forms, i)
}

const indexOf = (of: AnyTable, name: string, i: number): Index => {
  const fields = Object.keys(of.columns).filter(f => !['json', 'custom', 'array', 'vector', 'bytes'].includes(of.types[f]?.sql.tag ?? ''))
  const [a, b] = [pick(fields, i), pick(fields, i + 1)]
  const plain: Index = { name, columns: [a], on: null, unique: i % 3 === 0, where: null, method: i % 7 === 0 ? 'ha"sh' : null }
  if (i % 4 === 0) return { ...plain, columns: [], on: row => [X.nullsFirst(X.desc(row[a])), row[b]] as never }
  return i % 4 === 1 ? { ...plain, where: predicate(of, i) } : plain
}

const optionsOf = ({ name, columns, on, unique, where, method }: Index): any => ({
  ...{ name, on: on ?? columns, unique },
  ...(where === null ? {} : { where }),
  ...(method === null ? {} : { using: method }),
})

/** A table of numbers. */
const tableOf = (name: string, ns: readonly number[]): AnyTable => {
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = ns
  const columns = Object.fromEntries(ns.slice(5, 6 + (a % 5)).map((i, at) => [pick(FIELDS, i + at * 3), pick(COLUMNS, i >> 3)]))
  const bare = table(name, { id: any(b % 3 === 0 ? K.generated(K.int) : K.int), ...columns, parentId: any(K.nullable(K.int)) })
  return table(name, bare.columns, {
    ...(c % 3 === 0 ? {} : { primaryKey: (c % 3 === 1 ? ['id'] : { name: pick(HOSTILE, c), on: ['id'] }) as never }),
    uniques: [['id', 'parentId'] as never, ...(d % 3 === 0 ? [{ name: `${pick(HOSTILE, d)}u`, on: ['parentId'] } as never] : [])],
    indexes: e % 2 === 0 ? [optionsOf(indexOf(bare, `${name}i`, e)) as never] : [['parentId']],
    checks: {
      [pick(HOSTILE, e)]: predicate(bare, e),
      ...(a % 3 === 0 ? { own: { name: `${pick(HOSTILE, a)}own`, predicate: predicate(bare, a) } } : {}),
    },
    ...(d % 4 === 0 ? { comment: pick(HOSTILE, e) } : {}),
    ...(d % 5 === 0 ? { schema: pick(HOSTILE, a) } : {}),
    ...(c % 5 === 0 ? { naming: (f: string) => f } : {}),
    ...(b % 4 === 0 ? { unmanaged: [pick(HOSTILE, b)] } : {}),
  }) as AnyTable
}

const schemas: fc.Arbitrary<AnySchema> = fc
  .tuple(fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 }), numbers, numbers, numbers, numbers)
  .map(([names, ...ns]) => {
    const tables = Object.fromEntries(names.map((name, i) => [`t${i}`, tableOf(name, ns[i] ?? [])]))
    const k = ns[3] ?? []
    const [from, to] = [`t${(k[0] ?? 0) % names.length}`, `t${(k[1] ?? 0) % names.length}`]
    const isKey = (of: AnyTable | undefined): boolean => of?.primaryKey != null
    const options = pick([{}, { onDelete: 'cascade', back: "it's" }, { onUpdate: 'setNull', name: pick(HOSTILE, k[2] ?? 0) }], k[3] ?? 0)
    return isKey(tables[to])
      ? (schema(
          tables as any,
          ((x: any) => ({ [from]: { ['__proto__']: fk(x[from].parentId, x[to].id, options as any) } })) as any,
        ) as AnySchema)
      : (schema(tables as any) as AnySchema)
  })
  .filter(s => E.isRight(validate(s)))

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
      Migrate.addColumn('fresh', pipe(K.int, K.check(self => X.gt(self, 1)), a % 2 === 0 ? K.unique : K.indexed), { fill: 3 }),
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
        if (step.tag === 'alterTable' && f !== null && f(symbolsOf(step.table.types)).node.tag === 'invalid') throw new Error('no such value')
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
