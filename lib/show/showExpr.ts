/**
 * Expressions, aggregates and window functions as TypeScript: parts of `show`.
 *
 * An expression denotes the call that makes it. What a combinator does by itself is not shown: `eq(a.id, 1)` holds a
 * parameter of the column's type and `div(a.n, 2)` two casts to float, and both are shown as they were written. So for each
 * operand the shorter form is tried, and taken where the call makes the same node of it.
 *
 * Law: the text, evaluated with the names in scope, makes an expression that prints the same SQL.
 */

import { text as anyColumn } from '../core/expr/Column.js'
import { isExpr } from '../core/syntax/guards.js'
import type { AnyExpr, ExprNode, ExprType, ScalarFn } from '../core/syntax/Syntax.js'
import { attempting } from '../core/value/DbError.js'
import { combinators as Expr } from './combinators.js'
import { block, bracketed, type Doc, joined, text } from './pretty.js'
import { plainOf, sameExpr, shortForms } from './shortForm.js'
import { type Around, columnName, definedFrom, freshVariable, isFull, used, within } from './showScope.js'
import { columnDoc, recordDoc, remark, valueDoc } from './showValue.js'

export const call = (f: string, ...args: readonly Doc[]): Doc => bracketed(`${f}(`, args, ')')

/** A record alone would be a block of statements. */
const body = (doc: Doc): Doc => (doc.isBraced === true ? call('', doc) : doc)

/** A function of some variables, with what is defined in it. */
export const lambda = (around: Around, variables: readonly string[], doc: Doc): Doc => {
  const definitions = definedFrom(around, around.vars.length + 1)
  const head = variables.length === 1 ? variables[0] : `(${variables.join(', ')})`
  return joined(text(`${head} => `), definitions.length === 0 ? body(doc) : block(definitions, doc))
}

export const list = (items: readonly Doc[]): Doc => bracketed('[', items, ']')

/** What can't be shown: no value of any type, with the reason. */
export const because = (reason: string): Doc => text(`undefined ${remark(reason)}`)

const literalDoc = (e: AnyExpr, value: unknown): Doc => {
  const column = columnDoc({ ...e.type, nullable: false })
  if (value === null) return call('nullOf', column)
  const plain = plainOf(e) ?? { doc: () => joined(valueDoc(value), text(` ${remark('as it is stored')}`)), value }
  const alone = attempting('lit', () => Expr.lit(plain.value as string))
  const isPlain = alone._tag === 'Right' && sameExpr({ ...e, type: { ...e.type, nullable: false } }, alone.right)
  return isPlain ? call('lit', plain.doc()) : joined(call('litOf', column), call('', plain.doc()))
}

// --- Expressions ------------------------------------------------------------------------------

const builders = Expr as unknown as { readonly [name: string]: (...args: readonly unknown[]) => unknown }

/** How a call is written and made of what its node holds. */
interface Spelling {
  readonly doc: (args: readonly Doc[], type: ExprType, values: readonly AnyExpr[]) => Doc
  readonly make: (args: readonly unknown[], type: ExprType) => unknown
}

const asNamed = (fn: ScalarFn): Spelling => ({ doc: args => call(fn, ...args), make: args => builders[fn]?.(...args) })

/** A text, what it is filled with, and up to where: the call says the length first. */
const padded = (fn: 'padStart' | 'padEnd'): Spelling => ({
  doc: ([e, fill, count]) => call(fn, e as Doc, count as Doc, fill as Doc),
  make: ([e, fill, count]) => builders[fn]?.(e, count, fill),
})

/** A value of no arguments, which is no function. */
const constant = (fn: 'now' | 'random' | 'randomUuid'): Spelling => ({ doc: () => text(fn), make: () => builders[fn] })

/** One unit of a duration. */
const moved = (unit: 'months' | 'days' | 'milliseconds'): Spelling => ({
  doc: ([e, amount]) => call('dateAdd', e as Doc, recordDoc([[unit, amount as Doc]])),
  make: ([e, amount]) => Expr.dateAdd(e as AnyExpr, { [unit]: amount }),
})

