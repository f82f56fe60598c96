/**
 * restrictedTo, in every position that can hold an expression or a table.
 *
 * The positions are records over the tags and fields of the syntax tree: a new kind of node, or a new field of one, does not compile
 * until it is listed here with something planted in it, or with `null` because it holds neither. Each plant is refused before anything is
 * sent; the same operation with a harmless expression in its place passes, and so does the raw text once it is allowed by name.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as assert from 'uvu/assert'
import { arrayOf, boolean, int, sqlType, text } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { emptyImage } from '../../lib/core/schema/SchemaImage.js'
import { createSteps, dropSteps, tablesOfStep } from '../../lib/core/schema/Step.js'
import {
  type AggCall,
  type AnyAgg,
  type AnyColumn,
  type AnyCommand,
  type AnyExpr,
  type AnyQuery,
  type AnyTable,
  type AnyWin,
  type Assignments,
  type Command,
  type CommandNode,
  type ExprNode,
  expr,
  exprType,
  type Index as IndexData,
  type InsertedRows,
  MADE,
  type Order,
  type Pred,
  type PreparedQuery,
  type QueryNode,
  query,
  type Shape,
  type WindowCall,
} from '../../lib/core/syntax/Syntax.js'
import { asksQuery } from '../../lib/core/syntax/scope.js'
import type { DbError } from '../../lib/DbError.js'
import * as X from '../../lib/Expr.js'
import type { Interpreter, SqlOp } from '../../lib/Interpreter.js'
import * as Program from '../../lib/Program.js'
import { mayRunRawText } from '../../lib/plan/contents.js'
import * as Q from '../../lib/Query.js'
import { memory } from '../../lib/run/memory.js'
import { type AnySchema, fk, schema } from '../../lib/Schema.js'
import { createAll, dropAll } from '../../lib/schema/createAll.js'
import { table, view } from '../../lib/Table.js'
import { restrictedTo } from '../../lib/transform/restrictedTo.js'
import { suite } from '../suite.js'

const notes = table('note', { id: int, body: text }, { primaryKey: ['id'] })
const secrets = table('secret', { id: int }, { primaryKey: ['id'] })
const overSecrets = view('over_secret', { id: int }, Q.from(secrets))
const rawView = view(
  'raw_view',
  { id: int },
  pipe(
    Q.from(notes),
    Q.map(() => ({ id: X.raw(int)`(SELECT min(id) FROM secret)` })),
  ),
)
const goodView = view(
  'good_view',
  { id: int },
  pipe(
    Q.from(notes),
    Q.map(n => ({ id: n.id })),
  ),
)
const allowedTables = schema({ notes, overSecrets, rawView, goodView })

// --- What is planted ----------------------------------------------------------------------------

const reads = (t: AnyTable): Pred => X.exists(query({ tag: 'from', table: t }))

/** Conditions that are refused wherever they stand, and what the message names. */
const PLANTS: { readonly [name: string]: readonly [Pred, RegExp] } = {
  'raw text': [X.raw(boolean)`EXISTS (SELECT 1 FROM secret)`, /"EXISTS \(SELECT 1 FROM secret\)"/],
  'raw text with an argument': [X.raw(boolean)`${'s3cr3t'} IN (SELECT x FROM secret)`, /"\? IN \(SELECT x FROM secret\)"/],
  'another table': [reads(secrets), /^secret: .*restricted to the tables/],
  'a view over another table': [reads(overSecrets), /^secret: /],
  'a view with raw text': [reads(rawView), /\(SELECT min\(id\) FROM secret\)/],
  'a table of the same name with other columns': [reads(table('note', { id: int, hidden: text })), /^note: .*columns differ/],
  'a table of the same name in another schema': [reads(table('note', { id: int, body: text }, { schema: 'other' })), /^other\.note: /],
  'a table whose name differs in case': [reads(table('NOTE', { id: int, body: text })), /^NOTE: /],
  'a view with the name of a table': [reads(view('note', { id: int, body: text }, Q.zero)), /^note: .*differ/],
  'a view of the same name with another query': [
    reads(view('good_view', { id: int }, Q.of({ id: X.lit(1) }))),
    /^good_view: .*queries of the views differ/,
  ],
  'the name of a type': [X.isNull(X.nullOf(sqlType({ postgres: 'int) OR (1' }, notes.types.body?.refine as never))), /"int\) OR \(1"/],
  'raw text in an argument of allowed raw text': [X.raw(boolean)`coalesce(${X.raw(boolean)`peep()`})`, /"peep\(\)"/],
  'another table in an argument of allowed raw text': [X.raw(boolean)`coalesce(${reads(secrets)})`, /^secret: /],
}

