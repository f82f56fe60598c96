/**
 * Queries as TypeScript: a part of `show`.
 *
 * A query is shown as a source and its steps in a `pipe`. To see what a step's function returns, it is applied to the scope of the rows so
 * far, with a name for each symbol (`showScope`); the result is shown and gives the rows for the next step, so that each function is
 * applied once. What is refused or throws becomes a remark, and the steps after it remarks that their rows are not known. The function of
 * `mapRow` cannot be seen into: it is `f`. A query named by `cte` is defined once, before the first function that uses it.
 */
import { asAggregates, asCondition, asExprs, asGrouping, asOrders, asQuery, asWindows } from '../core/syntax/guards.js'
import { type AnyExpr, type AnyQuery, type QueryNode, query, type RowShape, type Shape } from '../core/syntax/Syntax.js'
import { type AnyLeaf, nothing, rowOf, visit } from '../core/syntax/scope.js'
import { attempting } from '../core/value/DbError.js'
import { bracketed, type Doc, joined, printed, text } from './pretty.js'
import { aggDoc, orderDoc, winDoc } from './showAggregate.js'
import { because, call, exprDoc, lambda, list } from './showExpr.js'
import {
  type Around,
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
import { columnDoc, recordDoc, valueDoc } from './showValue.js'

export type Field = readonly [string, Doc]

const UNKNOWN = because('not known, because a step before is refused')

/** What a walk answers, or a remark on why it does not. */
export const orReason = (walk: () => Doc): Doc => {
  const answer = attempting('a function of the query', walk)
  return answer._tag === 'Right' ? answer.right : because(answer.left.message)
}

// --- Shapes -----------------------------------------------------------------------------------

/** A record that begins with all fields of the scope is that scope with more fields. */
const spread = (scope: Shape | null, fields: readonly (readonly [string, unknown])[]): number => {
  if (scope === null || visit(scope).tag !== 'record') return 0
  const own = Object.entries(scope)
  const begins =
    own.length > 1 && own.length <= fields.length && own.every(([name, x], i) => fields[i]?.[0] === name && fields[i]?.[1] === x)
  return begins ? own.length : 0
}

export const shapeDoc = (shape: RowShape, around: Around, scope: Shape | null): Doc => {
  const name = typeof shape === 'object' && shape !== null ? partName(around, shape) : null
  if (name !== null) return text(name)
  const v = visit(shape)
  switch (v.tag) {
    case 'leaf':
      return leafDoc(v.leaf, around)
    case 'record': {
      const fields = Object.entries(v.fields)
      const kept = spread(scope, fields)
      const of = kept === 0 ? null : partName(around, scope as object)
      const more = fields.slice(of === null ? 0 : kept)
      const docs = more.map(([field, inner]): Field => [field, shapeDoc(inner, around, null)])
      return recordDoc(docs, of === null ? [] : [text(`...${of}`)])
    }
    default:
      return because('the row of a left join of another query')
  }
}

const leafDoc = (leaf: AnyLeaf, around: Around): Doc =>
  leaf.kind === 'expr' ? exprDoc(leaf, around) : call(`Q.${leaf.cardinality}`, queryDoc(leaf.query, around))

const isEmpty = (shape: Shape): boolean => visit(shape).tag === 'record' && Object.keys(shape).length === 0

export const entries = <A>(record: { readonly [name: string]: A }, doc: (a: A) => Doc): Doc =>
  recordDoc(Object.entries(record).map(([name, a]): Field => [name, doc(a)]))

// --- Queries ----------------------------------------------------------------------------------

type StepNode = Extract<QueryNode, { readonly input: AnyQuery }> | Extract<QueryNode, { readonly left: AnyQuery }>

/** What goes on from another query; one that has a name is where others begin. */
const isStep = (node: QueryNode): node is StepNode => node.tag !== 'cte' && ('input' in node || 'left' in node)

/** What is known of the rows so far: null for `zero`, undefined after a step that is refused. */
type Known = RowShape | null | undefined

/** A query as text, and its rows. */
interface QueryText {
  readonly doc: Doc
  readonly row: Known
}

const known = (q: AnyQuery): Known => {
  const row = attempting('a function of the query', () => rowOf(q))
  return row._tag === 'Right' ? row.right : undefined
}

/** A query that has these rows, and nothing below it that would be walked again. */
const having = (row: RowShape | null): AnyQuery => query(row === null ? { tag: 'zero' } : { tag: 'of', shape: row as Shape })

/** The rows after a step, by the rows before and by what its function, or its other side, answered. */
const after = (node: StepNode, row: Known, answered: unknown): Known => {
  if (row === undefined) return undefined
  if ('left' in node) return answered === undefined ? undefined : known(query({ ...node, left: having(row), right: answered as AnyQuery }))
  const input = having(row)
  // a recursion is asked again: what follows from a row may need wider types; the rows of `cube` are like those of `rollup`
  const isAsked = !('f' in node) || node.tag === 'mapRow' || node.tag === 'recursive'
  const fewer = node.tag === 'groupingSets' && node.sets === 'cube' ? { sets: 'rollup' } : {}
  return known(query((isAsked ? { ...node, input } : { ...node, ...fewer, input, f: () => answered }) as QueryNode))
}

/** A function of rows, by what it answers of named symbols. */
export const functionOf = (
  rows: readonly (readonly [Known, hint: string])[],
  around: Around,
  of: (scopes: readonly any[], inner: Around) => Doc,
): Doc => {
  if (rows.some(([row]) => row === undefined)) return UNKNOWN
  let inner = around
  const scopes = rows.map(([row, hint]) => {
    const variable = freshVariable(hint, inner)
    inner = within(inner, variable)
    return row == null ? nothing : scopeNamed(around, row, variable)
  })
  return lambda(
    around,
    inner.vars.slice(around.vars.length),
    orReason(() => of(scopes, inner)),
  )
}

export const rowFunction = (row: Known, hint: string, around: Around, of: (scope: any, inner: Around) => Doc): Doc =>
  functionOf([[row, hint]], around, ([scope], inner) => of(scope, inner))

const countDoc = (count: AnyExpr, around: Around): Doc =>
  count.node.tag === 'literal' ? text(String(count.node.value)) : exprDoc(count, around)

const stepText = (node: StepNode, row: Known, hint: string, around: Around): QueryText => {
  let answered: unknown
  /** A function of the rows, its answer as it is checked and as it is shown. */
  const of = <A>(f: (s: any) => unknown, check: (x: unknown) => A, doc: (a: A, inner: Around, s: any) => Doc): Doc =>
    rowFunction(row, hint, around, (s, inner) => {
      const a = check(f(s))
      answered = a
      return doc(a, inner, s)
    })
  const inside = (q: AnyQuery, inner: Around): Doc => {
    const t = queryText(q, inner)
    answered = t.row === undefined ? undefined : having(t.row)
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
        return [text('f')]
      case 'flatMap':
        return [of(node.f, asQuery, inside)]
      case 'bind':
      case 'bindLeft':
        return [valueDoc(node.name), of(node.f, asQuery, inside)]
      case 'let':
        return [valueDoc(node.name), of(node.f, shape, shapeDoc)]
      case 'recursive':
        return [rowFunction(after(node, row, undefined), hint, around, (s, inner) => inside(asQuery(node.f(s)), inner))]
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
        return [countDoc(node.count, around)]
      case 'lock':
        return node.lock.wait === 'wait' ? [] : [recordDoc([['wait', valueDoc(node.lock.wait)]])]
      case 'cte':
        return []
      case 'set':
        return [orReason(() => inside(asQuery(node.right), around))]
      case 'fullJoin': {
        const right = attempting('a function of the query', () => queryText(asQuery(node.right), around))
        if (right._tag === 'Left') return [because(right.left.message)]
        answered = right.right.row === undefined ? undefined : having(right.right.row)
        const sides = [[row, hint] as const, [right.right.row, hintOf(node.right)] as const]
        const on = ([l, r]: readonly any[], inner: Around): Doc => exprDoc(asCondition(node.on(l, r), 'fullJoin'), inner)
        return [right.right.doc, functionOf(sides, around, on)]
      }
    }
  }
  const doc = node.tag === 'distinct' ? text('Q.distinct') : call(stepName(node), ...args())
  return { doc, row: after(node, row, answered) }
}

