/**
 * Commands over a schema: recipes, read as commands and as the TypeScript that builds them.
 *
 * Values are from small domains, so that keys collide, foreign keys hit a row about every other time, and checks fail now and then:
 * violations are tested as much as successes. Generated keys are left to the database, and no command depends on their values, which
 * differ between engines.
 */
import type fc from 'fast-check'
import { type AnyCommand, type AnyTable, type ExprType, type RowShape, symbol } from '../../lib/core/syntax/Syntax.js'
import { scopeOf } from '../../lib/core/syntax/scope.js'
import { uniqueKeys } from '../../lib/core/table/Table.js'
import { EXTREME } from '../../lib/core/value/typeSets.js'
import { type AnySchema, schema as schemaOf } from '../../lib/Schema.js'
import { append, onRows, within } from './assemble.js'
import { apply, type Code, lambda, list, record, statically, type Variable } from './Code.js'
import { call, combinator, tableCode } from './combinators.js'
import { expression, predicate, someKind } from './expression.js'
import { alike } from './otherSide.js'
import { writer } from './query.js'
import { recipe, type Step, step, type Weights } from './Recipe.js'
import { columnsIn, ownColumns, variableName } from './scopeCode.js'
import { smallValues, valueCode } from './values.js'
import type { Writer } from './Writer.js'
import { SOURCES, STEPS } from './weights.js'

/** A generated command. */
export interface GeneratedCommand {
  readonly command: AnyCommand
  readonly text: string
  readonly uses: ReadonlySet<string>
  /** The row of `returning`, or null if the result is a number. */
  readonly row: RowShape | null
  /** Whether the order of the returned rows is determined. */
  readonly ordered: boolean
  readonly step: Step
}

interface Written {
  readonly code: Code<any>
  readonly table: AnyTable
  readonly ordered: boolean
  /** Whether the result is set already, so that `returning` can't be added. */
  readonly hasResult?: boolean
}

/** A table with its columns that are not generated. */
interface Target {
  readonly name: string
  readonly table: AnyTable
  readonly code: Code<any>
  readonly fields: readonly string[]
}

const knownFields = (table: AnyTable): readonly string[] => Object.keys(table.columns).filter(f => !table.columns[f]?.generated)

const target = (w: Writer, all: AnySchema): Target => {
  const name = w.choices.pick(Object.keys(all.tables))
  const table = all.tables[name] as AnyTable
  return { name, table, code: tableCode(name, table), fields: knownFields(table) }
}

const rowVariableOf = (w: Writer, { table, fields }: Target): Variable => ({
  name: `s${w.vars.length}`,
  scope: Object.fromEntries(fields.map(f => [f, symbol(table.types[f] as ExprType)])),
})

const value = (w: Writer, type: ExprType): Code<unknown> =>
  type.nullable && w.choices.below(4) === 3 ? valueCode(null) : valueCode(w.choices.pick(smallValues({ ...type, nullable: false })))

/** A row to insert, sometimes without its optional fields. */
const given = (w: Writer, { table, fields }: Target, needed: readonly string[] = []): Code<unknown> =>
  record(
    fields.flatMap(f => {
      const optional = table.types[f]?.nullable || table.columns[f]?.default != null
      if (optional && !needed.includes(f) && w.choices.below(4) === 3) return []
      return [[f, value(w, table.types[f] as ExprType)] as const]
    }),
  )

const insert = (w: Writer, t: Target): Written => ({ code: apply(call('C', 'insert', t.code), given(w, t)), table: t.table, ordered: true })

const insertMany = (w: Writer, t: Target): Written => {
  const rows = Array.from({ length: w.choices.pick([1, 2, 3]) }, () => given(w, t))
  return { code: apply(call('C', 'insertMany', t.code), list(rows)), table: t.table, ordered: true }
}

const insertFrom = (w: Writer, t: Target): Written | null => {
  const q = w.query()
  if (q.row === null) return null
  const row = Object.fromEntries(t.fields.map(f => [f, symbol(t.table.types[f] as ExprType)]))
  const f = onRows(w, q.row, inner => alike(inner, row))
  if (f === null) return null
  const mapped = append(w, q, call('Q', 'map', f))
  return mapped === q ? null : { code: apply(call('C', 'insertFrom', t.code), mapped), table: t.table, ordered: false }
}