const HARMLESS: Pred = reads(notes)

/** A condition in the form that a place takes. */
const formsOf = (pred: Pred) => {
  const number: AnyExpr = X.caseWhen([[pred, X.lit(1)]], X.lit(2))
  const words = X.litOf(arrayOf(text))(['a'])
  const array: AnyExpr = X.caseWhen([[pred, words]], words)
  const ids: AnyQuery = query({ tag: 'where', input: query({ tag: 'of', shape: { id: X.lit(1) } }), f: () => pred })
  const order: Order = { expr: number, direction: 'asc', nulls: null }
  return { pred, number, array, ids, order }
}
type Forms = ReturnType<typeof formsOf>

type Part<N, T> = N extends { readonly tag: infer G } ? (T extends G ? N : never) : never
/** For each tag and each field of its node: a node with something planted in the field, or null where the field holds no such thing. */
type Places<N extends { readonly tag: string }, Made> = {
  readonly [T in N['tag']]: { readonly [F in Exclude<keyof Part<N, T>, 'tag'>]: ((x: Forms) => Made) | null }
}
type FieldsOf<R, Made> = { readonly [F in keyof R]: ((x: Forms) => Made) | null }

/** The places of a record, by name. */
const listed = <Made>(places: { readonly [tag: string]: { readonly [field: string]: ((x: Forms) => Made) | null } }) =>
  Object.entries(places).flatMap(([tag, fields]) =>
    Object.entries(fields).flatMap(([field, plant]) => (plant === null ? [] : [[`${tag}.${field}`, plant] as const])),
  )

// --- The places ---------------------------------------------------------------------------------

const BOOLEAN = exprType({ tag: 'boolean' })
const node = (n: ExprNode): AnyExpr => expr(n, BOOLEAN)

const inExpressions: Places<ExprNode, AnyExpr> = {
  literal: { value: null },
  ref: { id: null, scope: null },
  param: { name: null },
  call: { fn: null, args: x => node({ tag: 'call', fn: 'not', args: [x.pred] }) },
  case: {
    branches: x => node({ tag: 'case', branches: [[x.pred, X.lit(true)]], otherwise: X.lit(false) }),
    otherwise: x => node({ tag: 'case', branches: [[X.lit(true), X.lit(true)]], otherwise: x.pred }),
  },
  in: {
    operand: x => node({ tag: 'in', operand: x.number, list: [X.lit(1)] }),
    list: x => node({ tag: 'in', operand: X.lit(1), list: [X.lit(1), x.number] }),
  },
  cast: { operand: x => X.isNull(expr({ tag: 'cast', operand: x.number }, exprType({ tag: 'text' }))) },
  exists: { query: x => node({ tag: 'exists', query: query({ tag: 'where', input: from, f: () => x.pred }) }) },
  inQuery: {
    operand: x => node({ tag: 'inQuery', operand: x.number, query: keys }),
    query: x => node({ tag: 'inQuery', operand: X.lit(1), query: query({ tag: 'where', input: keys, f: () => x.pred }) }),
  },
  scalar: {
    query: x => X.isNull(expr({ tag: 'scalar', query: query({ tag: 'where', input: keys, f: () => x.pred }) }, exprType({ tag: 'int' }))),
  },
  raw: { text: null, args: x => X.raw(boolean)`coalesce(${x.pred})` },
  invalid: { error: null },
}