/** A path is one text of JSON in the node. */
const pathIn = (e: unknown): readonly (string | number)[] => JSON.parse(String(isExpr(e) && e.node.tag === 'literal' ? e.node.value : e))

const jsonAt: Spelling = {
  doc: ([e], type, [, path]) =>
    joined(call('jsonAt', columnDoc({ ...type, nullable: false })), call('', e as Doc, ...pathIn(path).map(valueDoc))),
  make: ([e, path], type) => Expr.jsonAt({ ...anyColumn, type: { ...type, nullable: false } })(e as AnyExpr, ...pathIn(path)),
}

/** The names of the members are one text of JSON in the node. */
const namesIn = (e: unknown): readonly string[] => pathIn(e) as readonly string[]

const jsonObject: Spelling = {
  doc: ([, ...docs], _, [names]) => call('jsonObject', recordDoc(namesIn(names).map((name, i) => [name, docs[i] as Doc]))),
  make: ([names, ...values]) => Expr.jsonObject(Object.fromEntries(namesIn(names).map((name, i) => [name, values[i] as AnyExpr]))),
}

const jsonArray: Spelling = {
  doc: docs => call('jsonArray', list(docs)),
  make: values => Expr.jsonArray(values as readonly AnyExpr[]),
}

/** Functions whose calls are not their names with what their nodes hold. */
const SPELLINGS: { readonly [fn in ScalarFn]?: Spelling } = {
  padStart: padded('padStart'),
  padEnd: padded('padEnd'),
  now: constant('now'),
  random: constant('random'),
  randomUuid: constant('randomUuid'),
  addMonths: moved('months'),
  addDays: moved('days'),
  addMilliseconds: moved('milliseconds'),
  startInZone: { doc: args => call('dateTrunc', ...args), make: args => builders['dateTrunc']?.(...args) },
  jsonAt,
  jsonObject,
  jsonArray,
  array: { doc: args => call('array', list(args)), make: args => Expr.array(args as AnyExpr[]) },
}

/** The local time of an instant, which stands inside of the functions that take a time zone. */
const localTimeIn = (e: AnyExpr | undefined): readonly [AnyExpr, AnyExpr] | null =>
  e?.node.tag === 'call' && e.node.fn === 'localTime' ? (e.node.args as readonly [AnyExpr, AnyExpr]) : null

/** A part, or the name of a time zone: a plain value in the call. */
const zonedArgument = (e: AnyExpr): Doc => valueDoc(e.node.tag === 'literal' ? e.node.value : null)

/** `not` of some predicates has a name. */
const negated = (e: AnyExpr): { readonly name: string; readonly of: AnyExpr } | null => {
  if (e.node.tag === 'in') return { name: 'notIn', of: e }
  return e.node.tag === 'call' && e.node.fn === 'isNull' ? { name: 'isNotNull', of: e } : null
}

const callDoc = (e: AnyExpr, fn: ScalarFn, args: readonly AnyExpr[], around: Around): Doc => {
  const [only] = args
  const other = fn === 'not' && only !== undefined ? negated(only) : null
  if (other !== null) return renamed(exprDoc(other.of, around), other.name)
  const local = localTimeIn(only)
  if (local !== null) return call(fn, exprDoc(local[0], around), ...[...args.slice(1), local[1]].map(zonedArgument))
  const { doc, make } = SPELLINGS[fn] ?? asNamed(fn)
  const docs = shortForms(
    e,
    args,
    values => make(values, e.type),
    a => exprDoc(a, around),
  )
  return doc(docs, e.type, args)
}

const renamed = (doc: Doc, name: string): Doc => {
  const rename = (s: string): string => s.replace(/^\w+/, name)
  return { flat: doc.flat === null ? null : rename(doc.flat), broken: place => rename(doc.broken(place)) }
}

/** `maybe` is a choice by the tag of a left join's far side. */
const maybeDoc = (node: ExprNode & { readonly tag: 'case' }, around: Around): Doc | null => {
  const [branch] = node.branches
  if (node.branches.length !== 1 || branch === undefined) return null
  const side = around.shown.sides.get(branch[0].node)
  if (side === undefined || node.otherwise.node.tag !== 'literal' || node.otherwise.node.value !== null) return null
  const variable = freshVariable(side.hint, around)
  const inside = { ...within(around, variable), entered: new Map([...around.entered, [branch[0].node, variable]]) }
  return call('maybe', text(used(around, side.name) ?? ''), lambda(around, [variable], exprDoc(branch[1], inside)))
}

