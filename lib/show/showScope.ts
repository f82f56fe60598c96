/**
 * What is in scope while a query is shown: names for its columns, and the variables of the functions around.
 *
 * A query keeps functions. To see into one, it is applied to a scope of symbols, and each symbol has a name: the text by which
 * the function's variable reaches it. A column of a left join's far side is reached only inside `maybe`, so a name is a
 * function of the variables that are there.
 *
 * Names are by identity: of the node of an expression, of the record or the collection that is handed on as a whole, of a query that
 * was named by `cte`. Such a query is defined once, and used by its name.
 */

import {
  type AnyExpr,
  type AnyQuery,
  type AnyTable,
  type ExprNode,
  expr,
  exprType,
  type RowShape,
  type Shape,
  symbol,
} from '../core/syntax/Syntax.js'
import { scopeOf, visit } from '../core/syntax/scope.js'
import { type Doc, joined, text } from './pretty.js'
import { isFree, member, tableText } from './showValue.js'

/** Where something is shown. */
export interface Around {
  readonly shown: Shown
  /** The variables of the functions around. */
  readonly vars: readonly string[]
  /** A number for each of them that no other variable has. */
  readonly path: readonly number[]
  /** The far sides of left joins that were entered, by the tag of each: the variable that has the row. */
  readonly entered: ReadonlyMap<ExprNode, string>
}

type Name = (around: Around) => string

/** A query that is known by a name, its rows, and which functions are around all of its uses. */
interface NamedQuery {
  readonly name: string
  readonly row: RowShape | null | undefined
  readonly common: readonly number[]
}

interface Definition {
  /** How many variables are around it. */
  readonly level: number
  readonly doc: Doc
}

/** What is known of one showing, all of it found on the way. */
interface Shown {
  /** How a query inside an expression is shown. */
  readonly queryDoc: (q: AnyQuery, around: Around) => Doc
  readonly tables: { readonly [name: string]: AnyTable }
  readonly columns: Map<ExprNode, Name>
  /** Records, nested collections and far sides of left joins. */
  readonly parts: Map<object, Name>
  /** The far side of a left join by its tag. */
  readonly sides: Map<ExprNode, { readonly name: Name; readonly hint: string }>
  /** Queries that have a name, and what defines them. */
  readonly queries: Map<AnyQuery, NamedQuery>
  definitions: readonly Definition[]
  /** Names of tables that were used. */
  readonly tableNames: Set<string>
  /** The same query shown before, to see where its named queries are used. */
  readonly before: Shown | null
  /** How much may still be shown, how often a name was used, and how many variables there were. */
  left: number
  uses: number
  variables: number
}

/** More than anyone reads. */
const MOST_PARTS = 20_000

export const begin = (
  tables: { readonly [name: string]: AnyTable },
  queryDoc: Shown['queryDoc'],
  before: Around | null = null,
): Around => ({
  shown: {
    queryDoc,
    tables,
    columns: new Map(),
    parts: new Map(),
    sides: new Map(),
    queries: new Map(),
    definitions: [],
    tableNames: new Set(),
    before: before?.shown ?? null,
    left: MOST_PARTS,
    uses: 0,
    variables: 0,
  },
  vars: [],
  path: [],
  entered: new Map(),
})

/** The variable for a function: its first letter, and a number where that is taken. */
export const freshVariable = (hint: string, { vars }: Around): string => {
  const letter = /^[a-z]/.exec(hint.toLowerCase())?.[0] ?? 's'
  let n = 1
  const named = (): string => (n === 1 ? letter : `${letter}${n}`)
  while (vars.includes(named())) n += 1
  return named()
}

export const within = (around: Around, variable: string): Around => {
  around.shown.variables += 1
  return { ...around, vars: [...around.vars, variable], path: [...around.path, around.shown.variables] }
}

const TAG = exprType({ tag: 'boolean' })

const column = (shown: Shown, node: ExprNode, type: AnyExpr['type'], name: Name): AnyExpr => {
  const made = expr<any>(node, type)
  shown.columns.set(node, name)
  return made
}