const from: AnyQuery = query({ tag: 'from', table: notes })
const keys: AnyQuery = query({ tag: 'map', input: from, f: (s: any) => ({ id: s.id }) })
const INT = exprType({ tag: 'int' })
const aggregate = (call: Partial<AggCall>): AnyAgg => ({
  [MADE]: true,
  kind: 'agg',
  node: { tag: 'agg', fn: 'count', arg: null, distinct: false, separator: '', filter: null, order: [], fraction: 0, ...call },
  type: INT,
})
const grouped = (call: Partial<AggCall>): AnyQuery => query({ tag: 'aggregate', input: from, f: () => ({ n: aggregate(call) }) })
const key = (e: AnyExpr): AnyAgg => ({ [MADE]: true, kind: 'agg', node: { tag: 'key', expr: e }, type: e.type })
const windowed = (of: Partial<WindowCall>): AnyQuery => {
  const win: AnyWin = {
    [MADE]: true,
    kind: 'win',
    node: { tag: 'window', of: { tag: 'function', fn: 'rowNumber', arg: null, count: null }, partition: [], order: [], frame: null, ...of },
    type: INT,
  }
  return query({ tag: 'window', input: from, f: () => ({ n: win }) })
}

const inAggregates: FieldsOf<Omit<AggCall, 'tag'>, AnyQuery> = {
  fn: null,
  arg: x => grouped({ arg: x.number }),
  distinct: null,
  separator: null,
  fraction: null,
  filter: x => grouped({ filter: x.pred }),
  order: x => grouped({ arg: X.lit(1), fn: 'arrayAgg', order: [x.order] }),
}
const inWindows: FieldsOf<Omit<WindowCall, 'tag'>, AnyQuery> = {
  of: x => windowed({ of: { tag: 'function', fn: 'lag', arg: x.number, count: 1 } }),
  partition: x => windowed({ partition: [x.number] }),
  order: x => windowed({ order: [x.order] }),
  frame: null,
}

const own = (x: Forms): AnyQuery => query({ tag: 'where', input: from, f: () => x.pred })
const prepared = (f: (params: any) => AnyQuery): PreparedQuery => ({
  types: { n: INT },
  f,
  template: f({ n: expr({ tag: 'param', name: 'n' }, INT) }),
})
const nested = (q: AnyQuery): Shape => ({ many: Q.many(q), first: Q.first(q) }) as unknown as Shape