const condition = (w: Writer, t: Target): Code<unknown> => {
  if (w.choices.below(6) === 5) return combinator('C', 'everywhere')
  const own = rowVariableOf(w, t)
  return lambda([own], predicate(within(w, own), w.choices.pick([1, 0, 2])))
}

/** Some of the fields to set, each once. */
const some = (w: Writer, fields: readonly string[]): readonly string[] => [
  ...new Set(Array.from({ length: w.choices.pick([1, 1, 2]) }, () => w.choices.pick(fields))),
]

/**
 * The largest of the smaller values of a column in the written table, or the value of the row if it is the smallest; null for a column
 * that `max` does not accept. The value would change as rows are written, which the write must not see.
 */
const nextSmaller = (w: Writer, t: Target, own: Variable, f: string): Code<unknown> | null => {
  const type = t.table.types[f] as ExprType
  // the order in which an update writes rows is unspecified, and so are key collisions between two of them
  const isKey = uniqueKeys(t.table).some(k => k.columns.includes(f))
  if (!EXTREME.has(type.sql) || type.refine !== null || isKey) return null
  const inner = within(w, own)
  const other: Variable = { ...rowVariableOf(inner, t), name: variableName(inner.vars) }
  const columns = columnsIn(within(inner, other).vars)
  const column = (isOther: boolean): Code<unknown> => columns.find(c => c.own === isOther && c.path[0] === f) as Code<unknown>
  const group: Variable = { name: other.name, scope: { next: symbol({ ...type, nullable: true }) } }
  const steps: readonly (readonly [string, Code<unknown>])[] = [
    ['where', lambda([other], call('Expr', 'lt', column(true), column(false)))],
    ['aggregate', lambda([other], record([['next', call('Agg', 'max', column(true))]]))],
    ['map', lambda([group], ownColumns(within(inner, group).vars)[0] as Code<unknown>)],
  ]
  const q = steps.reduce((code, [name, given]) => apply(call('Q', name, given), code), call('Q', 'from', t.code))
  return call('Expr', 'coalesce', call('Expr', 'scalar', q), column(false))
}

/** Columns set to the result of a query on the written table. */
const updateByOwn = (w: Writer, t: Target): Written | null => {
  // some engines refuse it for a table without a key: rare, so that enough cases are compared
  if (t.table.primaryKey === null && w.choices.below(3) !== 2) return null
  const own = rowVariableOf(w, t)
  const set = some(w, t.fields).flatMap(f => {
    const code = nextSmaller(w, t, own, f)
    return code === null ? [] : [[f, code] as const]
  })
  if (set.length === 0) return null
  return {
    code: apply(call('C', 'update', t.code), lambda([own], record(set)), combinator('C', 'everywhere')),
    table: t.table,
    ordered: false,
  }
}

const update = (w: Writer, t: Target): Written => {
  const fields = some(w, t.fields)
  const own = rowVariableOf(w, t)
  const inner = within(w, own)
  const computed = (f: string): Code<unknown> => {
    const type = t.table.types[f] as ExprType
    const e = w.choices.below(4) === 3 ? nextSmaller(w, t, own, f) : null
    return e ?? alike(inner, symbol(type)) ?? value(w, type)
  }
  const set =
    w.choices.below(2) === 0
      ? record(fields.map(f => [f, value(w, t.table.types[f] as ExprType)]))
      : lambda([own], record(fields.map(f => [f, computed(f)])))
  return { code: apply(call('C', 'update', t.code), set, condition(w, t)), table: t.table, ordered: false }
}

const delete_ = (w: Writer, t: Target): Written => ({
  code: apply(call('C', 'delete', t.code), condition(w, t)),
  table: t.table,
  ordered: false,
})

