/**
 * Schemas whose names, comments, values and functions are hostile or odd, for modules that are written from them.
 *
 * A text that ran any of the names would set `globalThis.injected`. Tables have columns of every type, keys and checks with derived names and
 * with names of their own, indexes over expressions and with conditions, fields with other names than their columns, and a foreign key.
 */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import * as K from '../../lib/Column.js'
import type { AnyColumn, AnyTable, Index } from '../../lib/core/syntax/Syntax.js'
import * as X from '../../lib/Expr.js'
import { type AnySchema, fk, schema, validate } from '../../lib/Schema.js'
import { table } from '../../lib/Table.js'

const any = (c: unknown): AnyColumn => c as AnyColumn

/** Names, comments and values that would run if they were code. */
export const HOSTILE = [
  "it's",
  '*/',
  '\n',
  '`$'.concat('{globalThis.injected = 1}`'),
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
/** Names of fields. */
export const FIELDS = ['userId', 'HTMLText', 'unit_price', 'a', 'b2', ...HOSTILE]
/** SQL names of tables. */
export const NAMES = ['order', 'user_account', 'userAccount', 'a', ...HOSTILE]

const Short = new t.Type<string, string>('Short', t.string.is, t.string.validate, t.identity)
/** A codec whose values are not those of the database. */
const Boxed = new t.Type<{ readonly value: string }, string>(
  'Boxed',
  (x): x is { readonly value: string } => typeof x === 'object',
  (x, c) => (typeof x === 'string' ? t.success({ value: x }) : t.failure(x, c)),
  x => x.value,
)

/** Columns of every type, with and without defaults and codecs. */
export const COLUMNS: readonly AnyColumn[] = [
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
/** Numbers by which things are chosen. */
export const numbers = fc.array(n, { minLength: 12, maxLength: 12 })

/** The element at a number, around and around. */
export const pick = <A>(all: readonly A[], i: number): A => all[i % all.length] as A

/** A condition on a row of a table. */
export const predicate = (of: AnyTable, i: number): ((row: any) => any) => {
  const field = pick(Object.keys(of.columns), i)
  const type = of.types[field]?.sql.tag ?? ''
  const forms: readonly ((row: any) => any)[] = [
    row => X.isNotNull(row[field]),
    ...(['int', 'smallint', 'float'].includes(type) ? [(row: any) => X.or(X.gt(row[field], i % 5), X.lte(row[field], X.lit(-3)))] : []),
    ...(type === 'bigint' ? [(row: any) => X.inList(row[field], [1n, 2n])] : []),
    ...(type === 'numeric' ? [(row: any) => X.gte(row[field], '0.5')] : []),
    ...(['text', 'varchar', 'enum'].includes(type)
      ? [(row: any) => X.ne(row[field], 'a'), (row: any) => X.like(X.lower(row[field]), '%`$'.concat('{x}`\\_'))]
      : []),
    ...(type === 'date' ? [(row: any) => X.lt(row[field], '2020-01-01')] : []),
    ...(type === 'timestamp' ? [(row: any) => X.lt(row[field], new Date(0))] : []),
  ]
  return pick(forms, i)
}

/** An index of a table. */
export const indexOf = (of: AnyTable, name: string, i: number): Index => {
  const fields = Object.keys(of.columns).filter(f => !['json', 'custom', 'array', 'vector', 'bytes'].includes(of.types[f]?.sql.tag ?? ''))
  const [a, b] = [pick(fields, i), pick(fields, i + 1)]
  const plain: Index = { name, columns: [a], on: null, unique: i % 3 === 0, where: null, method: i % 7 === 0 ? 'ha"sh' : null }
  if (i % 4 === 0) return { ...plain, columns: [], on: row => [X.nullsFirst(X.desc(row[a])), row[b]] as never }
  return i % 4 === 1 ? { ...plain, where: predicate(of, i) } : plain
}

/** An index as the option of a table. */
export const optionsOf = ({ name, columns, on, unique, where, method }: Index): any => ({
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

/** Schemas of one to three tables, that are valid. */
export const schemas: fc.Arbitrary<AnySchema> = fc
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
