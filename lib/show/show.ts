/**
 * Queries and commands as text that a person can read: the TypeScript that makes them.
 *
 * `show(query)` applies the query's functions to named symbols and writes what they answer. Tables go by their SQL names, or by
 * those that the caller gives; functions of expressions and columns stand alone, as they are imported, and those of queries,
 * aggregates, windows and commands behind `Q`, `Agg`, `Window` and `C`. What a combinator is made of is what is shown: a step of `when` that
 * is taken is that step, `innerJoin` a `bind`. A query that `cte` has named is defined first, by that name. The function of `mapRow` can't
 * be seen into: it is `f`.
 *
 * Laws: `show` is total, it throws for no query: what throws, or is refused, is a remark with the reason. The same query is shown
 * the same, and the text, evaluated, makes a query that prints the same SQL in every dialect.
 */

import { assignmentsOf } from '../core/command/plainRows.js'
import { asAggregates, asCondition, asExprs, asGrouping, asOrders, asQuery, asWindows, isRecord } from '../core/syntax/guards.js'
import { literalOf } from '../core/syntax/operand.js'
import {
  type AnyCommand,
  type AnyExpr,
  type AnyQuery,
  type AnyTable,
  type Assignments,
  type Command,
  type Conflict,
  isMade,
  type Query,
  type QueryNode,
  query,
  type RowShape,
  type Shape,
  symbol,
} from '../core/syntax/Syntax.js'
import { type AnyLeaf, nothing, rowOf, visit } from '../core/syntax/scope.js'
import { attempting, textOf } from '../core/value/DbError.js'
import { bracketed, type Doc, joined, printed, text } from './pretty.js'
import { because, call, exprShow, lambda, list } from './showExpr.js'
import {
  type Around,
  begin,
  define,
  definedFrom,
  freshVariable,
  hasNamed,
  isFull,
  paramsNamed,
  partName,
  queryNamed,
  scopeNamed,
  tableName,
  within,
} from './showScope.js'
import { columnDoc, recordDoc, valueDoc } from './showValue.js'

export interface ShowOptions {
  /** The names by which the caller knows tables: `{ albums, artists }`, or the tables of a schema. */
  readonly tables?: { readonly [name: string]: AnyTable }
}

type Field = readonly [string, Doc]

const UNKNOWN = because('not known, because a step before is refused')