/** A unique key without generated columns, and the other columns; null if the table has no such key. */
const keyOf = (w: Writer, t: Target): { readonly key: readonly string[]; readonly rest: readonly string[] } | null => {
  const keys = uniqueKeys(t.table).filter(k => k.columns.every(c => t.fields.includes(c)))
  if (keys.length === 0) return null
  const key = w.choices.pick(keys).columns
  return { key, rest: t.fields.filter(f => !key.includes(f)) }
}

/** The `{ target, update, where }` of an upsert, and the columns that each row must have. */
const upserting = (w: Writer, t: Target): { readonly how: Code<unknown>; readonly needed: readonly string[] } | null => {
  const found = keyOf(w, t)
  if (found === null) return null
  const { key, rest } = found
  const names = (fields: readonly string[]): Code<unknown> => list(fields.map(valueCode))
  const target = ['target', names(key)] as const
  const way = w.choices.below(6)
  if (way === 5) return { how: record([target, ['update', valueCode('nothing')]]), needed: key }
  const old = rowVariableOf(w, t)
  const offered = { ...rowVariableOf(within(w, old), t), name: `offered${w.vars.length}` }
  const inner = within(w, old, offered)
  const where = w.choices.below(3) === 2 ? [['where', lambda([old, offered], predicate(inner, w.choices.pick([1, 0, 2])))] as const] : []
  if (way < 3 || rest.length === 0) {
    const updated = some(w, rest.length === 0 ? t.fields : rest)
    return { how: record([target, ['update', names(updated)], ...where]), needed: [...key, ...updated] }
  }
  const set = some(w, rest).map(f => {
    const type = t.table.types[f] as ExprType
    return [f, alike(inner, symbol(type)) ?? value(w, type)] as const
  })
  return { how: record([target, ['update', lambda([old, offered], record(set))], ...where]), needed: key }
}

const upsert = (w: Writer, t: Target): Written | null => {
  const spec = upserting(w, t)
  if (spec === null) return null
  const code = apply(apply(call('C', 'upsert', t.code), spec.how), given(w, t, spec.needed))
  const hasOutcome = w.choices.below(4) === 3
  return { code: hasOutcome ? call('C', 'outcome', code) : code, table: t.table, ordered: true, hasResult: hasOutcome }
}

const upsertMany = (w: Writer, t: Target): Written | null => {
  const spec = upserting(w, t)
  if (spec === null) return null
  const rows = Array.from({ length: w.choices.pick([2, 1, 3]) }, () => given(w, t, spec.needed))
  return { code: apply(apply(call('C', 'upsertMany', t.code), spec.how), list(rows)), table: t.table, ordered: true }
}

const updateMany = (w: Writer, t: Target): Written | null => {
  const found = keyOf(w, t)
  if (found === null || found.rest.length === 0) return null
  const { key, rest } = found
  const fields = [...key, ...some(w, rest)]
  const rows = Array.from({ length: w.choices.pick([2, 1, 3]) }, () => record(fields.map(f => [f, value(w, t.table.types[f] as ExprType)])))
  const code = apply(apply(call('C', 'updateMany', t.code), list(key.map(valueCode))), list(rows))
  return { code, table: t.table, ordered: false }
}

/** The rows of a query, and code with a row of the table and one of them in scope. */
const withMatches = (
  w: Writer,
  t: Target,
  body: (inner: Writer, both: readonly Variable[]) => readonly Code<unknown>[],
): readonly Code<unknown>[] | null => {
  const q = w.query()
  if (q.row === null) return null
  const own = rowVariableOf(w, t)
  const matched: Variable = { name: `matched${w.vars.length}`, scope: scopeOf(q.row) }
  return [q, ...body(within(w, own, matched), [own, matched])]
}

const updateFrom = (w: Writer, t: Target): Written | null => {
  const fields = some(w, t.fields)
  const args = withMatches(w, t, (inner, both) => {
    const set = fields.map(f => [f, alike(inner, symbol(t.table.types[f] as ExprType)) ?? value(w, t.table.types[f] as ExprType)] as const)
    return [lambda(both, predicate(inner, w.choices.pick([1, 0, 2]))), lambda(both, record(set))]
  })
  return args === null ? null : { code: apply(call('C', 'updateFrom', t.code), ...args), table: t.table, ordered: false }
}

