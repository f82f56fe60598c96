/**
 * The scope of `show`: names for columns, and the variables of the enclosing functions.
 *
 * A query keeps functions. To see what one returns, `show` applies it to a scope of symbols; the name of a symbol is the text by which the
 * function's variable reaches it. A column of a left join's optional side is reached only inside `maybe`, so a name depends on the variables
 * in scope.
 *
 * Names are by identity: of the node of an expression, of a record or nested collection that is passed on whole, of a query named by `cte`.
 * Such a query is defined once and then shown by its name.
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
import { isFree, MAX_LENGTH, member, tableText } from './showValue.js'

/** How a text is written. */
export interface Style {
  /** Names for tables. */
  readonly tables?: { readonly [name: string]: AnyTable }
  /** A name for each table, instead of `tables`. */
  readonly nameTable?: (t: AnyTable) => string
  /** Whether nothing is cut and codecs are left out, so that the text can be run where the program's codecs are not. */
  readonly isExact?: boolean
  /** Whether the fields of tables are shown by their SQL names. */
  readonly isBySqlNames?: boolean
}

/** What is in scope at one place of the text, and the progress of the whole. */
export interface Context {
  readonly progress: Progress
  /** The variables of the enclosing functions. */
  readonly vars: readonly string[]
  /** A unique number for each of them. */
  readonly path: readonly number[]
  /** The optional sides of left joins that `maybe` has entered: from the tag to the variable of the row. */
  readonly entered: ReadonlyMap<ExprNode, string>
}

type Name = (context: Context) => string

/** A query named by `cte`: its name, its row, and the functions that enclose all of its uses. */
interface NamedQuery {
  readonly name: string
  readonly row: RowShape | null | undefined
  readonly common: readonly number[]
}

interface Definition {
  /** How many functions enclose it. */
  readonly level: number
  readonly doc: Doc
}

/** Mutable state of one call of `show`. */
interface Progress {
  /** How a query inside an expression is shown. */
  readonly queryDoc: (q: AnyQuery, context: Context) => Doc
  readonly tables: { readonly [name: string]: AnyTable }
  readonly style: Style
  /** How many parts of a value are shown. */
  readonly most: number
  readonly columns: Map<ExprNode, Name>
  /** Records, nested collections and optional sides of left joins. */
  readonly parts: Map<object, Name>
  /** The optional side of a left join by its tag. */
  readonly sides: Map<ExprNode, { readonly name: Name; readonly hint: string }>
  /** Queries named by `cte`. */
  readonly queries: Map<AnyQuery, NamedQuery>
  definitions: readonly Definition[]
  /** Names of tables that have been used. */
  readonly tableNames: Set<string>
  /** The first pass over the same query, which found where its named queries are used. */
  readonly before: Progress | null
  /** How many parts may still be shown, how often a name was used, and how many variables were made. */
  left: number
  uses: number
  variables: number
}

/** A longer text is cut. */
const MAX_PARTS = 20_000
/** An exact text is not cut; but a query may be endless. */
const MOST_PARTS = 10_000_000

/** The context at the outermost query. */
export const begin = (style: Style, queryDoc: Progress['queryDoc'], before: Context | null = null): Context => ({
  progress: {
    queryDoc,
    tables: style.tables ?? {},
    style,
    most: style.isExact ? Number.POSITIVE_INFINITY : MAX_LENGTH,
    columns: new Map(),
    parts: new Map(),
    sides: new Map(),
    queries: new Map(),
    definitions: [],
    tableNames: new Set(),
    before: before?.progress ?? null,
    left: style.isExact ? MOST_PARTS : MAX_PARTS,
    uses: 0,
    variables: 0,
  },
  vars: [],
  path: [],
  entered: new Map(),
})

/** A variable for a function: the first letter of the hint, with a number where it is taken. */
export const freshVariable = (hint: string, { vars }: Context): string => {
  const letter = /^[a-z]/.exec(hint.toLowerCase())?.[0] ?? 's'
  let n = 1
  const named = (): string => (n === 1 ? letter : `${letter}${n}`)
  while (vars.includes(named())) n += 1
  return named()
}

/** The context inside a function with this variable. */
export const within = (context: Context, variable: string): Context => {
  context.progress.variables += 1
  return { ...context, vars: [...context.vars, variable], path: [...context.path, context.progress.variables] }
}

const TAG = exprType({ tag: 'boolean' })

const column = (progress: Progress, node: ExprNode, type: AnyExpr['type'], name: Name): AnyExpr => {
  const made = expr<any>(node, type)
  progress.columns.set(node, name)
  return made
}

