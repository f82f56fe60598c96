/**
 * The contents of an operation: the tables it touches, and the raw text it holds.
 *
 * The walk goes over plans, so that it sees what an engine would run: expressions, orders, sub-queries, recursions, nested
 * collections, what `returning` asks for. It looks through views into their queries, and through written tables into their
 * defaults and checks, because the database evaluates these too.
 *
 * Raw text is what SQL takes over as it stands: the text of `Expr.raw`, and the type names of `Column.sqlType`. It may read and
 * write anything, so it is listed and not looked into; its arguments are looked into.
 *
 * Queries are immutable and their functions pure, so the contents of a query are found once.
 */

import type { AnyCommand, AnyQuery, AnyTable, ExprType } from '../core/syntax/Syntax.js'
import type { AnySchema } from '../core/table/Schema.js'
import { checksOf, qualifiedName } from '../core/table/Table.js'
import { attempting, type DbError } from '../core/value/DbError.js'
import type { SqlType } from '../core/value/SqlType.js'
import type { Plan, Rel, Scalar } from './Rel.js'
import { reifier, reify } from './reify.js'
import { mapPlan, mapRel, mapScalar } from './walk.js'
import { reifyWrite } from './writePlan.js'

/** Raw text by its name, which has `?` in place of the arguments, and the place where it stands. */
interface RawText {
  readonly name: string
  readonly at: readonly string[]
}

export interface Contents {
  readonly tables: ReadonlySet<AnyTable>
  readonly raw: readonly RawText[]
}

type Found<A> = { readonly _tag: 'Left'; readonly left: DbError } | { readonly _tag: 'Right'; readonly right: A }

/** The name of raw text: its parts with `?` in place of the arguments. */
export const rawName = (parts: readonly string[]): string => parts.join('?')

/** The text that a type brings into SQL: the names of `sqlType`, and lengths that are not numbers. */
export const rawOfType = (t: SqlType): readonly string[] => {
  switch (t.tag) {
    case 'custom':
      return Object.values(t.names).filter(name => name !== undefined)
    case 'array':
      return rawOfType(t.element)
    case 'numeric':
      return notNumbers(t.precision, t.scale)
    case 'varchar':
    case 'char':
      return notNumbers(t.length)
    case 'vector':
      return notNumbers(t.dimension)
    default:
      return []
  }
}

const notNumbers = (...sizes: readonly unknown[]): readonly string[] => sizes.filter(n => !Number.isInteger(n)).map(String)

/** Where the expressions of a relation stand, in the words of the combinators. */
const PLACES: { readonly [tag in Rel['tag']]: string } = {
  unit: 'of',
  empty: 'zero',
  scan: 'from',
  values: 'values',
  elements: 'unnest',
  filter: 'where',
  join: 'join',
  aggregate: 'aggregate',
  window: 'window',
  distinct: 'distinct',
  set: 'set operation',
  limit: 'limit',
  derive: 'map',
  cte: 'cte',
  self: 'recursive',
}

