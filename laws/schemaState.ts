/**
 * What the laws of schema changes share: the described state after a step, and an interpreter's tables, rows and image.
 *
 * A case creates its tables, all named `law_`, and drops them at its end by one list of steps. Where a case that failed has left some,
 * creating fails once; then what is left is dropped by the image of the database. Nothing else in the database is touched or compared,
 * but an interpreter with a database of its own is faster: its catalog is read again and again.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Introspected } from '../lib/core/operation/Interpreter.js'
import { all } from '../lib/core/operation/Interpreter.js'
import { changed } from '../lib/core/schema/Change.js'
import type { SchemaImage, TableImage } from '../lib/core/schema/SchemaImage.js'
import { createSteps, dropSteps, type Step } from '../lib/core/schema/Step.js'
import type { AnyTable } from '../lib/core/syntax/Syntax.js'
import { symbolsOf } from '../lib/core/syntax/scope.js'
import { attempting } from '../lib/core/value/DbError.js'
import type { DbError } from '../lib/DbError.js'
import type { Interpreter, Runner, SqlOp } from '../lib/Interpreter.js'
import * as Query from '../lib/Query.js'
import type { AnySchema, ForeignKey } from '../lib/Schema.js'
import { define } from '../lib/schema/createAll.js'
import { tableOfImage } from '../lib/schema/tableOfImage.js'
import { imageOf, textOver } from '../lib/show/imageOf.js'
import { type Form, sameAnswer, show } from './answer.js'
import { type AnyDatabase, databaseText } from './arbitrary/database.js'
import { fill } from './arbitrary/load.js'
import type { AnyRow } from './arbitrary/row.js'
import { valueText } from './arbitrary/values.js'

/** An open interpreter. The laws create and drop tables whose names begin with `law_`. */
export interface SchemaSubject {
  readonly runner: Runner
}

type Db = Interpreter<SqlOp>
type Answer<A> = Promise<E.Either<DbError, A>>

/** The names of the laws' tables. */
export const LAW_NAMES = /^law_/

const withTable = (s: AnySchema, from: AnyTable, to: AnyTable): AnySchema => ({
  ...s,
  tables: Object.fromEntries(Object.entries(s.tables).map(([n, t]) => [n, t.name === from.name ? to : t])),
  foreignKeys: s.foreignKeys.map(f => ({
    ...f,
    table: f.table.name === from.name ? to : f.table,
    target: f.target.name === from.name ? to : f.target,
  })),
})

/** The described schema after a step; `field` names a table that the step creates. */
export const describedAfter = (s: AnySchema, step: Step, field = 'new'): AnySchema => {
  switch (step.tag) {
    case 'createTable':
      return { ...s, tables: { ...s.tables, [field]: step.table }, foreignKeys: [...s.foreignKeys, ...step.foreignKeys] }
    case 'dropTable':
      return {
        ...s,
        tables: Object.fromEntries(Object.entries(s.tables).filter(([, t]) => t.name !== step.table.name)),
        foreignKeys: s.foreignKeys.filter(f => f.table.name !== step.table.name),
      }
    case 'createIndex':
      return withTable(s, step.table, { ...step.table, indexes: [...step.table.indexes, step.index] })
    case 'dropIndex':
      return withTable(s, step.table, { ...step.table, indexes: step.table.indexes.filter(i => i.name !== step.index.name) })
    case 'addForeignKey':
      return { ...s, foreignKeys: [...s.foreignKeys, step.foreignKey] }
    case 'dropForeignKey':
      return { ...s, foreignKeys: s.foreignKeys.filter(f => f.name !== step.foreignKey.name) }
    case 'alterTable':
      return withTable(s, step.table, changed(step.table, step.change))
    default:
      return s
  }
}

const perform = <A>(db: Db, op: unknown): Answer<A> => db.perform(op as SqlOp & { readonly _A?: A })() as Answer<A>

/** Performs steps as one operation. */
export const performSteps = (db: Db, steps: readonly Step[]): Answer<void> => define(steps)({ db })()

/** The image of the laws' tables, each with its columns sorted by name: the order of columns is no part of the laws. */
const imageIn = async (db: Db): Promise<SchemaImage> => {
  const found = await perform<Introspected>(db, { tag: 'introspect', schemas: [null], wanted: null })
  if (E.isLeft(found)) throw new Error(found.left.message)
  const { live } = found.right
  const byName = (t: TableImage): TableImage => ({ ...t, columns: [...t.columns].sort((a, b) => (a.name < b.name ? -1 : 1)) })
  return {
    ...live,
    tables: live.tables.filter(t => LAW_NAMES.test(t.name)).map(byName),
    views: live.views.filter(v => LAW_NAMES.test(v.name)),
  }
}

const PLAIN = { nullable: true, generated: false, default: null, computed: null, comment: null } as const
const EMPTY = { primaryKey: null, uniques: [], indexes: [], checks: [], foreignKeys: [], others: [], comment: null } as const

/** Drops all tables and views of the laws that the database has. */
export const dropLeftovers = async (db: Db): Answer<void> => {
  const { tables, views } = await imageIn(db)
  const described = tables.map(t => tableOfImage(t))
  const keysOf = (t: TableImage, table: AnyTable): readonly ForeignKey[] =>
    t.foreignKeys.flatMap((f): readonly ForeignKey[] => {
      const target = described.find(d => d.name === f.target.name)
      if (f.name === null || target === undefined) return []
      const [onDelete, onUpdate] = ['noAction', 'noAction'] as const
      return [
        {
          name: f.name,
          relation: '',
          back: null,
          one: false,
          table,
          columns: f.columns,
          target,
          targetColumns: f.targetColumns,
          onDelete,
          onUpdate,
        },
      ]
    })
  return performSteps(db, [
    ...views.map(
      (v): Step => ({ tag: 'dropView', view: tableOfImage({ ...EMPTY, ...v, columns: v.columns.map(c => ({ ...PLAIN, ...c })) }) }),
    ),
    ...tables.map((t, i): Step => {
      const table = described[i] as AnyTable
      return { tag: 'dropTable', table, foreignKeys: keysOf(t, table) }
    }),
  ])
}

