/**
 * Queries as TypeScript: a part of `show`.
 *
 * A query is shown as a source and its steps in a `pipe`. To see what a step's function returns, it is applied to the scope of the rows so
 * far, with a name for each symbol (`showScope`); the result is shown and gives the rows for the next step, so that each function is
 * applied once. What is refused or throws becomes a remark, and the steps after it remarks that their rows are not known. The function of
 * `mapRow` cannot be seen into: it is `f`. A query named by `cte` is defined once, before the first function that uses it.
 */
import { asAggregates, asCondition, asExprs, asGrouping, asOrders, asQuery, asWindows } from '../core/syntax/guards.js'
import { type AnyExpr, type AnyQuery, type AnyTable, type QueryNode, query, type RowShape, type Shape } from '../core/syntax/Syntax.js'
import { type AnyLeaf, nothing, rowOf, visit } from '../core/syntax/scope.js'
import { columnName } from '../core/table/Table.js'
import { attempting } from '../core/value/DbError.js'
import { canonicalType } from './canonicalForm.js'
import { bracketed, type Doc, joined, printed, text } from './pretty.js'
import { aggDoc, orderDoc, winDoc } from './showAggregate.js'
import { because, call, exprDoc, lambda, list } from './showExpr.js'
import {
  type Context,
  define,
  freshVariable,
  isFull,
  paramsNamed,
  partName,
  queryNamed,
  scopeNamed,
  tableName,
  within,
} from './showScope.js'
import { columnDoc, member, recordDoc, valueDoc } from './showValue.js'

/** A field of a record: its name and the text of its value. */
export type Field = readonly [string, Doc]

const UNKNOWN = because('not known, because a step before is refused')

/** The result of a walk, or the reason for its failure as a remark. */
export const orReason = (walk: () => Doc): Doc => {
  const result = attempting('a function of the query', walk)
  return result._tag === 'Right' ? result.right : because(result.left.message)
}

// --- Shapes -----------------------------------------------------------------------------------

/** How many fields of a record are those of the scope: all of them, shown as a spread, or 0. */
const spread = (scope: Shape | null, fields: readonly (readonly [string, unknown])[]): number => {
  if (scope === null || visit(scope).tag !== 'record') return 0
  const own = Object.entries(scope)
  const begins =
    own.length > 1 && own.length <= fields.length && own.every(([name, x], i) => fields[i]?.[0] === name && fields[i]?.[1] === x)
  return begins ? own.length : 0
}

/** The text of a shape: an expression, a nested query, or a record of shapes. */
export const shapeDoc = (shape: RowShape, context: Context, scope: Shape | null): Doc => {
  const name = typeof shape === 'object' && shape !== null ? partName(context, shape) : null
  if (name !== null) return text(name)
  const v = visit(shape)
  switch (v.tag) {
    case 'leaf':
      return leafDoc(v.leaf, context)
    case 'record': {
      const fields = Object.entries(v.fields)
      const kept = spread(scope, fields)
      const of = kept === 0 ? null : partName(context, scope as object)
      const more = fields.slice(of === null ? 0 : kept)
      const docs = more.map(([field, inner]): Field => [field, shapeDoc(inner, context, null)])
      return recordDoc(docs, of === null ? [] : [text(`...${of}`)])
    }
    default:
      return because('the row of a left join of another query')
  }
}

const leafDoc = (leaf: AnyLeaf, context: Context): Doc =>
  leaf.kind === 'expr' ? exprDoc(leaf, context) : call(`Q.${leaf.cardinality}`, queryDoc(leaf.query, context))

const isEmpty = (shape: Shape): boolean => visit(shape).tag === 'record' && Object.keys(shape).length === 0

const entries = <A>(record: { readonly [name: string]: A }, doc: (a: A) => Doc): Doc =>
  recordDoc(Object.entries(record).map(([name, a]): Field => [name, doc(a)]))

// --- Queries ----------------------------------------------------------------------------------

type StepNode = Extract<QueryNode, { readonly input: AnyQuery }> | Extract<QueryNode, { readonly left: AnyQuery }>

/** Whether a node is a step after another query. A query named by `cte` is a source. */
const isStep = (node: QueryNode): node is StepNode => node.tag !== 'cte' && ('input' in node || 'left' in node)

/** The static row so far: null for `zero`, undefined after a step that is refused. */
type KnownRow = RowShape | null | undefined