/** Collects what scalars, plans and tables hold. */
const collecting = () => {
  const tables = new Set<AnyTable>()
  const looked = new Set<AnyTable>()
  const raw: RawText[] = []
  const add = (name: string, at: readonly string[]): void => {
    if (!raw.some(r => r.name === name && r.at.join('.') === at.join('.'))) raw.push({ name, at })
  }
  const type = ({ sql }: ExprType, at: readonly string[]): void => {
    for (const name of rawOfType(sql)) add(name, at)
  }
  const scalar =
    (at: readonly string[]) =>
    (s: Scalar): Scalar => {
      if (s.node.tag === 'raw') add(rawName(s.node.text), at)
      type(s.type, at)
      return mapScalar(s, { scalar: scalar(at), plan: plan(at) })
    }
  const rel =
    (at: readonly string[]) =>
    (r: Rel): Rel => {
      const here = [...at, PLACES[r.tag]]
      if (r.tag === 'scan') read(r.table)
      if ('columns' in r) for (const c of r.columns) if ('type' in c) type(c.type, here)
      return mapRel(r, rel(at), scalar(here))
    }
  const plan =
    (at: readonly string[]) =>
    (p: Plan): Plan => {
      mapPlan(p, rel(at), s => s)
      for (const k of p.order) scalar([...at, 'orderBy'])(k.scalar)
      for (const o of p.outputs) scalar([...at, ...o.path])(o.scalar)
      return p
    }
  /** A table that is read: of a view, its query is run. */
  const read = (t: AnyTable): void => {
    if (tables.has(t)) return
    tables.add(t)
    for (const [field, of] of Object.entries(t.types)) type(of, [qualifiedName(t), field])
    if (t.query !== null) plan(['view', qualifiedName(t)])(reify(t.query))
  }
  /** A table that is written or created: its defaults and checks are evaluated. */
  const written = (t: AnyTable): void => {
    read(t)
    if (looked.has(t)) return
    looked.add(t)
    const planning = reifier()
    const row = planning.rowNamed(planning.columnsNamed(t.types))
    for (const [field, c] of Object.entries(t.columns)) {
      if (c.default !== null) scalar([qualifiedName(t), field, 'default'])(planning.scalar(c.default))
    }
    for (const [name, predicate] of checksOf(t, row)) scalar([qualifiedName(t), name])(planning.scalar(predicate))
  }
  return { scalar, plan, written, contents: { tables, raw } as Contents }
}

const known = new WeakMap<object, Contents>()

/** What a query holds. */
export const contentsOfQuery = (query: AnyQuery): Found<Contents> => {
  const key = query.node.tag === 'prepared' ? query.node.prepared : query
  const before = known.get(key)
  if (before !== undefined) return { _tag: 'Right', right: before }
  return attempting('a function of the query', () => {
    const { plan, contents } = collecting()
    plan([])(reify(query))
    known.set(key, contents)
    return contents
  })
}

/** What a command holds, its table's defaults and checks included. */
export const contentsOfCommand = (command: AnyCommand): Found<Contents> =>
  attempting('a function of the command', () => {
    const write = reifyWrite(command)
    const { scalar, plan, written, contents } = collecting()
    written(write.table)
    for (const o of write.returning?.outputs ?? []) scalar(['returning', ...o.path])(o.scalar)
    switch (write.tag) {
      case 'insert':
        for (const row of write.rows) for (const [i, s] of row.entries()) if (s !== null) scalar(['values', write.fields[i] ?? ''])(s)
        for (const [field, s] of write.conflict?.set ?? []) scalar(['update', field])(s)
        if (write.conflict?.where != null) scalar(['where'])(write.conflict.where)
        break
      case 'insertPlain':
        break
      case 'insertFrom':
        plan(['insertFrom'])(write.plan)
        break
      case 'updateFrom':
        plan(['updateFrom'])(write.source)
        if (write.twice !== null) plan(['updateFrom'])(write.twice)
        for (const [field, s] of write.set) scalar(['set', field])(s)
        if (write.where !== null) scalar(['on'])(write.where)
        break
      case 'update':
        for (const [field, s] of write.set) scalar(['set', field])(s)
        if (write.where !== null) scalar(['where'])(write.where)
        break
      case 'delete':
        if (write.where !== null) scalar(['where'])(write.where)
        break
    }
    return contents
  })

/** What the tables and views of a schema hold; the tables of its foreign keys are among them. */
export const contentsOfSchema = (schema: AnySchema): Found<Contents> =>
  attempting('a function of the schema', () => {
    const { written, contents } = collecting()
    for (const t of Object.values(schema.tables)) written(t)
    for (const f of schema.foreignKeys) for (const t of [f.table, f.target]) if (t !== undefined) written(t)
    return contents
  })

/**
 * Whether a query may run raw text: its own, or that of a view it reads. Without any, it writes nothing. A query that can't be
 * planned is never run; it counts as one that may.
 */
export const mayRunRawText = (query: AnyQuery): boolean => {
  const found = contentsOfQuery(query)
  return found._tag === 'Left' || found.right.raw.length > 0
}