const named = (progress: Progress, shape: Shape, name: Name, hint: string): Shape => {
  const v = visit(shape)
  switch (v.tag) {
    case 'leaf': {
      if (v.leaf.kind === 'expr') return column(progress, symbol(v.leaf.type).node, v.leaf.type, name)
      const nested = { ...v.leaf }
      progress.parts.set(nested, name)
      return nested
    }
    case 'maybe': {
      const { node } = symbol(TAG)
      const present = column(progress, node, TAG, a => `isSome(${name(a)})`)
      progress.sides.set(node, { name, hint })
      const row = named(progress, scopeOf(v.maybe.row), a => a.entered.get(node) ?? 'missing', hint)
      const side: Shape = { kind: 'maybe', present, row }
      progress.parts.set(side, name)
      return side
    }
    default: {
      const record: { [field: string]: Shape } = {}
      for (const [field, inner] of Object.entries(scopeOf(shape))) {
        const value = named(progress, inner as Shape, a => member(name(a), field), field)
        Object.defineProperty(record, field, { value, enumerable: true, configurable: true, writable: true })
      }
      progress.parts.set(record, name)
      return record
    }
  }
}

/** The scope of a row, with names that start at a variable. */
export const scopeNamed = ({ progress }: Context, row: RowShape, variable: string): Shape =>
  named(progress, scopeOf(row), () => variable, variable)

/** The context with names for columns that are made elsewhere. */
export const withColumns = (context: Context, names: ReadonlyMap<ExprNode, string>): Context => {
  for (const [node, name] of names) context.progress.columns.set(node, () => name)
  return context
}

/** The parameters of a prepared query, with names that start at a variable. */
export const paramsNamed = ({ progress }: Context, types: { readonly [name: string]: AnyExpr['type'] }, variable: string): object =>
  Object.fromEntries(
    Object.entries(types).map(([name, type]) => [name, column(progress, { tag: 'param', name }, type, () => member(variable, name))]),
  )

/** A name in this context, counted as used. */
export const nameOf = (context: Context, name: Name | undefined): string | null => {
  if (name === undefined) return null
  context.progress.uses += 1
  return name(context)
}

const prefix = (a: readonly number[], b: readonly number[]): readonly number[] => {
  const end = a.findIndex((x, i) => x !== b[i])
  return end < 0 ? a : a.slice(0, end)
}

/** The name of a query that has been defined; null for another. */
export const queryNamed = ({ progress, path }: Context, q: AnyQuery): NamedQuery | null => {
  const found = progress.queries.get(q)
  if (found === undefined) return null
  progress.queries.set(q, { ...found, common: prefix(found.common, path) })
  return found
}

/**
 * Where a query is defined: at the top if it was made before any function was applied; otherwise in the innermost
 * function that encloses all its uses. Functions make the same queries in the same order each time.
 */
const levelOf = ({ progress }: Context, q: AnyQuery): number => {
  const { before } = progress
  if (before === null || before.queries.has(q)) return 0
  return [...before.queries.values()][progress.queries.size]?.common.length ?? 0
}

/** Whether a second pass is needed, because there are named queries and the first pass has found where they are used. */
export const hasNamed = ({ progress }: Context): boolean => progress.queries.size > 0

/** Defines a query by the name that `cte` gave it, with a number where that is taken. */
export const define = (context: Context, q: AnyQuery, own: string, row: NamedQuery['row'], doc: Doc): string => {
  const { progress, path } = context
  const level = levelOf(context, q)
  const later = progress.style.nameTable === undefined ? [] : (progress.before?.tableNames ?? [])
  const taken = new Set([
    ...progress.tableNames,
    ...later,
    ...[...progress.queries.values()].map(n => n.name),
    ...Object.keys(progress.tables),
  ])
  const stem = isFree(own) ? own : 'named'
  let n = 1
  const made = (): string => (n === 1 ? stem : `${stem}${n}`)
  while (taken.has(made())) n += 1
  const name = made()
  progress.queries.set(q, { name, row, common: path })
  progress.definitions = [...progress.definitions, { level, doc: joined(text(`const ${name} = `), doc) }]
  return name
}

/** Takes the definitions that belong inside the function that ends here. */
export const definedFrom = ({ progress }: Context, level: number): readonly Doc[] => {
  const own = progress.definitions.filter(d => d.level >= level)
  progress.definitions = progress.definitions.filter(d => d.level < level)
  return own.map(d => d.doc)
}

/** The variable of a table; `tables.x` where a query has taken the name. */
export const tableName = ({ progress }: Context, table: AnyTable): string => {
  const { nameTable } = progress.style
  if (nameTable !== undefined) {
    const name = nameTable(table)
    progress.tableNames.add(name)
    return name
  }
  const own = tableText(table, progress.tables)
  const isTaken = [...progress.queries.values()].some(n => n.name === own)
  if (!isTaken) progress.tableNames.add(own)
  return isTaken ? member('tables', own) : own
}

/** The name of an expression in scope; null if it has none. */
export const columnName = (context: Context, node: ExprNode): string | null => nameOf(context, context.progress.columns.get(node))

/** The name of a record or nested collection that is passed on whole; null if it has none. */
export const partName = (context: Context, part: object): string | null => nameOf(context, context.progress.parts.get(part))

/** Whether the limit is reached: a query may be huge, or endless. */
export const isFull = ({ progress, vars }: Context): boolean => {
  progress.left -= 1
  return progress.left < 0 || vars.length > 40
}
