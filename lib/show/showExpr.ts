/**
 * Expressions as TypeScript: a part of `show`.
 *
 * An expression is shown as the call that makes it, with each operand in its shortest form (`shortForm`): `eq(a.id, 1)`, not
 * `eq(a.id, litOf(int)(1))`. Functions whose nodes differ from their calls (JSON paths, durations, padding) have a form of their own.
 *
 * Law: the text, evaluated with the names in scope, makes an expression that prints the same SQL.
 */

import { text as anyColumn } from '../core/expr/Column.js'
import { isExpr } from '../core/syntax/guards.js'
import type { AnyExpr, AnyQuery, ExprNode, ExprType, RowShape, ScalarFn } from '../core/syntax/Syntax.js'
import { leaves, rowOf } from '../core/syntax/scope.js'
import { attempting } from '../core/value/DbError.js'
import { canonicalExpr } from './canonicalForm.js'
import { combinators as Expr } from './combinators.js'
import { block, bracketed, type Doc, joined, text } from './pretty.js'
import { plainOf, sameExpr, shortForms } from './shortForm.js'
import { type Context, columnName, definedFrom, freshVariable, isFull, nameOf, within } from './showScope.js'
import { columnDoc, recordDoc, remark, valueDoc } from './showValue.js'

/** A call of a function. */
export const call = (f: string, ...args: readonly Doc[]): Doc => bracketed(`${f}(`, args, ')')

/** The body of a lambda: a bare record would be parsed as a block. */
const body = (doc: Doc): Doc => (doc.isBraced === true ? call('', doc) : doc)

/** A lambda of these variables, with the queries that are defined inside it. */
export const lambda = (context: Context, variables: readonly string[], doc: Doc): Doc => {
  const definitions = definedFrom(context, context.vars.length + 1)
  const head = variables.length === 1 ? variables[0] : `(${variables.join(', ')})`
  return joined(text(`${head} => `), definitions.length === 0 ? body(doc) : block(definitions, doc))
}

/** An array. */
export const list = (items: readonly Doc[]): Doc => bracketed('[', items, ']')

/** What can't be shown: `undefined`, with the reason as a remark. */
export const because = (reason: string): Doc => text(`undefined ${remark(reason)}`)

const literalDoc = (e: AnyExpr, value: unknown, most: number): Doc => {
  const column = columnDoc({ ...e.type, nullable: false })
  if (value === null) return call('nullOf', column)
  const plain = plainOf(e, most) ?? { doc: () => joined(valueDoc(value), text(` ${remark('as stored')}`)), value }
  const alone = attempting('lit', () => Expr.lit(plain.value as string))
  const isPlain = alone._tag === 'Right' && sameExpr({ ...e, type: { ...e.type, nullable: false } }, alone.right)
  return isPlain ? call('lit', plain.doc()) : joined(call('litOf', column), call('', plain.doc()))
}

// --- Expressions ------------------------------------------------------------------------------

const builders = Expr as unknown as { readonly [name: string]: (...args: readonly unknown[]) => unknown }

/** How the call of a function is printed from its node, and how it is made again. */
interface CallForm {
  readonly doc: (args: readonly Doc[], type: ExprType, values: readonly AnyExpr[]) => Doc
  readonly make: (args: readonly unknown[], type: ExprType) => unknown
}

const asNamed = (fn: ScalarFn): CallForm => ({ doc: args => call(fn, ...args), make: args => builders[fn]?.(...args) })

/** Padding: the node holds text, fill, length; the call takes the length before the fill. */
const padded = (fn: 'padStart' | 'padEnd'): CallForm => ({
  doc: ([e, fill, count]) => call(fn, e as Doc, count as Doc, fill as Doc),
  make: ([e, fill, count]) => builders[fn]?.(e, count, fill),
})

/** A constant, not a function: `now`, `random`, `randomUuid`. */
const constant = (fn: 'now' | 'random' | 'randomUuid'): CallForm => ({ doc: () => text(fn), make: () => builders[fn] })

/** `dateAdd` with one unit. */
const durationUnit = (unit: 'months' | 'days' | 'milliseconds'): CallForm => ({
  doc: ([e, amount]) => call('dateAdd', e as Doc, recordDoc([[unit, amount as Doc]])),
  make: ([e, amount]) => Expr.dateAdd(e as AnyExpr, { [unit]: amount }),
})

/** The steps of a path, which the node holds as JSON text. */
const pathIn = (e: unknown): readonly (string | number)[] => JSON.parse(String(isExpr(e) && e.node.tag === 'literal' ? e.node.value : e))