/** Creates a schema, after what a failed case has left is dropped. */
export const createSchema = async (db: Db, s: AnySchema): Answer<void> => {
  const created = await performSteps(db, createSteps(s))
  if (E.isRight(created) || created.left._tag === 'Unsupported' || created.left._tag === 'ValidationError') return created
  const dropped = await dropLeftovers(db)
  return E.isLeft(dropped) ? dropped : performSteps(db, createSteps(s))
}

/** Creates a schema and its rows. */
export const createWithRows = async (db: Db, s: AnySchema, rows: AnyDatabase): Answer<void> => {
  const created = await createSchema(db, s)
  return E.isLeft(created) ? created : fill(s, rows)({ db })()
}

/** Drops a described schema, or, if that fails, whatever the database has of the laws. */
export const dropSchema = async (db: Db, s: AnySchema): Answer<void> => {
  const dropped = await performSteps(db, dropSteps(s))
  return E.isLeft(dropped) ? dropLeftovers(db) : dropped
}

const CELL: Form = { tag: 'cell' }

/** Rows of a table as a bag. */
const rowsForm = (t: AnyTable): Form => ({
  tag: 'rows',
  ordered: false,
  row: { tag: 'record', fields: Object.fromEntries(Object.keys(t.columns).map(f => [f, CELL])) },
})

/** The rows of a table. */
export const rowsIn = async (db: Db, t: AnyTable): Answer<readonly AnyRow[]> =>
  perform<readonly AnyRow[]>(db, all(Query.from(t as never) as never))

/** How the rows of a table differ between two databases; null if they do not. */
export const differentRows = async (one: Db, other: Db, t: AnyTable): Promise<string | null> => {
  const [a, b] = [await rowsIn(one, t), await rowsIn(other, t)]
  const form = rowsForm(t)
  if (E.isRight(a) && E.isRight(b) && sameAnswer(form, a.right, b.right)) return null
  const text = (rows: E.Either<DbError, readonly AnyRow[]>): string => (E.isLeft(rows) ? rows.left.message : show(form, rows.right))
  return `the rows of ${t.name} differ:\n${one.capabilities.engine}: ${text(a)}\n${other.capabilities.engine}: ${text(b)}`
}

/** Everything in the laws' tables as a text: the image, and the rows by SQL names. */
export const contentsIn = async (db: Db): Promise<{ readonly image: string; readonly rows: string }> => {
  const image = await imageIn(db)
  const rows: string[] = []
  for (const t of image.tables) {
    const table = tableOfImage(t)
    const found = await rowsIn(db, table)
    rows.push(`${t.name}: ${E.isLeft(found) ? found.left.message : show(rowsForm(table), found.right)}`)
  }
  return { image: JSON.stringify(image, null, 1), rows: rows.join('\n') }
}

/** JSON in which a function of a row of a table is the expression that it makes. */
const json = (t: AnyTable, value: unknown): string => {
  const made = (f: (row: any) => unknown): unknown => {
    const keys = (row: any): readonly unknown[] => [f(row)].flat()
    const texts = attempting('a function', () =>
      keys(symbolsOf(t.types)).map((_, i) =>
        textOver(t, row => {
          const key = keys(row)[i] as { readonly expr?: unknown; readonly kind?: unknown }
          return (key.kind === 'expr' ? key : (key.expr ?? key)) as never
        }),
      ),
    )
    return E.isLeft(texts) ? texts.left.message : texts.right.join(', ')
  }
  return JSON.stringify(value, (_, v) =>
    typeof v === 'function' ? made(v) : typeof v === 'bigint' || v instanceof Uint8Array || v instanceof Date ? valueText(v) : v,
  )
}

/** A step as one line. */
export const stepText = (step: Step): string => {
  switch (step.tag) {
    case 'alterTable': {
      const { change } = step
      if (change.tag !== 'addColumn') return `${step.table.name}: ${json(step.table, change)}`
      const { type, default: fallback } = change.column
      return `${step.table.name}: ${json(step.table, { ...change, column: { ...type, default: fallback?.node ?? null } })}`
    }
    case 'createIndex':
    case 'dropIndex':
      return `${step.tag} of ${step.table.name}: ${json(step.table, step.index)}`
    case 'addForeignKey':
    case 'dropForeignKey': {
      const { name, table, columns, target, targetColumns, onDelete, onUpdate } = step.foreignKey
      return `${step.tag} ${name}: ${table.name}(${columns}) to ${target.name}(${targetColumns}), ${onDelete}, ${onUpdate}`
    }
    case 'createTable':
    case 'dropTable':
      return `${step.tag} ${step.table.name}`
    default:
      return `${step.tag} ${step.view.name}`
  }
}

/** A case as text: the schema, its rows, and the steps. */
export const caseText = (s: AnySchema, rows: AnyDatabase | null, steps: readonly Step[]): string =>
  [
    ...imageOf(s).tables.map(t => `${t.name}: ${JSON.stringify({ ...t, schema: undefined, name: undefined, others: undefined })}`),
    ...(rows === null ? [] : [`const rows = ${databaseText(rows)}`]),
    ...steps.map(stepText),
  ].join('\n')