const deleteUsing = (w: Writer, t: Target): Written | null => {
  const args = withMatches(w, t, (inner, both) => [lambda(both, predicate(inner, w.choices.pick([1, 0, 2])))])
  return args === null ? null : { code: apply(call('C', 'deleteUsing', t.code), ...args), table: t.table, ordered: false }
}

const makers: { readonly [op: string]: (w: Writer, t: Target) => Written | null } = {
  insert,
  insertMany,
  insertFrom,
  update,
  updateByOwn,
  delete: delete_,
  upsert,
  upsertMany,
  updateMany,
  updateFrom,
  deleteUsing,
}

const WEIGHTS: Weights = {
  insert: 4,
  update: 4,
  delete: 3,
  insertMany: 2,
  upsert: 4,
  upsertMany: 2,
  insertFrom: 2,
  updateMany: 2,
  updateFrom: 3,
  deleteUsing: 1,
  updateByOwn: 1,
}

/** A function for `returning`: columns of the row, and sometimes expressions over them. */
const returned = (w: Writer, t: Target): { readonly f: Code<any>; readonly row: RowShape } => {
  const own = rowVariableOf(w, t)
  const inner = within(w, own)
  const cell = (): Code<unknown> =>
    w.choices.below(3) < 2 ? w.choices.pick(ownColumns(inner.vars)) : expression(inner, someKind(inner, true), 1)
  const body = record(Array.from({ length: w.choices.pick([1, 2, 3]) }, (_, i) => [`c${i + 1}`, cell()]))
  return { f: lambda([own], body), row: statically(inner.vars, body) as RowShape }
}

/** The schema without tables that have generated columns: a query in a command must not see generated keys. */
const settled = (schema: AnySchema): AnySchema => {
  const tables = Object.entries(schema.tables).filter(([, t]) => knownFields(t).length === Object.keys(t.columns).length)
  return tables.length === Object.keys(schema.tables).length ? schema : schemaOf(Object.fromEntries(tables) as never)
}

/** The command that returns its changes, of any table of the schema. */
const withChanges = (schema: AnySchema, { code, ordered }: Written, step: Step): GeneratedCommand => {
  const tables = record(Object.entries(schema.tables).map(([name, t]) => [name, tableCode(name, t)] as const))
  const changes = call('C', 'changes', tables)
  return {
    command: changes.build([])(code.build([])),
    text: `pipe(${code.text}, ${changes.text})`,
    uses: new Set(['C.changes', ...code.uses]),
    row: null,
    ordered,
    step,
  }
}

const elaborated = (all: AnySchema, known: AnySchema, step: Step, returnsChanges: boolean): GeneratedCommand => {
  const w = writer(known, [], step)
  const t = target(w, all)
  const written = makers[step.op]?.(w, t) ?? insert(w, t)
  if (returnsChanges && written.hasResult !== true) return withChanges(all, written, step)
  const returning = written.hasResult !== true && w.choices.below(3) === 2 ? returned(w, t) : null
  const code =
    returning === null
      ? written.code
      : ({
          text: `pipe(${written.code.text}, C.returning(${returning.f.text}))`,
          build: env => call('C', 'returning', returning.f).build(env)(written.code.build(env)),
          uses: ['C.returning', ...written.code.uses, ...returning.f.uses],
        } satisfies Code<any>)
  return { command: code.build([]), text: code.text, uses: new Set(code.uses), row: returning?.row ?? null, ordered: written.ordered, step }
}

/**
 * Commands over the tables of a schema, with queries in them nested up to `depth` levels. With `changes` they return their changes, except for
 * the outcomes of upserts.
 */
export const command = (
  schema: AnySchema,
  options: { readonly depth?: number; readonly only?: Weights; readonly changes?: boolean } = {},
): fc.Arbitrary<GeneratedCommand> => {
  const known = settled(schema)
  return step(options.only ?? WEIGHTS, 24, recipe(SOURCES, STEPS, options.depth ?? 2, 3)).map(s =>
    elaborated(schema, known, s, options.changes === true),
  )
}