const jsonAt: CallForm = {
  doc: ([e], type, [, path]) =>
    joined(call('jsonAt', columnDoc({ ...type, nullable: false })), call('', e as Doc, ...pathIn(path).map(step => valueDoc(step)))),
  make: ([e, path], type) => Expr.jsonAt({ ...anyColumn, type: { ...type, nullable: false } })(e as AnyExpr, ...pathIn(path)),
}

/** The names of the members, which the node holds as JSON text. */
const namesIn = (e: unknown): readonly string[] => pathIn(e) as readonly string[]

const jsonObject: CallForm = {
  doc: ([, ...docs], _, [names]) => call('jsonObject', recordDoc(namesIn(names).map((name, i) => [name, docs[i] as Doc]))),
  make: ([names, ...values]) => Expr.jsonObject(Object.fromEntries(namesIn(names).map((name, i) => [name, values[i] as AnyExpr]))),
}

const jsonArray: CallForm = {
  doc: docs => call('jsonArray', list(docs)),
  make: values => Expr.jsonArray(values as readonly AnyExpr[]),
}

/** Functions whose calls are not the function's name with the node's arguments. */
const CALL_FORMS: { readonly [fn in ScalarFn]?: CallForm } = {
  padStart: padded('padStart'),
  padEnd: padded('padEnd'),
  now: constant('now'),
  random: constant('random'),
  randomUuid: constant('randomUuid'),
  addMonths: durationUnit('months'),
  addDays: durationUnit('days'),
  addMilliseconds: durationUnit('milliseconds'),
  startInZone: { doc: args => call('dateTrunc', ...args), make: args => builders['dateTrunc']?.(...args) },
  jsonAt,
  jsonObject,
  jsonArray,
  array: { doc: args => call('array', list(args)), make: args => Expr.array(args as AnyExpr[]) },
}

/** The `localTime` call inside a function that takes a time zone: the instant and the zone. */
const localTimeIn = (e: AnyExpr | undefined): readonly [AnyExpr, AnyExpr] | null =>
  e?.node.tag === 'call' && e.node.fn === 'localTime' ? (e.node.args as readonly [AnyExpr, AnyExpr]) : null

/** A date part or a time zone: a plain value in the call. */
const zonedArgument = (e: AnyExpr): Doc => valueDoc(e.node.tag === 'literal' ? e.node.value : null)

/** Predicates whose negation has a name of its own. */
const negated = (e: AnyExpr): { readonly name: string; readonly of: AnyExpr } | null => {
  if (e.node.tag === 'in') return { name: 'notIn', of: e }
  return e.node.tag === 'call' && e.node.fn === 'isNull' ? { name: 'isNotNull', of: e } : null
}

const callDoc = (e: AnyExpr, fn: ScalarFn, args: readonly AnyExpr[], context: Context): Doc => {
  const [only] = args
  const other = fn === 'not' && only !== undefined ? negated(only) : null
  if (other !== null) return renamed(exprDoc(other.of, context), other.name)
  const local = localTimeIn(only)
  if (local !== null) return call(fn, exprDoc(local[0], context), ...[...args.slice(1), local[1]].map(zonedArgument))
  const { doc, make } = CALL_FORMS[fn] ?? asNamed(fn)
  const docs = shortForms(
    e,
    args,
    values => make(values, e.type),
    a => exprDoc(a, context),
    context.progress.most,
  )
  return doc(docs, e.type, args)
}

const renamed = (doc: Doc, name: string): Doc => {
  const rename = (s: string): string => s.replace(/^\w+/, name)
  return { flat: doc.flat === null ? null : rename(doc.flat), broken: place => rename(doc.broken(place)) }
}

/** The query whose rows `countOf` counts: its value, unlike that of `scalar`, is never null. */
const countedBy = (type: ExprType, q: AnyQuery): AnyQuery | null =>
  !type.nullable && q.node.tag === 'map' && q.node.input.node.tag === 'aggregate' ? q.node.input.node.input : null

/** `maybe` is a `case` on the tag of a left join's optional side. */
const maybeDoc = (node: ExprNode & { readonly tag: 'case' }, context: Context): Doc | null => {
  const [branch] = node.branches
  if (node.branches.length !== 1 || branch === undefined) return null
  const side = context.progress.sides.get(branch[0].node)
  if (side === undefined || node.otherwise.node.tag !== 'literal' || node.otherwise.node.value !== null) return null
  const variable = freshVariable(side.hint, context)
  const inside = { ...within(context, variable), entered: new Map([...context.entered, [branch[0].node, variable]]) }
  return call('maybe', text(nameOf(context, side.name) ?? ''), lambda(context, [variable], exprDoc(branch[1], inside)))
}