/** The text of a query and its static row. */
interface QueryText {
  readonly doc: Doc
  /** A step after it that the query does not have, but its text. */
  readonly more?: Doc
  readonly row: KnownRow
}

const knownRow = (q: AnyQuery): KnownRow => {
  const row = attempting('a function of the query', () => rowOf(q))
  return row._tag === 'Right' ? row.right : undefined
}

/** A source with this row, which stands for a query that has been walked already. */
const queryOf = (row: RowShape | null): AnyQuery => query(row === null ? { tag: 'zero' } : { tag: 'of', shape: row as Shape })

/** The row after a step, from the row before and the result of its function or its other side. */
const after = (node: StepNode, row: KnownRow, result: unknown): KnownRow => {
  if (row === undefined) return undefined
  if ('left' in node) return result === undefined ? undefined : knownRow(query({ ...node, left: queryOf(row), right: result as AnyQuery }))
  const input = queryOf(row)
  // a recursion calls its function again, because the types of its rows may widen; the rows of `cube` have the types of those of `rollup`
  const callsAgain = !('f' in node) || node.tag === 'mapRow' || node.tag === 'recursive'
  const fewer = node.tag === 'groupingSets' && node.sets === 'cube' ? { sets: 'rollup' } : {}
  return knownRow(query((callsAgain ? { ...node, input } : { ...node, ...fewer, input, f: () => result }) as QueryNode))
}

/** A callback of rows as a lambda: its result for named symbols. */
export const functionOf = (
  rows: readonly (readonly [KnownRow, hint: string])[],
  context: Context,
  of: (scopes: readonly any[], inner: Context) => Doc,
): Doc => {
  if (rows.some(([row]) => row === undefined)) return UNKNOWN
  let inner = context
  const scopes = rows.map(([row, hint]) => {
    const variable = freshVariable(hint, inner)
    inner = within(inner, variable)
    return row == null ? nothing : scopeNamed(context, row, variable)
  })
  return lambda(
    context,
    inner.vars.slice(context.vars.length),
    orReason(() => of(scopes, inner)),
  )
}

/** A function of the row that a step sees, with `hint` for the name of its variable. */
export const rowFunction = (row: KnownRow, hint: string, context: Context, of: (scope: any, inner: Context) => Doc): Doc =>
  functionOf([[row, hint]], context, ([scope], inner) => of(scope, inner))

const countDoc = (count: AnyExpr, context: Context): Doc =>
  count.node.tag === 'literal' ? text(String(count.node.value)) : exprDoc(count, context)