const inQueries: Places<QueryNode, AnyQuery> = {
  from: { table: x => query({ tag: 'from', table: view('good_view', { id: int }, x.ids) }) },
  of: { shape: x => query({ tag: 'of', shape: { n: x.number } }) },
  zero: {},
  values: { types: null, rows: x => query({ tag: 'values', types: { n: INT }, rows: [{ n: X.lit(1) }, { n: x.number }] }) },
  unnest: {
    array: x => query({ tag: 'unnest', array: x.array, types: { position: INT, value: exprType({ tag: 'text' }) } }),
    types: null,
  },
  where: { input: x => query({ tag: 'where', input: own(x), f: () => X.lit(true) }), f: own, present: null },
  map: {
    input: x => query({ tag: 'map', input: own(x), f: s => s }),
    f: x => query({ tag: 'map', input: from, f: () => ({ n: { deep: x.number } }) }),
  },
  mapRow: { input: x => query({ tag: 'mapRow', input: own(x), f: a => a }), f: null },
  flatMap: {
    input: x => query({ tag: 'flatMap', input: own(x), f: () => keys }),
    f: x => query({ tag: 'flatMap', input: from, f: () => own(x) }),
  },
  bind: {
    input: x => query({ tag: 'bind', input: own(x), name: 'o', f: () => keys }),
    name: null,
    f: x => query({ tag: 'bind', input: from, name: 'o', f: () => own(x) }),
  },
  bindLeft: {
    input: x => query({ tag: 'bindLeft', input: own(x), name: 'o', f: () => keys }),
    name: null,
    f: x => query({ tag: 'bindLeft', input: from, name: 'o', f: () => own(x) }),
  },
  let: {
    input: x => query({ tag: 'let', input: own(x), name: 'n', f: () => X.lit(1) }),
    name: null,
    f: x => query({ tag: 'let', input: from, name: 'n', f: () => nested(own(x)) }),
  },
  aggregate: {
    input: x => query({ tag: 'aggregate', input: own(x), f: () => ({ n: aggregate({}) }) }),
    f: x => query({ tag: 'aggregate', input: from, f: () => ({ k: key(x.number) }) }),
  },
  groupingSets: {
    input: x => query({ tag: 'groupingSets', input: own(x), f: s => ({ by: { k: s.id }, of: { n: aggregate({}) } }), sets: 'rollup' }),
    f: x => query({ tag: 'groupingSets', input: from, f: () => ({ by: { k: x.number }, of: { n: aggregate({}) } }), sets: 'cube' }),
    sets: null,
  },
  window: {
    input: x => query({ tag: 'window', input: own(x), f: () => ({}) }),
    f: x => windowed({ of: aggregate({ arg: x.number }).node as AggCall }),
  },
  distinct: { input: x => query({ tag: 'distinct', input: own(x) }) },
  distinctOn: {
    input: x => query({ tag: 'distinctOn', input: own(x), f: s => [s.id] }),
    f: x => query({ tag: 'distinctOn', input: from, f: () => [x.number] }),
  },
  cte: { input: x => query({ tag: 'cte', input: own(x), name: 'named', materialized: null }), name: null, materialized: null },
  recursive: {
    input: x => query({ tag: 'recursive', input: own(x), f: () => from, distinct: true }),
    f: x => query({ tag: 'recursive', input: from, f: () => own(x), distinct: false }),
    distinct: null,
  },
  lock: { input: x => query({ tag: 'lock', input: own(x), lock: { strength: 'update', wait: 'wait' } }), lock: null },
  fullJoin: {
    left: x => query({ tag: 'fullJoin', left: own(x), right: from, on: () => X.lit(true) }),
    right: x => query({ tag: 'fullJoin', left: from, right: own(x), on: () => X.lit(true) }),
    on: x => query({ tag: 'fullJoin', left: from, right: from, on: () => x.pred }),
  },
  set: {
    operator: null,
    left: x => query({ tag: 'set', operator: 'except', left: own(x), right: from }),
    right: x => query({ tag: 'set', operator: 'except', left: from, right: own(x) }),
  },
  orderBy: {
    input: x => query({ tag: 'orderBy', input: own(x), f: () => [] }),
    f: x => query({ tag: 'orderBy', input: from, f: () => [x.order] }),
  },
  limit: {
    input: x => query({ tag: 'limit', input: own(x), count: X.lit(1) }),
    count: x => query({ tag: 'limit', input: from, count: x.number }),
  },
  offset: {
    input: x => query({ tag: 'offset', input: own(x), count: X.lit(1) }),
    count: x => query({ tag: 'offset', input: from, count: x.number }),
  },
  prepared: {
    prepared: x => query({ tag: 'prepared', prepared: prepared(() => own(x)), values: { n: X.lit(1) } }),
    values: x =>
      query({
        tag: 'distinct',
        input: query({
          tag: 'prepared',
          prepared: prepared(p => query({ tag: 'map', input: from, f: () => ({ n: p.n }) })),
          values: { n: x.number },
        }),
      }),
  },
}

const command = (n: CommandNode, returning: AnyCommand['returning'] = null): AnyCommand => ({
  [MADE]: true,
  kind: 'command',
  node: n,
  cardinality: 'many',
  returning,
})
const row = { id: X.lit(1), body: X.lit('a') }
const expressions = (...rows: readonly Assignments[]): InsertedRows => ({ tag: 'expressions', rows })
const body = (x: Forms): AnyExpr => X.caseWhen([[x.pred, X.lit('a')]], X.lit('b'))

/** A table of the name `note` whose default or check has the plant: it is the table of the schema by its columns. */
const guarded = (x: Forms, place: 'default' | 'check' | 'checks'): AnyTable => {
  const [id, text_] = [notes.columns.id as AnyColumn, notes.columns.body as AnyColumn]
  const columns = { id, body: place === 'default' ? { ...text_, default: body(x) } : text_ }
  return {
    ...table('note', columns, { primaryKey: ['id'], ...(place === 'checks' ? { checks: { c: () => x.pred } } : {}) }),
    ...(place === 'check' ? { checks: [{ name: 'c', predicate: () => x.pred }] } : {}),
  }
}