/** What a walk answers, or a remark on why it does not. */
const orReason = (walk: () => Doc): Doc => {
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

const shapeDoc = (shape: RowShape, around: Around, scope: Shape | null): Doc => {
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
  leaf.kind === 'expr' ? expressions.expr(leaf, around) : call(`Q.${leaf.cardinality}`, queryDoc(leaf.query, around))

const isEmpty = (shape: Shape): boolean => visit(shape).tag === 'record' && Object.keys(shape).length === 0

const entries = <A>(record: { readonly [name: string]: A }, doc: (a: A) => Doc): Doc =>
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
const functionOf = (
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

const rowFunction = (row: Known, hint: string, around: Around, of: (scope: any, inner: Around) => Doc): Doc =>
  functionOf([[row, hint]], around, ([scope], inner) => of(scope, inner))

const countDoc = (count: AnyExpr, around: Around): Doc =>
  count.node.tag === 'literal' ? text(String(count.node.value)) : expressions.expr(count, around)

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
        return [of(node.f, x => asCondition(x, 'where'), expressions.expr)]
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
            (keys, inner) => list(keys.map(e => expressions.expr(e, inner))),
          ),
        ]
      case 'groupingSets':
        return [
          of(node.f, asGrouping, ({ by, of: aggs }, inner) =>
            recordDoc([
              ['by', entries(by, e => expressions.expr(e, inner))],
              ['of', entries(aggs, a => expressions.agg(a, inner))],
            ]),
          ),
        ]
      case 'aggregate':
        return [of(node.f, asAggregates, (aggs, inner) => entries(aggs, a => expressions.agg(a, inner)))]
      case 'window':
        return [of(node.f, asWindows, (wins, inner) => entries(wins, w => expressions.win(w, inner)))]
      case 'orderBy':
        return [of(node.f, asOrders, (orders, inner) => list(orders.map(o => expressions.order(o, inner))))]
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
        const on = ([l, r]: readonly any[], inner: Around): Doc => expressions.expr(asCondition(node.on(l, r), 'fullJoin'), inner)
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
      return alone(call('Q.unnest', expressions.expr(node.array, around)))
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
const givenDoc = (e: AnyExpr, around: Around): Doc => {
  const { node, type } = e
  if (node.tag !== 'literal') return expressions.expr(e, around)
  if (node.value === null) return text('null')
  const decoded = type.refine === null ? null : type.refine.decode(node.value)
  return decoded?._tag === 'Left' ? expressions.expr(e, around) : valueDoc(decoded === null ? node.value : decoded.right)
}

/** The letter for the rows of a source. */
const hintOf = ({ node }: AnyQuery): string => (node.tag === 'from' ? node.table.name : node.tag === 'unnest' ? 'element' : 's')

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

const queryText = (q: AnyQuery, around: Around): QueryText => {
  const { docs, row } = stepsText(q, around)
  return { doc: pipeDoc(docs), row }
}

const queryDoc = (q: AnyQuery, around: Around): Doc => orReason(() => queryText(q, around).doc)

const expressions = exprShow(queryDoc)

/** A walk that no query ends: what goes wrong is the text. */
const total = (options: ShowOptions, walk: (around: Around) => Doc): string => {
  try {
    const { tables = {} } = options ?? {}
    let around = begin(tables)
    let doc = orReason(() => walk(around))
    if (hasNamed(around)) {
      around = begin(tables, around)
      doc = orReason(() => walk(around))
    }
    const definitions = definedFrom(around, 0).map(d => `${printed(d)}\n`)
    return `${definitions.join('')}${definitions.length === 0 ? '' : '\n'}${printed(doc)}`
  } catch (thrown) {
    return printed(because(textOf(thrown)))
  }
}

/**
 * A query as the TypeScript that makes it, for logs, tests and questions.
 *
 * ```ts
 * const albums = table('album', { id: int, title: text, artistId: int })
 * const query = pipe(Q.from(albums), Q.where(album => eq(album.artistId, 1)), Q.map(album => ({ title: album.title })))
 * console.log(Q.show(query, { tables: { albums } }))
 * // => pipe(Q.from(albums), Q.where(a => eq(a.artistId, 1)), Q.map(a => ({ title: a.title })))
 * ```
 */
export const show = <S, A>(q: Query<S, A>, options: ShowOptions = {}): string => total(options, around => queryDoc(q, around))

// --- Commands ---------------------------------------------------------------------------------

/** A value for a column: plain where the column makes the same of it. */
const assignedDoc = (table: AnyTable, field: string, e: AnyExpr, around: Around): Doc => {
  const { node } = e
  const type = table.types[field]
  if (node.tag !== 'literal' || type === undefined) return expressions.expr(e, around)
  const plain = givenDoc({ ...e, type: { ...e.type, refine: type.refine } }, around)
  const again = node.value === null ? null : literalOf({ ...type, refine: null }, node.value)
  return again === null || again.node.tag === 'literal' ? plain : expressions.expr(e, around)
}

const rowDoc = (table: AnyTable, row: Assignments, around: Around): Doc =>
  recordDoc(Object.entries(row).map(([f, e]): Field => [f, assignedDoc(table, f, e, around)]))

const rowOfTable = (table: AnyTable): RowShape =>
  Object.fromEntries(Object.entries(table.types).map(([name, type]) => [name, symbol(type)]))

/** A function of a table's row. */
const tableFunction = (table: AnyTable, around: Around, of: (row: any, inner: Around) => Doc): Doc =>
  rowFunction(rowOfTable(table), table.name, around, of)

/** What an upsert sets: the names of columns that get what was offered, or a function of both rows. */
const offeredDoc = (table: AnyTable, set: NonNullable<Conflict['set']>, rows: readonly Assignments[], around: Around): Doc => {
  let names: readonly string[] | null = null
  const row = rowOfTable(table)
  const asFunction = functionOf(
    [
      [row, 'old'],
      [row, 'new'],
    ],
    around,
    ([old, offered], inner) => {
      const made = set(old, offered)
      const isOffered = Object.entries(made).every(([f, e]) => e.node === offered[f]?.node && rows.every(r => Object.hasOwn(r, f)))
      names = isOffered ? Object.keys(made) : null
      return rowDoc(table, made, inner)
    },
  )
  return names === null ? asFunction : valueDoc(names)
}

const conflictDoc = (table: AnyTable, { target, set, where }: Conflict, rows: readonly Assignments[], around: Around): Doc => {
  const row = rowOfTable(table)
  const condition = (f: NonNullable<Conflict['where']>): Doc =>
    functionOf(
      [
        [row, 'old'],
        [row, 'new'],
      ],
      around,
      ([old, offered], inner) => expressions.expr(asCondition(f(old, offered), 'where'), inner),
    )
  return recordDoc([
    ['target', valueDoc(target)],
    ['update', set === null ? valueDoc('nothing') : offeredDoc(table, set, rows, around)],
    ...(where === null ? [] : [['where', condition(where)] as const]),
  ])
}

type UpdateFrom = Extract<AnyCommand['node'], { readonly tag: 'updateFrom' }>

const updateFromDoc = ({ table, query: source, on, set, key }: UpdateFrom, name: (name: string) => Doc, around: Around): Doc => {
  const row = rowOfTable(table)
  if (key !== null && source.node.tag === 'values') {
    const { rows } = source.node
    return joined(name('updateMany'), call('', valueDoc(key)), call('', list(rows.map(r => rowDoc(table, r, around)))))
  }
  const from = queryText(source, around)
  const sides = [[row, table.name] as const, [from.row, hintOf(source)] as const]
  return joined(
    name('updateFrom'),
    call(
      '',
      from.doc,
      functionOf(sides, around, ([r, matched], inner) => expressions.expr(asCondition(on(r, matched), 'updateFrom'), inner)),
      functionOf(sides, around, ([r, matched], inner) => rowDoc(table, set(r, matched), inner)),
    ),
  )
}

const conditionDoc = (table: AnyTable, where: ((row: any) => AnyExpr) | null, around: Around): Doc =>
  where === null
    ? text('C.everywhere')
    : tableFunction(table, around, (row, inner) => expressions.expr(asCondition(where(row), 'where'), inner))

/** What is set: a record, or a function where the old row is looked at. */
const setDoc = (table: AnyTable, set: (row: any) => Assignments, around: Around): Doc => {
  let record: Doc | null = null
  const { uses } = around.shown
  const asFunction = tableFunction(table, around, (row, inner) => {
    const made = set(row)
    record = isRecord(made) ? rowDoc(table, made, inner) : because('no record of values')
    return record
  })
  return record !== null && around.shown.uses === uses ? record : asFunction
}

const writeDoc = ({ node, cardinality }: AnyCommand, around: Around): Doc => {
  if (node.tag === 'invalid') return because(node.error.message)
  const { table } = node
  const on = (name: string): Doc => call(`C.${name}`, text(tableName(around, table)))
  switch (node.tag) {
    case 'insert': {
      const rows = node.rows.map(row => rowDoc(table, row, around))
      const [first = text('')] = rows
      if (cardinality === 'many' && node.conflict !== null)
        return joined(on('upsertMany'), call('', conflictDoc(table, node.conflict, node.rows, around)), call('', list(rows)))
      if (cardinality === 'many') return joined(on('insertMany'), call('', list(rows)))
      if (node.conflict === null) return joined(on('insert'), call('', first))
      return joined(on('upsert'), call('', conflictDoc(table, node.conflict, node.rows, around)), call('', first))
    }
    case 'insertPlain':
      return joined(on('insertMany'), call('', list(assignmentsOf(table, node).map(row => rowDoc(table, row, around)))))
    case 'updateFrom':
      return updateFromDoc(node, on, around)
    case 'insertFrom':
      return joined(on('insertFrom'), call('', queryDoc(node.query, around)))
    case 'update':
      return joined(on('update'), call('', setDoc(table, node.set, around), conditionDoc(table, node.where, around)))
    case 'delete':
      return joined(on('delete'), call('', conditionDoc(table, node.where, around)))
  }
}

const commandDoc = (command: AnyCommand, around: Around): Doc => {
  if (!isMade(command) || command.kind !== 'command') return because('expected a command')
  const { returning, node } = command
  const write = writeDoc(command, around)
  if (returning === null || node.tag === 'invalid') return write
  if (returning === 'outcome') return call('pipe', write, text('C.outcome'))
  const answer = tableFunction(node.table, around, (row, inner) => shapeDoc(returning(row), inner, row))
  return call('pipe', write, call('C.returning', answer))
}

/** A command as the TypeScript that makes it. */
export const showCommand = <A>(command: Command<A>, options: ShowOptions = {}): string =>
  total(options, around => commandDoc(command as AnyCommand, around))