const stepText = (node: StepNode, row: KnownRow, hint: string, context: Context): QueryText => {
  let result: unknown
  /** A callback of the rows, with the check of its result and how that is shown. */
  const of = <A>(f: (s: any) => unknown, check: (x: unknown) => A, doc: (a: A, inner: Context, s: any) => Doc): Doc =>
    rowFunction(row, hint, context, (s, inner) => {
      const a = check(f(s))
      result = a
      return doc(a, inner, s)
    })
  const inside = (q: AnyQuery, inner: Context): Doc => {
    const t = queryText(q, inner)
    result = t.row === undefined ? undefined : queryOf(t.row)
    return t.doc
  }
  const shape = (x: unknown): RowShape => x as RowShape
  const args = (): readonly Doc[] => {
    switch (node.tag) {
      case 'where':
        if (node.present !== undefined) return node.present.map(name => valueDoc(name))
        return [of(node.f, x => asCondition(x, 'where'), exprDoc)]
      case 'map':
        return [of(node.f, shape, shapeDoc)]
      case 'mapRow':
        return [context.progress.style.isExact ? because('the function of mapRow has no text: write a map instead') : text('f')]
      case 'flatMap':
        return [of(node.f, asQuery, inside)]
      case 'bind':
      case 'bindLeft':
        return [valueDoc(node.name), of(node.f, asQuery, inside)]
      case 'let':
        return [valueDoc(node.name), of(node.f, shape, shapeDoc)]
      case 'recursive':
        return [rowFunction(after(node, row, undefined), hint, context, (s, inner) => inside(asQuery(node.f(s)), inner))]
      case 'distinctOn':
        return [
          of(
            node.f,
            x => asExprs(x, 'distinctOn'),
            (keys, inner) => list(keys.map(e => exprDoc(e, inner))),
          ),
        ]
      case 'groupingSets':
        return [
          of(node.f, asGrouping, ({ by, of: aggs }, inner) =>
            recordDoc([
              ['by', entries(by, e => exprDoc(e, inner))],
              ['of', entries(aggs, a => aggDoc(a, inner))],
            ]),
          ),
        ]
      case 'aggregate':
        return [of(node.f, asAggregates, (aggs, inner) => entries(aggs, a => aggDoc(a, inner)))]
      case 'window':
        return [of(node.f, asWindows, (wins, inner) => entries(wins, w => winDoc(w, inner)))]
      case 'orderBy':
        return [of(node.f, asOrders, (orders, inner) => list(orders.map(o => orderDoc(o, inner))))]
      case 'distinct':
        return []
      case 'limit':
      case 'offset':
        return [countDoc(node.count, context)]
      case 'lock':
        return node.lock.wait === 'wait' ? [] : [recordDoc([['wait', valueDoc(node.lock.wait)]])]
      case 'cte':
        return []
      case 'set':
        return [orReason(() => inside(asQuery(node.right), context))]
      case 'fullJoin': {
        const right = attempting('a function of the query', () => queryText(asQuery(node.right), context))
        if (right._tag === 'Left') return [because(right.left.message)]
        result = right.right.row === undefined ? undefined : queryOf(right.right.row)
        const sides = [[row, hint] as const, [right.right.row, hintOf(node.right, context)] as const]
        const on = ([l, r]: readonly any[], inner: Context): Doc => exprDoc(asCondition(node.on(l, r), 'fullJoin'), inner)
        return [right.right.doc, functionOf(sides, context, on)]
      }
    }
  }
  const doc = node.tag === 'distinct' ? text('Q.distinct') : call(stepName(node), ...args())
  return { doc, row: after(node, row, result) }
}

/** The name of a step's combinator. */
const stepName = (node: StepNode): string => {
  switch (node.tag) {
    case 'set':
      return `Q.${node.operator}`
    case 'recursive':
      return node.distinct ? 'Q.closure' : 'Q.recursive'
    case 'where':
      return node.present === undefined ? 'Q.where' : 'Q.whereNotNull'
    case 'lock':
      return node.lock.strength === 'update' ? 'Q.forUpdate' : 'Q.forShare'
    case 'groupingSets':
      return typeof node.sets === 'string' ? `Q.${node.sets}` : `Q.groupingSets(${inLine(valueDoc(node.sets))})`
    default:
      return `Q.${node.tag}`
  }
}

const inLine = (doc: Doc): string => doc.flat ?? printed(doc)

/** Whether a table is shown by SQL names that are not those of its fields. */
const isRenamed = (table: AnyTable, { progress }: Context): boolean =>
  progress.style.isBySqlNames === true && Object.keys(table.columns).some(f => columnName(table, f) !== f)

/** The rows of a table. By SQL names, a table whose fields have other names is followed by the map to its fields. */
const fromText = (table: AnyTable, alone: (doc: Doc) => QueryText, context: Context): QueryText => {
  const from = call('Q.from', text(tableName(context, table)))
  const fields = Object.keys(table.columns)
  if (!isRenamed(table, context)) return alone(from)
  const variable = freshVariable(table.name, context)
  const renamed = recordDoc(fields.map((f): Field => [f, text(member(variable, columnName(table, f)))]))
  return { ...alone(from), more: call('Q.map', lambda(context, [variable], renamed)) }
}

/** The type of a column or parameter. */
const typeDoc = (type: AnyExpr['type'], { progress }: Context): Doc => columnDoc(progress.style.isExact ? canonicalType(type) : type)

