/**
 * Tables, views and schemas as TypeScript, from their descriptions.
 *
 * A column is its type and modifiers: `nullable(numeric(8, 2))`, `pipe(text, nullable, comment('...'))`. Checks, conditions, index keys and
 * defaults are what their functions return, as `show` writes it. Codecs are left out: a migration needs the type that the database stores, and a
 * type of the engine's own is read as unknown. Unique, indexed and checked columns are keys, indexes and checks of the table.
 *
 * Law: the written table has the image, the fields and the names of the described one.
 */

import { typeText } from '../../core/schema/typeNote.js'
import { isExpr } from '../../core/syntax/guards.js'
import { literalOf } from '../../core/syntax/operand.js'
import type { AnyColumn, AnyExpr, AnyQuery, AnyTable, Check, ExprType, Index, Key, Order } from '../../core/syntax/Syntax.js'
import { symbolsOf } from '../../core/syntax/scope.js'
import type { IndexKey } from '../../core/table/indexes.js'
import { type ForeignKey, foreignKeyName } from '../../core/table/Schema.js'
import { asIs, columnName, indexOf, primaryKeyOf, shortName, snakeCase, uniqueKeyOf } from '../../core/table/Table.js'
import type { SqlType } from '../../core/value/SqlType.js'
import { canonicalExpr, canonicalType } from '../../show/canonicalForm.js'
import { type Doc, hugging, joined, text } from '../../show/pretty.js'
import { sameExpr } from '../../show/shortForm.js'
import { expressionDoc } from '../../show/show.js'
import { orderDoc } from '../../show/showAggregate.js'
import { because, call, exprDoc, lambda, list } from '../../show/showExpr.js'
import { queryDoc } from '../../show/showQuery.js'
import { type Context, scopeNamed, within } from '../../show/showScope.js'
import { columnDoc, member, recordDoc, valueDoc } from '../../show/showValue.js'
import { chooser } from '../module/names.js'
import type { Writing } from './Writing.js'

type Field = readonly [string, Doc]

/** A text, whole. */
export const quotedDoc = (s: string): Doc => valueDoc(s, Number.POSITIVE_INFINITY)

const TRUE = text('true')

// --- Functions of rows ------------------------------------------------------------------------

/** A function of a table's row. `typed` is the variable where nothing else gives it a type. */
const rowLambda = (t: AnyTable, w: Writing, of: (row: any, inner: Context) => Doc, typed = 'row'): Doc =>
  expressionDoc(w.style, context => {
    const row = scopeNamed(context, symbolsOf(t.types), 'row')
    const doc = of(row, within(context, 'row'))
    const variables = context.progress.uses === 0 ? [] : [typed]
    return typed === 'row' || variables.length === 0 ? lambda(context, variables, doc) : lambda(context, [`(${typed})`], doc)
  })

/** A function from a table's row to an expression. */
export const exprLambda = (t: AnyTable, w: Writing, f: (row: any) => AnyExpr, typed?: string): Doc =>
  rowLambda(t, w, (row, inner) => exprDoc(f(row), inner), typed)

// --- Columns ----------------------------------------------------------------------------------

const sameKind = (a: SqlType, b: SqlType): boolean => {
  if (a.tag === 'enum' || b.tag === 'enum' || a.tag === 'array' || b.tag === 'array') return typeText(a) === typeText(b)
  const kind = ({ tag }: SqlType): string =>
    ['text', 'varchar', 'char', 'uuid', 'date', 'time', 'timestampMicros'].includes(tag)
      ? 'string'
      : ['smallint', 'int', 'float'].includes(tag)
        ? 'number'
        : tag
  return kind(a) === kind(b)
}

/** Whether the compiler accepts an expression of the first type as a value of the second. */
export const isAssignable = (e: ExprType, to: ExprType): boolean =>
  (to.nullable || !e.nullable) && (sameKind(e.sql, to.sql) || (e.sql.tag === 'numeric' && to.sql.tag === 'text'))

/** The type of a column that is not nullable. */
export const typeDoc = (sql: SqlType): Doc => columnDoc({ sql, nullable: false, refine: null })

/** A literal as the plain value from which a column makes it again; null for another expression. */
export const plainDoc = (type: ExprType, e: AnyExpr): Doc | null => {
  const { node } = e
  if (node.tag !== 'literal' || node.value === null) return null
  const again = literalOf(canonicalType(type), node.value)
  return sameExpr(again, canonicalExpr(e)) ? valueDoc(node.value, Number.POSITIVE_INFINITY) : null
}

const defaultDoc = (type: ExprType, e: AnyExpr, w: Writing): Doc => {
  const plain = plainDoc(type, e)
  if (plain !== null) return plain
  const doc = expressionDoc(w.style, context => exprDoc(e, context))
  return isAssignable(e.type, type) ? doc : joined(doc, text(' as never'))
}

/** The modifiers of a column that the options of its table don't have. */
export interface Modifiers {
  readonly unique?: boolean
  readonly indexed?: boolean
  readonly check?: Doc
}