const inCommands: Places<CommandNode, AnyCommand> = {
  insert: {
    table: x =>
      command({
        tag: 'insert',
        table: guarded(x, 'checks'),
        rows: { tag: 'plain', fields: ['id', 'body'], values: [1, 'a', 2, 'b'] },
        conflict: null,
      }),
    rows: x => command({ tag: 'insert', table: notes, rows: expressions(row, { ...row, body: body(x) }), conflict: null }),
    conflict: x =>
      command({
        tag: 'insert',
        table: notes,
        rows: expressions(row),
        conflict: { target: ['id'], set: () => ({ body: body(x) }), where: null },
      }),
  },
  insertFrom: {
    table: x => command({ tag: 'insertFrom', table: guarded(x, 'check'), query: from }),
    query: x => command({ tag: 'insertFrom', table: notes, query: own(x) }),
  },
  update: {
    table: x => command({ tag: 'update', table: guarded(x, 'checks'), set: () => ({ body: X.lit('b') }), where: null }),
    set: x => command({ tag: 'update', table: notes, set: () => ({ body: body(x) }), where: null }),
    where: x => command({ tag: 'update', table: notes, set: () => ({ body: X.lit('b') }), where: () => x.pred }),
  },
  updateFrom: {
    table: x =>
      command({
        tag: 'updateFrom',
        table: guarded(x, 'check'),
        query: from,
        on: () => X.lit(true),
        set: () => ({ body: X.lit('b') }),
        key: null,
      }),
    query: x =>
      command({ tag: 'updateFrom', table: notes, query: own(x), on: () => X.lit(true), set: () => ({ body: X.lit('b') }), key: null }),
    on: x => command({ tag: 'updateFrom', table: notes, query: from, on: () => x.pred, set: () => ({ body: X.lit('b') }), key: null }),
    set: x => command({ tag: 'updateFrom', table: notes, query: from, on: () => X.lit(true), set: () => ({ body: body(x) }), key: ['id'] }),
    key: null,
  },
  delete: {
    table: x => command({ tag: 'delete', table: guarded(x, 'default'), where: null }),
    where: x => command({ tag: 'delete', table: notes, where: () => x.pred }),
  },
  invalid: { error: null },
}

const inConflicts: FieldsOf<NonNullable<Part<CommandNode, 'insert'>['conflict']>, AnyCommand> = {
  target: null,
  set: x =>
    command({
      tag: 'insert',
      table: notes,
      rows: expressions(row),
      conflict: { target: ['id'], set: () => ({ body: body(x) }), where: null },
    }),
  where: x =>
    command({
      tag: 'insert',
      table: notes,
      rows: expressions(row),
      conflict: { target: ['id'], set: () => ({ body: X.lit('b') }), where: () => x.pred },
    }),
}

const inCommand: FieldsOf<Omit<Command<unknown>, '_A' | typeof MADE>, AnyCommand> = {
  kind: null,
  node: x => command({ tag: 'delete', table: notes, where: () => x.pred }),
  cardinality: null,
  returning: x =>
    command({ tag: 'update', table: notes, set: () => ({ body: X.lit('b') }), where: null }, () => ({ n: { deep: x.number } })),
}

/** A table of the name `note` with an index that has the plant. */
const indexedBy = (index: Partial<IndexData>): AnySchema => {
  const planted = { name: 'planted', columns: [], on: null, unique: false, where: null, method: null, ...index }
  return schema({ notes: { ...notes, indexes: [planted] } as typeof notes })
}

const inIndexes: FieldsOf<IndexData, AnySchema> = {
  name: null,
  columns: null,
  on: x => indexedBy({ on: () => [X.desc(x.number)] }),
  unique: null,
  where: x => indexedBy({ columns: ['id'], where: () => x.pred }),
  method: null,
}

const inTables: FieldsOf<AnyTable, AnySchema> = {
  kind: null,
  name: null,
  schema: null,
  columns: x => schema({ notes: guarded(x, 'default') as typeof notes }),
  names: null,
  types: null,
  primaryKey: null,
  uniques: null,
  indexes: x => indexedBy({ on: () => [x.number] }),
  checks: x => schema({ notes: guarded(x, 'checks') as typeof notes }),
  query: x => schema({ v: view('planted', { id: int }, x.ids as Q.Query<any, any>) }),
  comment: null,
  renamedFrom: null,
  unmanaged: null,
}
const inColumns: FieldsOf<Omit<AnyColumn, '_A' | '_I'>, AnySchema> = {
  kind: null,
  type: null,
  name: null,
  generated: null,
  default: x => schema({ notes: guarded(x, 'default') as typeof notes }),
  unique: null,
  indexed: null,
  check: x => schema({ notes: guarded(x, 'check') as typeof notes }),
  comment: null,
  renamedFrom: null,
  filledByDatabase: null,
}