/** The combinator of a step. */
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

/** The row of a source, and where it is a prepared query, that of its template. */
const sourceText = (source: AnyQuery, around: Around): QueryText => {
  const { node } = source
  const alone = (doc: Doc): QueryText => ({ doc, row: known(source) })
  switch (node.tag) {
    case 'from':
      return alone(call('Q.from', text(tableName(around, node.table))))
    case 'of':
      return alone(isEmpty(node.shape) ? text('Q.Do') : call('Q.of', shapeDoc(node.shape, around, null)))
    case 'zero':
      return alone(text('Q.zero'))
    case 'values': {
      const rows = node.rows.map(row => recordDoc(Object.entries(row).map(([f, e]): Field => [f, givenDoc(e, around)])))
      return alone(joined(call('Q.values', entries(node.types, columnDoc)), call('', list(rows))))
    }
    case 'unnest':
      return alone(call('Q.unnest', exprDoc(node.array, around)))
    case 'cte':
      return namedText(source, node, around)
    case 'prepared': {
      const { types, f } = node.prepared
      const variable = freshVariable('p', around)
      let row: Known
      const template = orReason(() => {
        const t = queryText(asQuery(f(paramsNamed(around, types, variable))), within(around, variable))
        row = t.row
        return t.doc
      })
      const values = Object.entries(node.values).map(([name, e]): Field => [name, givenDoc(e, around)])
      const doc = joined(call('Q.prepare', entries(types, columnDoc), lambda(around, [variable], template)), call('', recordDoc(values)))
      return { doc, row }
    }
    default:
      return { doc: because('no query'), row: undefined }
  }
}