/** A column, by the SQL name that the naming strategy gives it, and the one that it has. */
export const columnText = (c: AnyColumn, given: string, name: string, w: Writing, own: Modifiers = {}): Doc => {
  const simple = [
    ...(c.generated ? ['generated'] : []),
    ...(c.type.nullable ? ['nullable'] : []),
    ...(c.filledByDatabase ? ['filledByDatabase'] : []),
    ...(own.unique ? ['unique'] : []),
    ...(own.indexed ? ['indexed'] : []),
  ]
  const others = [
    ...(c.default === null ? [] : [call('withDefault', defaultDoc(c.type, c.default, w))]),
    ...(own.check === undefined ? [] : [call('check', own.check)]),
    ...(c.comment === null ? [] : [call('comment', quotedDoc(c.comment))]),
    ...(given === name ? [] : [call('named', quotedDoc(name))]),
  ]
  const base = typeDoc(c.type.sql)
  return others.length === 0 ? simple.reduce((doc, f) => call(f, doc), base) : call('pipe', base, ...simple.map(text), ...others)
}

// --- Keys, indexes, checks --------------------------------------------------------------------

const fieldsDoc = (fields: readonly string[]): Doc => list(fields.map(quotedDoc))

const LONGEST_NAME = 63

/** A name that the options of a table keep. */
export const ownName = (name: string): Doc =>
  shortName(name, LONGEST_NAME) === name
    ? quotedDoc(name)
    : because(`a name of more than ${LONGEST_NAME} bytes is none that an engine keeps`)

const keyDoc = ({ name, columns }: Key, derived: string): Doc =>
  name === derived
    ? fieldsDoc(columns)
    : recordDoc([
        ['name', ownName(name)],
        ['on', fieldsDoc(columns)],
      ])

/** A primary key of a table. */
export const primaryKeyDoc = (t: AnyTable, key: Key): Doc => keyDoc(key, primaryKeyOf(t, key.columns).name)

/** A unique key of a table. */
export const uniqueKeyDoc = (t: AnyTable, key: Key): Doc => keyDoc(key, uniqueKeyOf(t, key.columns).name)

/** An index of a table. */
export const indexDoc = (t: AnyTable, index: Index, w: Writing): Doc => {
  const { on, where, method, unique } = index
  const isPlain = on === null && where === null && method === null && !unique
  if (isPlain && indexOf(t, index.columns).name === index.name) return fieldsDoc(index.columns)
  const keys = (given: readonly (AnyExpr | Order)[], inner: Context): Doc =>
    list(given.map(key => (isExpr(key) ? exprDoc(key, inner) : orderDoc(key as Order | IndexKey, inner))))
  return recordDoc([
    ['name', ownName(index.name)],
    ['on', on === null ? fieldsDoc(index.columns) : rowLambda(t, w, (row, inner) => keys(on(row), inner))],
    ...(unique ? [['unique', TRUE] as const] : []),
    ...(where === null ? [] : [['where', exprLambda(t, w, where)] as const]),
    ...(method === null ? [] : [['using', quotedDoc(method)] as const]),
  ])
}

/** The name that the options of a table give to a check, without the prefix; null for a name of its own. */
export const checkName = (t: Pick<AnyTable, 'name'>, name: string): string | null => {
  const prefix = `${t.name}_`
  return name.startsWith(prefix) && shortName(name) === name ? name.slice(prefix.length) : null
}

const checkFields = (t: AnyTable, checks: readonly Check[], w: Writing): readonly Field[] => {
  const choose = chooser()
  // a key that every object has is no place for a function whose parameter has no type
  const key = (name: string): string => choose(name in {} ? `${name}Check` : name)
  return checks.map(({ name, predicate }): Field => {
    const given = checkName(t, name)
    const short = given === null || given in {} ? null : given
    const doc = exprLambda(t, w, predicate)
    return short === null
      ? [
          key(name),
          recordDoc([
            ['name', ownName(name)],
            ['predicate', doc],
          ]),
        ]
      : [key(short), doc]
  })
}

// --- Tables -----------------------------------------------------------------------------------

const strategyOf = (t: AnyTable): 'asIs' | 'snakeCase' => {
  const fields = Object.keys(t.columns)
  const needs = (naming: (f: string) => string): number => fields.filter(f => naming(f) !== columnName(t, f)).length
  return needs(asIs) < needs(snakeCase) ? 'asIs' : 'snakeCase'
}

const columnsDoc = (t: AnyTable, w: Writing, of: (c: AnyColumn) => AnyColumn = c => c): Doc => {
  const naming = strategyOf(t) === 'asIs' ? asIs : snakeCase
  return recordDoc(Object.entries(t.columns).map(([f, c]): Field => [f, columnText(of(c), naming(f), columnName(t, f), w)]))
}