const ofQuery =
  (plant: (x: Forms) => AnyQuery, op: (q: AnyQuery) => SqlOp) =>
  (x: Forms): SqlOp =>
    op(plant(x))

const inOperations: Places<SqlOp, SqlOp> = {
  all: { query: ofQuery(own, q => ({ tag: 'all', query: q })), signal: null, lockTimeout: null, _A: null },
  cursor: { query: ofQuery(own, q => ({ tag: 'cursor', query: q, size: 10 })), size: null, signal: null, lockTimeout: null, _A: null },
  execute: { command: x => ({ tag: 'execute', command: inCommand.node?.(x) as AnyCommand }), signal: null, lockTimeout: null, _A: null },
  ddl: {
    steps: x => ({ tag: 'ddl', steps: createSteps(inTables.checks?.(x) as AnySchema) }),
    batch: null,
    signal: null,
    lockTimeout: null,
    _A: null,
  },
  // statements have tests of their own
  raw: { text: null, args: null, columns: null, signal: null, lockTimeout: null, _A: null },
  advisoryLock: { name: null, wait: null, signal: null, lockTimeout: null, _A: null },
  introspect: {
    schemas: null,
    wanted: x => ({ tag: 'introspect', schemas: [null], wanted: inTables.checks?.(x) as AnySchema }),
    signal: null,
    lockTimeout: null,
    _A: null,
  },
  explain: {
    query: ofQuery(own, q => ({ tag: 'explain', query: q, analyze: false })),
    analyze: null,
    signal: null,
    lockTimeout: null,
    _A: null,
  },
}

const places: readonly (readonly [string, (x: Forms) => SqlOp])[] = [
  ...listed(inOperations),
  ...listed(inExpressions).map(
    ([name, plant]) => [`where: ${name}`, (x: Forms) => inOperations.all.query?.(formsOf(plant(x))) as SqlOp] as const,
  ),
  ...listed({ ...inQueries, agg: inAggregates, window_: inWindows }).map(
    ([name, plant]) => [name, (x: Forms): SqlOp => ({ tag: 'all', query: plant(x) })] as const,
  ),
  ...listed({ ...inCommands, conflict: inConflicts, command: inCommand }).map(
    ([name, plant]) => [name, (x: Forms): SqlOp => ({ tag: 'execute', command: plant(x) })] as const,
  ),
  ...listed({ index: inIndexes }).flatMap(([name, plant]) => [
    // a step may have an index that its table does not declare
    [
      `createIndex: ${name}`,
      (x: Forms): SqlOp => {
        const index = plant(x).tables['notes']?.indexes[0] as IndexData
        return { tag: 'ddl', steps: [{ tag: 'createIndex', table: notes, index }] }
      },
    ] as const,
    [
      `delete: ${name}`,
      (x: Forms): SqlOp => ({
        tag: 'execute',
        command: command({ tag: 'delete', table: plant(x).tables['notes'] as AnyTable, where: null }),
      }),
    ] as const,
  ]),
  ...listed({ table: inTables, column: inColumns, index: inIndexes }).flatMap(([name, plant]) =>
    Object.entries({ createAll: createSteps, dropAll: dropSteps }).map(
      ([action, steps]) => [`${action}: ${name}`, (x: Forms): SqlOp => ({ tag: 'ddl', steps: steps(plant(x)) })] as const,
    ),
  ),
]

// --- The tests ----------------------------------------------------------------------------------

/** An interpreter that keeps what reaches it. */
const recording = () => {
  const reached: SqlOp[] = []
  const db: Interpreter<SqlOp> = {
    ...memory(),
    perform: op => async () => {
      reached.push(op)
      return E.right((op.tag === 'introspect' ? { live: emptyImage('query-ts'), wanted: null } : undefined) as never)
    },
  }
  return { db, reached }
}

const refusedBy = async (db: Interpreter<SqlOp>, op: SqlOp): Promise<DbError | null> => {
  const answer = await db.perform<unknown>(op as never)()
  return E.isLeft(answer) ? answer.left : null
}

const planted = view('planted', { id: int }, Q.zero)
const test = suite('restrictedTo, at every place')