/** A query that has a name is defined where it was met first, and used by that name. */
const namedText = (q: AnyQuery, node: Extract<QueryNode, { readonly tag: 'cte' }>, around: Around): QueryText => {
  const before = queryNamed(around, q)
  if (before !== null) return { doc: text(before.name), row: before.row }
  const { docs, row } = stepsText(node.input, around)
  const options = node.materialized === null ? [] : [recordDoc([['materialized', valueDoc(node.materialized)]])]
  const doc = pipeDoc([...docs, call('Q.cte', valueDoc(node.name), ...options)])
  return { doc: text(define(around, q, node.name, row, doc)), row }
}

/** A value as it is given for a column, without a word about its type. */
export const givenDoc = (e: AnyExpr, around: Around): Doc => {
  const { node, type } = e
  if (node.tag !== 'literal') return exprDoc(e, around)
  if (node.value === null) return text('null')
  const decoded = type.refine === null ? null : type.refine.decode(node.value)
  return decoded?._tag === 'Left' ? exprDoc(e, around) : valueDoc(decoded === null ? node.value : decoded.right)
}

/** The letter for the rows of a source. */
export const hintOf = ({ node }: AnyQuery): string => (node.tag === 'from' ? node.table.name : node.tag === 'unnest' ? 'element' : 's')

/** Steps after which a row is still of the table where it began. */
const KEEPS: readonly string[] = ['where', 'orderBy', 'limit', 'offset', 'distinct', 'distinctOn', 'mapRow', 'set', 'lock', 'recursive']

const pipeDoc = (docs: readonly Doc[]): Doc => (docs.length === 1 ? (docs[0] as Doc) : bracketed('pipe(', docs, ')'))

/** A source and its steps, and the rows after them. */
const stepsText = (q: AnyQuery, around: Around): { readonly docs: readonly Doc[]; readonly row: Known } => {
  if (isFull(around)) return { docs: [because('and more: the query is larger than what is shown')], row: undefined }
  const steps: StepNode[] = []
  let source = asQuery(q)
  while (isStep(source.node)) {
    steps.push(source.node)
    source = asQuery('left' in source.node ? source.node.left : source.node.input)
  }
  const begun = attempting('a function of the query', () => sourceText(source, around))
  const first: QueryText = begun._tag === 'Right' ? begun.right : { doc: because(begun.left.message), row: undefined }
  let { row } = first
  let hint = hintOf(source)
  const docs = steps.reverse().map(node => {
    const step = stepText(node, row, hint, around)
    row = step.row
    if (!KEEPS.includes(node.tag)) hint = 's'
    return step.doc
  })
  return { docs: [first.doc, ...docs], row }
}

export const queryText = (q: AnyQuery, around: Around): QueryText => {
  const { docs, row } = stepsText(q, around)
  return { doc: pipeDoc(docs), row }
}

export const queryDoc = (q: AnyQuery, around: Around): Doc => orReason(() => queryText(q, around).doc)