const caseDoc = (e: AnyExpr, node: ExprNode & { readonly tag: 'case' }, context: Context): Doc => {
  const maybe = maybeDoc(node, context)
  if (maybe !== null) return maybe
  const values = [...node.branches.map(([, value]) => value), node.otherwise]
  const make = (given: readonly unknown[]): unknown =>
    Expr.caseWhen(
      node.branches.map(([c], i) => [c, given[i] as AnyExpr] as const),
      given[values.length - 1] as AnyExpr,
    )
  const docs = shortForms(e, values, make, a => exprDoc(a, context), context.progress.most)
  const branches = node.branches.map(([c], i) => list([exprDoc(c, context), docs[i] as Doc]))
  return call('caseWhen', list(branches), docs[values.length - 1] as Doc)
}

const inDoc = (e: AnyExpr, node: ExprNode & { readonly tag: 'in' }, context: Context): Doc => {
  const make = ([operand, ...values]: readonly unknown[]): unknown => Expr.inList(operand as AnyExpr, values as AnyExpr[])
  const [operand, ...values] = shortForms(e, [node.operand, ...node.list], make, a => exprDoc(a, context), context.progress.most)
  return call('inList', operand as Doc, list(values))
}

/** The query that `inQuery` was given, where it has added a `map` to it; null where the map is the program's own. */
const fittedFrom = ({ operand, query }: ExprNode & { readonly tag: 'inQuery' }): AnyQuery | null => {
  if (operand.type.sql.tag !== 'numeric' || query.node.tag !== 'map') return null
  const { input, f } = query.node
  const made = Expr.inQuery(operand, input).node
  if (made.tag !== 'inQuery' || made.query.node.tag !== 'map' || made.query === input) return null
  const fit = made.query.node.f
  const isSame = attempting('a map', () => {
    const row = rowOf(input)
    if (row === null) return false
    const [own, again] = [leaves(f(row) as RowShape), leaves(fit(row) as RowShape)]
    return own.length === again.length && own.every(([, leaf], i) => sameExpr(leaf as AnyExpr, again[i]?.[1] as AnyExpr))
  })
  return isSame._tag === 'Right' && isSame.right ? input : null
}

/** `inQuery`. For decimals both sides are brought to one scale, the query by an added `map` that is not shown. */
const membersDoc = (node: ExprNode & { readonly tag: 'inQuery' }, context: Context): Doc => {
  const members = fittedFrom(node) ?? node.query
  const make = ([operand]: readonly unknown[]): unknown => {
    const made = Expr.inQuery(operand as AnyExpr, members).node
    return made.tag === 'inQuery' ? made.operand : null
  }
  const [operand] = shortForms(node.operand, [node.operand], make, a => exprDoc(a, context))
  return call('inQuery', operand as Doc, context.progress.queryDoc(members, context))
}

const rawDoc = ({ type }: AnyExpr, node: ExprNode & { readonly tag: 'raw' }, context: Context): Doc => {
  const pieces = node.text.map(t => text(t.replace(/[\\`]|\$\{/g, c => `\\${c}`).replace(/\r/g, '\\r')))
  const docs = node.args.map(a => exprDoc(a, context))
  const parts = pieces.flatMap((piece, i) => (docs[i] === undefined ? [piece] : [piece, text('${'), docs[i], text('}')]))
  return joined(call('raw', columnDoc(type)), text('`'), ...parts, text('`'))
}

/** An expression as the call that makes it. */
export const exprDoc = (given: AnyExpr, context: Context): Doc => {
  const e = context.progress.style.isExact ? canonicalExpr(given) : given
  const { node } = e
  const name = columnName(context, node)
  if (name !== null) return text(name)
  if (isFull(context)) return because('and more: the query is larger than what is shown')
  switch (node.tag) {
    case 'literal':
      return literalDoc(e, node.value, context.progress.most)
    case 'ref':
      return because('a column that is not in scope')
    case 'param':
      return because(`the parameter ${node.name} of a query that is prepared elsewhere`)
    case 'call':
      return callDoc(e, node.fn, node.args, context)
    case 'case':
      return caseDoc(e, node, context)
    case 'in':
      return inDoc(e, node, context)
    case 'cast': {
      const local = localTimeIn(node.operand)
      if (local !== null) return call('localDate', exprDoc(local[0], context), zonedArgument(local[1]))
      return joined(call('cast', columnDoc({ ...e.type, nullable: false })), call('', exprDoc(node.operand, context)))
    }
    case 'exists':
      return call('exists', context.progress.queryDoc(node.query, context))
    case 'scalar': {
      const counted = countedBy(e.type, node.query)
      return counted === null
        ? call('scalar', context.progress.queryDoc(node.query, context))
        : call('countOf', context.progress.queryDoc(counted, context))
    }
    case 'inQuery':
      return membersDoc(node, context)
    case 'raw':
      return rawDoc(e, node, context)
    case 'invalid':
      return because(node.error.message)
  }
}