for (const [place, plant] of places) {
  test(`${place}: what is planted is refused and never sent`, async () => {
    const { db, reached } = recording()
    // a view or table that carries the plant is among the tables, so that the plant itself is what is refused
    const carriers = (op: SqlOp): AnySchema => {
      const views = { ...allowedTables.tables, planted } as { [name: string]: AnyTable }
      const defined = op.tag === 'ddl' ? op.steps.flatMap(tablesOfStep) : []
      for (const t of defined) if (t.query !== null) views[t.name] = t
      if (op.tag === 'all' && op.query.node.tag === 'from') views['goodView'] = op.query.node.table
      for (const t of defined) if (t.name === 'planted') views['planted'] = t
      return { kind: 'schema', tables: views, foreignKeys: [] }
    }
    // a command that returns the answer of a query is refused on every interpreter
    const takesQueries = place !== 'command.returning'
    for (const [what, [pred, message]] of Object.entries(PLANTS)) {
      if (!takesQueries && asksQuery(pred)) continue
      const op = plant(formsOf(pred))
      const error = await refusedBy(restrictedTo(carriers(op), { raw: ['coalesce(?)'] })(db), op)
      assert.ok(error !== null, `${what} passes`)
      assert.ok(['ValidationError', 'Unsupported'].includes(error?._tag ?? ''), `${what}: ${error?._tag} ${error?.message}`)
      assert.match(error?.message ?? '', message, what)
      assert.match(error?.message ?? '', /restricted/, what)
      assert.not((error?.message ?? '').includes('s3cr3t'))
    }
    assert.is(reached.length, 0)
    const harmless = plant(formsOf(takesQueries ? HARMLESS : X.lit(true)))
    assert.is(await refusedBy(restrictedTo(carriers(harmless), { raw: ['coalesce(?)'] })(db), harmless), null)
    const [raw] = PLANTS['raw text with an argument'] as readonly [Pred, RegExp]
    const allowed = plant(formsOf(raw))
    const names = ['? IN (SELECT x FROM secret)', 'coalesce(?)']
    assert.is(await refusedBy(restrictedTo(carriers(allowed), { raw: names })(db), allowed), null)
    assert.equal(reached, [harmless, allowed])
  })
}

test('places: there are many of each kind', () => {
  assert.ok(places.length > 80, String(places.length))
})

test('mayRunRawText finds raw text at every place of a query, and none where there is none', () => {
  for (const [place, plant] of listed({ ...inQueries, agg: inAggregates, window_: inWindows })) {
    assert.ok(mayRunRawText(plant(formsOf((PLANTS['raw text'] as readonly [Pred, RegExp])[0]))), place)
    assert.ok(mayRunRawText(plant(formsOf((PLANTS['a view with raw text'] as readonly [Pred, RegExp])[0]))), place)
    assert.not(mayRunRawText(plant(formsOf(HARMLESS))), place)
  }
})
test.run()