const named = (shown: Shown, shape: Shape, name: Name, hint: string): Shape => {
  const v = visit(shape)
  switch (v.tag) {
    case 'leaf': {
      if (v.leaf.kind === 'expr') return column(shown, symbol(v.leaf.type).node, v.leaf.type, name)
      const nested = { ...v.leaf }
      shown.parts.set(nested, name)
      return nested
    }
    case 'maybe': {
      const { node } = symbol(TAG)
      const present = column(shown, node, TAG, a => `isSome(${name(a)})`)
      shown.sides.set(node, { name, hint })
      const row = named(shown, scopeOf(v.maybe.row), a => a.entered.get(node) ?? 'missing', hint)
      const side: Shape = { kind: 'maybe', present, row }
      shown.parts.set(side, name)
      return side
    }
    default: {
      const record: { [field: string]: Shape } = {}
      for (const [field, inner] of Object.entries(scopeOf(shape))) {
        const value = named(shown, inner as Shape, a => member(name(a), field), field)
        Object.defineProperty(record, field, { value, enumerable: true, configurable: true, writable: true })
      }
      shown.parts.set(record, name)
      return record
    }
  }
}

/** The scope of a row, with names below a variable. */
export const scopeNamed = ({ shown }: Around, row: RowShape, variable: string): Shape =>
  named(shown, scopeOf(row), () => variable, variable)

/** The parameters of a prepared query, with names below a variable. */
export const paramsNamed = ({ shown }: Around, types: { readonly [name: string]: AnyExpr['type'] }, variable: string): object =>
  Object.fromEntries(
    Object.entries(types).map(([name, type]) => [name, column(shown, { tag: 'param', name }, type, () => member(variable, name))]),
  )

/** A name, noted as used. */
export const used = (around: Around, name: Name | undefined): string | null => {
  if (name === undefined) return null
  around.shown.uses += 1
  return name(around)
}

const prefix = (a: readonly number[], b: readonly number[]): readonly number[] => {
  const end = a.findIndex((x, i) => x !== b[i])
  return end < 0 ? a : a.slice(0, end)
}

/** The name of a query that was shown before. */
export const queryNamed = ({ shown, path }: Around, q: AnyQuery): NamedQuery | null => {
  const found = shown.queries.get(q)
  if (found === undefined) return null
  shown.queries.set(q, { ...found, common: prefix(found.common, path) })
  return found
}

/**
 * Where a query is defined: one that was there before any function was applied, outside of all; another one in the innermost
 * function that is around all its uses. Functions make the same queries in the same order each time.
 */
const levelOf = ({ shown }: Around, q: AnyQuery): number => {
  const { before } = shown
  if (before === null || before.queries.has(q)) return 0
  return [...before.queries.values()][shown.queries.size]?.common.length ?? 0
}

/** Whether the text has to be made again, now that it is known where named queries are used. */
export const hasNamed = ({ shown }: Around): boolean => shown.queries.size > 0

/** Defines a query by its own name, or another one where that is taken. */
export const define = (around: Around, q: AnyQuery, own: string, row: NamedQuery['row'], doc: Doc): string => {
  const { shown, path } = around
  const level = levelOf(around, q)
  const taken = new Set([...shown.tableNames, ...[...shown.queries.values()].map(n => n.name), ...Object.keys(shown.tables)])
  const stem = isFree(own) ? own : 'named'
  let n = 1
  const made = (): string => (n === 1 ? stem : `${stem}${n}`)
  while (taken.has(made())) n += 1
  const name = made()
  shown.queries.set(q, { name, row, common: path })
  shown.definitions = [...shown.definitions, { level, doc: joined(text(`const ${name} = `), doc) }]
  return name
}

/** What is to be defined inside of functions that end here. */
export const definedFrom = ({ shown }: Around, level: number): readonly Doc[] => {
  const own = shown.definitions.filter(d => d.level >= level)
  shown.definitions = shown.definitions.filter(d => d.level < level)
  return own.map(d => d.doc)
}

/** The variable of a table, which no query has taken. */
export const tableName = ({ shown }: Around, table: AnyTable): string => {
  const own = tableText(table, shown.tables)
  const isTaken = [...shown.queries.values()].some(n => n.name === own)
  if (!isTaken) shown.tableNames.add(own)
  return isTaken ? member('tables', own) : own
}

/** The name of an expression in scope; null where it is none of these. */
export const columnName = (around: Around, node: ExprNode): string | null => used(around, around.shown.columns.get(node))

/** The name of a part of a scope that is handed on as a whole. */
export const partName = (around: Around, part: object): string | null => used(around, around.shown.parts.get(part))

/** Whether there is no more room: a query may be larger than anyone reads, or have no end. */
export const isFull = ({ shown, vars }: Around): boolean => {
  shown.left -= 1
  return shown.left < 0 || vars.length > 40
}