const nameOptions = (t: AnyTable): readonly Field[] => [
  ...(t.schema === null ? [] : [['schema', quotedDoc(t.schema)] as const]),
  ...(strategyOf(t) === 'asIs' ? [['naming', text('asIs')] as const] : []),
]

/** A table as the call of `table` that makes it. */
const tableDoc = (t: AnyTable, w: Writing): Doc => {
  const generated = Object.keys(t.columns).filter(f => t.columns[f]?.generated)
  const implied = generated.length === 1 ? primaryKeyOf(t, generated) : null
  const isImplied = JSON.stringify(implied) === JSON.stringify(t.primaryKey)
  const options: readonly Field[] = [
    ...nameOptions(t),
    ...(isImplied ? [] : [['primaryKey', t.primaryKey === null ? list([]) : primaryKeyDoc(t, t.primaryKey)] as const]),
    ...(t.uniques.length === 0 ? [] : [['uniques', list(t.uniques.map(k => uniqueKeyDoc(t, k)))] as const]),
    ...(t.indexes.length === 0 ? [] : [['indexes', list(t.indexes.map(i => indexDoc(t, i, w)))] as const]),
    ...(t.checks.length === 0 ? [] : [['checks', recordDoc(checkFields(t, t.checks, w))] as const]),
    ...(t.comment === null ? [] : [['comment', quotedDoc(t.comment)] as const]),
    ...(t.unmanaged.length === 0 ? [] : [['unmanaged', fieldsDoc(t.unmanaged)] as const]),
  ]
  return options.length === 0
    ? hugging('table(', [quotedDoc(t.name), columnsDoc(t, w)], ')')
    : call('table', quotedDoc(t.name), columnsDoc(t, w), recordDoc(options))
}

/** A view as the call of `view` that makes it. */
const viewDoc = (t: AnyTable, w: Writing): Doc => {
  const options = nameOptions(t)
  const doc = call(
    'view',
    quotedDoc(t.name),
    columnsDoc(t, w, c => ({ ...c, default: null, generated: false, comment: null, filledByDatabase: false })),
    expressionDoc(w.style, context => queryDoc(t.query as AnyQuery, context)),
    ...(options.length === 0 ? [] : [recordDoc(options)]),
  )
  return t.comment === null ? doc : recordDoc([['comment', quotedDoc(t.comment)]], [joined(text('...'), doc)])
}

/** A table or view as the call that makes it. */
export const describedDoc = (t: AnyTable, w: Writing): Doc => (t.query === null ? tableDoc(t, w) : viewDoc(t, w))

// --- Schemas ----------------------------------------------------------------------------------

const referenceDoc = (f: ForeignKey, before: readonly ForeignKey[], w: Writing): Doc => {
  const fields = (t: AnyTable, columns: readonly string[]): readonly Doc[] => columns.map(c => text(member(`tables.${w.tableOf(t)}`, c)))
  const [from, to] = [fields(f.table, f.columns), fields(f.target, f.targetColumns)]
  const [own, other] = [f.table.types[f.columns[0] ?? ''], f.target.types[f.targetColumns[0] ?? '']]
  const isPair = from.length === 1 && to.length === 1 && own !== undefined && other !== undefined
  const isTyped = isPair && !other.nullable && sameKind(own.sql, other.sql)
  const derived = foreignKeyName(
    f.table.name,
    f.columns.map(c => columnName(f.table, c)),
  )
  const options: readonly Field[] = [
    ...(f.back === null ? [] : [['back', quotedDoc(f.back)] as const]),
    ...(f.onDelete === 'noAction' ? [] : [['onDelete', quotedDoc(f.onDelete)] as const]),
    ...(f.onUpdate === 'noAction' ? [] : [['onUpdate', quotedDoc(f.onUpdate)] as const]),
    ...(f.name === derived && !before.some(k => k.name === derived) ? [] : [['name', quotedDoc(f.name)] as const]),
  ]
  const sides = [from, to].map(side => (isTyped ? (side[0] as Doc) : list(side)))
  return hugging('fk(', [...sides, ...(options.length === 0 ? [] : [recordDoc(options)])], ')')
}

/** A schema as the call that makes it. Relations of a table have different names. */
export const schemaDoc = (tables: readonly AnyTable[], keys: readonly ForeignKey[], w: Writing): Doc => {
  const record = (names: readonly string[]): Doc => recordDoc(names.map(name => [name, text(name)]))
  const constants = [...new Set(tables.map(w.tableOf))]
  if (keys.length === 0) return call('schema', record(constants))
  const owners = [...new Set(keys.map(f => w.tableOf(f.table)))]
  const relations = owners.map((owner): Field => {
    const own = keys.filter(f => w.tableOf(f.table) === owner)
    const choose = chooser()
    return [owner, recordDoc(own.map((f, i): Field => [choose(f.relation), referenceDoc(f, own.slice(0, i), w)]))]
  })
  return hugging('schema(', [record(constants), joined(text('tables => ('), recordDoc(relations), text(')'))], ')')
}