/** A source and its row; of a prepared query, the row of its template. */
const sourceText = (source: AnyQuery, context: Context): QueryText => {
  const { node } = source
  const alone = (doc: Doc): QueryText => ({ doc, row: knownRow(source) })
  switch (node.tag) {
    case 'from':
      return fromText(node.table, alone, context)
    case 'of':
      return alone(isEmpty(node.shape) ? text('Q.Do') : call('Q.of', shapeDoc(node.shape, context, null)))
    case 'zero':
      return alone(text('Q.zero'))
    case 'values': {
      const rows = node.rows.map(row => recordDoc(Object.entries(row).map(([f, e]): Field => [f, givenDoc(e, context)])))
      return alone(
        joined(
          call(
            'Q.values',
            entries(node.types, t => typeDoc(t, context)),
          ),
          call('', list(rows)),
        ),
      )
    }
    case 'unnest':
      return alone(call('Q.unnest', exprDoc(node.array, context)))
    case 'cte':
      return namedText(source, node, context)
    case 'prepared': {
      const { types, f } = node.prepared
      const variable = freshVariable('p', context)
      let row: KnownRow
      const template = orReason(() => {
        const t = queryText(asQuery(f(paramsNamed(context, types, variable))), within(context, variable))
        row = t.row
        return t.doc
      })
      const values = Object.entries(node.values).map(([name, e]): Field => [name, givenDoc(e, context)])
      const doc = joined(
        call(
          'Q.prepare',
          entries(types, t => typeDoc(t, context)),
          lambda(context, [variable], template),
        ),
        call('', recordDoc(values)),
      )
      return { doc, row }
    }
    default:
      return { doc: because('no query'), row: undefined }
  }
}

/** A query named by `cte`: defined at its first use, then shown by its name. */
const namedText = (q: AnyQuery, node: Extract<QueryNode, { readonly tag: 'cte' }>, context: Context): QueryText => {
  const before = queryNamed(context, q)
  if (before !== null) return { doc: text(before.name), row: before.row }
  const { docs, row } = stepsText(node.input, context)
  const options = node.materialized === null ? [] : [recordDoc([['materialized', valueDoc(node.materialized)]])]
  const doc = pipeDoc([...docs, call('Q.cte', valueDoc(node.name), ...options)])
  return { doc: text(define(context, q, node.name, row, doc)), row }
}

/** A value as written for a column, without its type. */
export const givenDoc = (e: AnyExpr, context: Context): Doc => {
  const { node, type } = e
  if (node.tag !== 'literal') return exprDoc(e, context)
  if (node.value === null) return text('null')
  const { most, style } = context.progress
  if (style.isExact) return valueDoc(node.value, most)
  const decoded = type.refine === null ? null : type.refine.decode(node.value)
  return decoded?._tag === 'Left' ? exprDoc(e, context) : valueDoc(decoded === null ? node.value : decoded.right)
}

/** The variable for the rows of a source is the first letter of this. */
export const hintOf = ({ node }: AnyQuery, context: Context): string => {
  if (node.tag === 'from') return isRenamed(node.table, context) ? 's' : node.table.name
  return node.tag === 'unnest' ? 'element' : 's'
}

/** Steps that keep the rows of the source's table. */
const KEEPS_TABLE: readonly string[] = [
  'where',
  'orderBy',
  'limit',
  'offset',
  'distinct',
  'distinctOn',
  'mapRow',
  'set',
  'lock',
  'recursive',
]

const pipeDoc = (docs: readonly Doc[]): Doc => (docs.length === 1 ? (docs[0] as Doc) : bracketed('pipe(', docs, ')'))

/** The text of a source and its steps, and the row after them. */
const stepsText = (q: AnyQuery, context: Context): { readonly docs: readonly Doc[]; readonly row: KnownRow } => {
  if (isFull(context)) return { docs: [because('and more: the query is larger than what is shown')], row: undefined }
  const steps: StepNode[] = []
  let source = asQuery(q)
  while (isStep(source.node)) {
    steps.push(source.node)
    source = asQuery('left' in source.node ? source.node.left : source.node.input)
  }
  const start = attempting('a function of the query', () => sourceText(source, context))
  const first: QueryText = start._tag === 'Right' ? start.right : { doc: because(start.left.message), row: undefined }
  let { row } = first
  const begins = first.more === undefined ? [first.doc] : [first.doc, first.more]
  let hint = hintOf(source, context)
  const docs = steps.reverse().map(node => {
    const step = stepText(node, row, hint, context)
    row = step.row
    if (!KEEPS_TABLE.includes(node.tag)) hint = 's'
    return step.doc
  })
  return { docs: [...begins, ...docs], row }
}

/** The text of a query, and what the next step sees of its rows. */
export const queryText = (q: AnyQuery, context: Context): QueryText => {
  const { docs, row } = stepsText(q, context)
  return { doc: pipeDoc(docs), row }
}

/** The text of a query, or a comment with the reason why it has none. */
export const queryDoc = (q: AnyQuery, context: Context): Doc => orReason(() => queryText(q, context).doc)
