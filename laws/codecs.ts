/**
 * Round trips: every column of every table reads the value that was written, on every path.
 *
 * A value goes into the database as a parameter of an insert and is read back as a column, and inside a nested collection, where engines
 * use JSON; it goes in as a literal of a query and is read back without any table. Each path must return the value that went in, extremes
 * included: 64-bit integers, decimals at their precision, astral and combining text, years 1 and 9999, every byte.
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as Column from '../lib/Column.js'
import { literalOf } from '../lib/core/syntax/operand.js'
import type { AnyTable, Columns, Table } from '../lib/core/syntax/Syntax.js'
import type { DbError } from '../lib/DbError.js'
import type { Runner } from '../lib/Interpreter.js'
import * as Q from '../lib/Query.js'
import type { AnySchema } from '../lib/Schema.js'
import { type Form, sameAnswer, show } from './answer.js'
import { type AnyDatabase, type DatabaseOptions, database } from './arbitrary/database.js'
import { contents, load } from './arbitrary/load.js'
import { type AnyRow, row } from './arbitrary/row.js'
import { type Law, law } from './Law.js'

export interface CodecSubject {
  readonly runner: Runner
  readonly schema: AnySchema
  readonly databases?: DatabaseOptions
}

const formOfTable = (t: AnyTable): Form & { readonly tag: 'rows' } => ({
  tag: 'rows',
  ordered: false,
  row: { tag: 'record', fields: Object.fromEntries(Object.keys(t.columns).map(f => [f, { tag: 'cell' } as const])) },
})

const shortly = (text: string): string => (text.length > 3000 ? `${text.slice(0, 1500)} ... ${text.slice(-1500)}` : text)

/** Which columns of two lists of rows differ, with their values. */
const differing = (form: Form & { readonly tag: 'rows' }, sent: readonly AnyRow[], got: readonly AnyRow[]): string => {
  if (sent.length !== 1 || got.length !== 1 || form.row.tag !== 'record')
    return shortly(`sent ${show(form, sent)}\n got ${show(form, got)}`)
  return Object.entries(form.row.fields)
    .filter(([f, cell]) => !sameAnswer(cell, sent[0]?.[f], got[0]?.[f]))
    .map(([f, cell]) => shortly(`${f}: sent ${show(cell, sent[0]?.[f])}, got ${show(cell, got[0]?.[f])}`))
    .join('\n')
}

const errorText = (e: DbError): string => `${e._tag}: ${e.message}`

/** What differs between the loaded rows and those that `read` returns; null if nothing does. */
const stored =
  (
    { runner, schema }: CodecSubject,
    read: (t: Table<any>) => (db: { readonly db: Runner }) => () => Promise<E.Either<DbError, readonly unknown[]>>,
  ) =>
  async (db: AnyDatabase): Promise<string | null> => {
    const loaded = await load(schema, db)({ db: runner })()
    if (E.isLeft(loaded)) return `the rows are refused: ${errorText(loaded.left)}`
    for (const [name, t] of Object.entries(schema.tables)) {
      const rows = await read(t as Table<any>)({ db: runner })()
      if (E.isLeft(rows)) return `table ${name}: ${errorText(rows.left)}`
      const form = formOfTable(t)
      if (!sameAnswer(form, db[name] ?? [], rows.right))
        return `table ${name}:\n${differing(form, db[name] ?? [], rows.right as readonly AnyRow[])}`
    }
    return null
  }

const collected = (t: Table<any>) => Q.mapRow((r: { readonly rows: readonly unknown[] }) => r.rows)(Q.of({ rows: Q.many(Q.from(t)) }))

const readAll =
  (t: Table<any>) =>
  (db: { readonly db: Runner }): (() => Promise<E.Either<DbError, readonly unknown[]>>) =>
    Q.all(Q.from(t))(db) as () => Promise<E.Either<DbError, readonly unknown[]>>

const readCollected = (t: Table<any>) => (db: { readonly db: Runner }) => async (): Promise<E.Either<DbError, readonly unknown[]>> => {
  const answer = await Q.all(collected(t))(db)()
  return E.isLeft(answer) ? answer : E.right(answer.right[0] as readonly unknown[])
}

/** The columns of a table without defaults and keys, which `Q.values` does not take. */
const plainColumns = (t: AnyTable): Columns => Object.fromEntries(Object.entries(t.columns).map(([f, c]) => [f, Column.ref(c)]))