const others = suite('restrictedTo')
others('a statement is refused, and allowed by its exact text', async () => {
  const { db, reached } = recording()
  const env = (raw: readonly string[]) => ({ db: restrictedTo(allowedTables, { raw })(db) })
  const statement = Program.raw({})`SELECT lower(${'s3cr3t'})`
  for (const raw of [[], ['SELECT lower'], ['select lower(?)'], ['SELECT lower(s3cr3t)'], ['SELECT lower(?) ']]) {
    const answer = await statement(env(raw))()
    assert.ok(E.isLeft(answer) && answer.left._tag === 'Unsupported')
    assert.match((answer as E.Left<DbError>).left.message, /"SELECT lower\(\?\)".*raw: \[/)
    assert.not((answer as E.Left<DbError>).left.message.includes('s3cr3t'))
  }
  assert.is(reached.length, 0)
  assert.ok(E.isRight(await statement(env(['SELECT lower(?)']))()))
})
others('sees what is in transactions', async () => {
  const answer = await Program.transaction()(Q.all(Q.from(secrets)))({ db: restrictedTo(allowedTables)(memory()) })()
  assert.ok(E.isLeft(answer) && /secret/.test((answer.left as DbError).message))
})
others('an advisory lock touches no table and passes', async () => {
  const { db } = recording()
  assert.is(await refusedBy(restrictedTo(allowedTables)(db), { tag: 'advisoryLock', name: 'secret', wait: 'wait' }), null)
})
others('a foreign key to another table is refused, and so is dropping more than the schema has', async () => {
  const { db, reached } = recording()
  const children = table('child', { id: int }, { primaryKey: ['id'] })
  const wide = schema({ children, secrets }, t => ({ children: { secret: fk(t.children.id, t.secrets.id) } }))
  const sneaky: AnySchema = { ...wide, tables: { children } }
  const env = { db: restrictedTo(schema({ children }))(db) }
  for (const program of [createAll(sneaky), createAll(wide), dropAll(wide), dropAll(sneaky), dropAll(schema({ secrets }))]) {
    const answer = await program(env)()
    assert.ok(E.isLeft(answer))
    assert.match((answer as E.Left<DbError>).left.message, /^secret: /)
  }
  assert.is(reached.length, 0)
  assert.ok(E.isRight(await createAll(schema({ children }))(env)()))
})
others('a dot in a name is no schema', async () => {
  const { db } = recording()
  const real = table('users', { id: int }, { schema: 'app' })
  const other = table('app.users', { id: int })
  const error = await refusedBy(restrictedTo(schema({ real }))(db), { tag: 'all', query: query({ tag: 'from', table: other }) })
  assert.match(error?.message ?? '', /restricted/)
  assert.is(await refusedBy(restrictedTo(schema({ real }))(db), { tag: 'all', query: query({ tag: 'from', table: real }) }), null)
})
others('the types of the columns of the schema are allowed, also in casts', async () => {
  const { db } = recording()
  const type = sqlType({ postgres: 'citext' }, notes.types.body?.refine as never)
  const typed = table('typed', { id: int, name: type })
  const q: AnyQuery = pipe(
    Q.from(typed),
    Q.where(() => X.isNull(X.nullOf(type))),
  )
  assert.is(await refusedBy(restrictedTo(schema({ typed }))(db), { tag: 'all', query: q }), null)
  const error = await refusedBy(restrictedTo(schema({ notes }))(db), {
    tag: 'all',
    query: pipe(
      Q.from(notes),
      Q.where(() => X.isNull(X.nullOf(type))),
    ),
  })
  assert.match(error?.message ?? '', /"citext" \(in where\)/)
})
others('a length that is no number is text, too', async () => {
  const { db } = recording()
  const cast = (precision: number): AnyQuery =>
    query({ tag: 'of', shape: { n: expr({ tag: 'literal', value: '1' }, exprType({ tag: 'numeric', precision, scale: 0 })) } })
  const ask = (q: AnyQuery) => refusedBy(restrictedTo(schema({ notes }))(db), { tag: 'all', query: q })
  assert.match((await ask(cast('9), (SELECT 1' as never)))?.message ?? '', /"9\), \(SELECT 1"/)
  assert.is(await ask(cast(9)), null)
})
others('the place of raw text is in the message', async () => {
  const { db } = recording()
  const at = async (c: AnyCommand | AnyQuery): Promise<string> => {
    const op: SqlOp = c.kind === 'query' ? { tag: 'all', query: c } : { tag: 'execute', command: c }
    return (await refusedBy(restrictedTo(schema({ notes }))(db), op))?.message.match(/\(in ([^)]*)\)/)?.[1] ?? ''
  }
  const raw = X.raw(int)`f()`
  const q = Q.from(notes)
  assert.is(
    await at(
      pipe(
        q,
        Q.where(() => X.eq(raw, 1)),
      ),
    ),
    'where',
  )
  assert.is(
    await at(
      pipe(
        q,
        Q.map(() => ({ a: { b: raw } })),
      ),
    ),
    'a.b',
  )
  assert.is(
    await at(
      pipe(
        q,
        Q.orderBy(() => [X.asc(raw)]),
      ),
    ),
    'orderBy',
  )
  assert.is(await at(C.update(notes)(() => ({ id: raw }), C.everywhere) as AnyCommand), 'set.id')
  assert.is(
    await at(
      pipe(
        C.delete(notes)(C.everywhere),
        C.returning(() => ({ x: raw })),
      ) as AnyCommand,
    ),
    'returning.x',
  )
})
others.run()