const caseDoc = (e: AnyExpr, node: ExprNode & { readonly tag: 'case' }, around: Around): Doc => {
  const maybe = maybeDoc(node, around)
  if (maybe !== null) return maybe
  const values = [...node.branches.map(([, value]) => value), node.otherwise]
  const make = (given: readonly unknown[]): unknown =>
    Expr.caseWhen(
      node.branches.map(([c], i) => [c, given[i] as AnyExpr] as const),
      given[values.length - 1] as AnyExpr,
    )
  const docs = shortForms(e, values, make, a => exprDoc(a, around))
  const branches = node.branches.map(([c], i) => list([exprDoc(c, around), docs[i] as Doc]))
  return call('caseWhen', list(branches), docs[values.length - 1] as Doc)
}

const inDoc = (e: AnyExpr, node: ExprNode & { readonly tag: 'in' }, around: Around): Doc => {
  const make = ([operand, ...values]: readonly unknown[]): unknown => Expr.inList(operand as AnyExpr, values as AnyExpr[])
  const [operand, ...values] = shortForms(e, [node.operand, ...node.list], make, a => exprDoc(a, around))
  return call('inList', operand as Doc, list(values))
}

/** Both sides of decimals are brought to one scale, the query by a step of its own. */
const membersDoc = (node: ExprNode & { readonly tag: 'inQuery' }, around: Around): Doc => {
  const isFitted = node.operand.type.sql.tag === 'numeric' && node.query.node.tag === 'map'
  const members = isFitted && node.query.node.tag === 'map' ? node.query.node.input : node.query
  const make = ([operand]: readonly unknown[]): unknown => {
    const made = Expr.inQuery(operand as AnyExpr, members).node
    return made.tag === 'inQuery' ? made.operand : null
  }
  const [operand] = shortForms(node.operand, [node.operand], make, a => exprDoc(a, around))
  return call('inQuery', operand as Doc, around.shown.queryDoc(members, around))
}

const rawDoc = ({ type }: AnyExpr, node: ExprNode & { readonly tag: 'raw' }, around: Around): Doc => {
  const pieces = node.text.map(t => text(t.replace(/[\\`]|\$\{/g, c => `\\${c}`).replace(/\r/g, '\\r')))
  const docs = node.args.map(a => exprDoc(a, around))
  const parts = pieces.flatMap((piece, i) => (docs[i] === undefined ? [piece] : [piece, text('${'), docs[i], text('}')]))
  return joined(call('raw', columnDoc(type)), text('`'), ...parts, text('`'))
}

/** An expression as the call that makes it. */
export const exprDoc = (e: AnyExpr, around: Around): Doc => {
  const { node } = e
  const name = columnName(around, node)
  if (name !== null) return text(name)
  if (isFull(around)) return because('and more: the query is larger than what is shown')
  switch (node.tag) {
    case 'literal':
      return literalDoc(e, node.value)
    case 'ref':
      return because('a column that is not in scope')
    case 'param':
      return because(`the parameter ${node.name} of a query that is prepared elsewhere`)
    case 'call':
      return callDoc(e, node.fn, node.args, around)
    case 'case':
      return caseDoc(e, node, around)
    case 'in':
      return inDoc(e, node, around)
    case 'cast': {
      const local = localTimeIn(node.operand)
      if (local !== null) return call('localDate', exprDoc(local[0], around), zonedArgument(local[1]))
      return joined(call('cast', columnDoc({ ...e.type, nullable: false })), call('', exprDoc(node.operand, around)))
    }
    case 'exists':
    case 'scalar':
      return call(node.tag, around.shown.queryDoc(node.query, around))
    case 'inQuery':
      return membersDoc(node, around)
    case 'raw':
      return rawDoc(e, node, around)
    case 'invalid':
      return because(node.error.message)
  }
}