const ONCE = { share: 1 / 20 }

export const roundTrips = (subject: CodecSubject): readonly Law[] => {
  const { runner, schema, databases } = subject
  const arbitrary = database(schema, { ...databases, extremes: true })
  const tables = Object.values(schema.tables)
  const given = fc.constantFrom(...tables.keys()).chain(i => {
    const t = tables[i] as AnyTable
    return fc.tuple(fc.constant(t), row(t))
  })
  return [
    law(
      'all(from(t)) . insertMany(t)(rows) = rows',
      'Inserted rows are read back, every value of every type.',
      arbitrary,
      stored(subject, readAll),
      ONCE,
    ),
    law(
      'many(from(t)) . insertMany(t)(rows) = rows',
      'Inserted rows are read back inside a nested collection too.',
      arbitrary,
      stored(subject, readCollected),
      ONCE,
    ),
    law(
      'values(columns)([row]) = [row]',
      'A row of values in a query is read back unchanged.',
      given,
      async ([t, given]) => {
        const answer = await Q.all(Q.values(plainColumns(t))([given]))({ db: runner })()
        if (E.isLeft(answer)) return errorText(answer.left)
        const form = formOfTable(t)
        return sameAnswer(form, [given], answer.right) ? null : differing(form, [given], answer.right as readonly AnyRow[])
      },
      { share: 1 / 5 },
    ),
    law(
      'first(of({ x: lit(v) })) = some({ x: v })',
      'A literal is read back unchanged inside a nested row.',
      given,
      async ([t, given]) => {
        const shape = Object.fromEntries(Object.entries(t.types).map(([f, type]) => [f, literalOf(type, given[f])]))
        const answer = await Q.all(Q.of({ row: Q.many(Q.of(shape)) }))({ db: runner })()
        if (E.isLeft(answer)) return errorText(answer.left)
        const got = (answer.right as unknown as readonly { readonly row: readonly AnyRow[] }[])[0]?.row ?? []
        const form = formOfTable(t)
        return sameAnswer(form, [given], got) ? null : differing(form, [given], got)
      },
      { share: 1 / 5 },
    ),
    law(
      'load(contents(load(db))) = load(db)',
      'Reading all rows and writing them again changes nothing.',
      arbitrary,
      async db => {
        const first = await load(schema, db)({ db: runner })()
        const read = await contents(schema)({ db: runner })()
        if (E.isLeft(first) || E.isLeft(read)) return 'the rows are refused'
        const again = await load(schema, read.right)({ db: runner })()
        const reread = await contents(schema)({ db: runner })()
        if (E.isLeft(again)) return errorText(again.left)
        if (E.isLeft(reread)) return errorText(reread.left)
        const wrong = Object.entries(schema.tables).find(([n, t]) => !sameAnswer(formOfTable(t), read.right[n], reread.right[n]))
        return wrong === undefined ? null : `table ${wrong[0]} differs`
      },
      ONCE,
    ),
  ]
}

/** Large values: a mebibyte of bytes and of text, as columns and inside a nested collection. */
export const largeValues = ({ runner }: { readonly runner: Runner }): Law =>
  law(
    'values(columns)([1 MiB]) = [1 MiB]',
    'A value of a mebibyte is read back complete.',
    fc.record({ seed: fc.nat(255), astral: fc.boolean() }),
    async ({ seed, astral }) => {
      const bytes = Uint8Array.from({ length: 2 ** 20 }, (_, i) => (i * 31 + seed + (i >> 8)) % 256)
      const text = (astral ? 'a😀é' : "x'\\").repeat(2 ** 18)
      const rows = Q.values({ bytes: Column.bytes, text: Column.text })([{ bytes, text }])
      const nested = Q.of({ rows: Q.many(rows) })
      const flat = await Q.all(rows)({ db: runner })()
      if (E.isLeft(flat)) return errorText(flat.left)
      const inside = await Q.all(nested)({ db: runner })()
      if (E.isLeft(inside)) return errorText(inside.left)
      const same = (r: { readonly bytes: Uint8Array; readonly text: string } | undefined): boolean =>
        r !== undefined && r.text === text && r.bytes.length === bytes.length && r.bytes.every((b, i) => b === bytes[i])
      if (!same(flat.right[0])) return 'the row differs'
      return same(inside.right[0]?.rows[0]) ? null : 'the row in the collection differs'
    },
    { share: 1 / 1000 },
  )
