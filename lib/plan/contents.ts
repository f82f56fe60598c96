/**
 * The contents of an operation: the tables it touches, and the raw text it contains.
 *
 * The walk goes over plans, so it sees what an engine would run: expressions, orders, sub-queries, recursions, nested collections, the
 * columns of `returning`. It looks into the queries of views, and into the defaults, checks and indexes of written tables, because the
 * database evaluates these too.
 *
 * Raw text is what SQL contains verbatim: the text of `Expr.raw`, and the type names of `Column.sqlType`. It may read and write
 * anything, so it is listed and not analysed; its arguments are looked into. The contents of a query are cached: queries are
 * immutable.
 */

import { type Step, tablesOfStep } from '../core/schema/Step.js'
import type { AnyCommand, AnyQuery, AnyTable, ExprType, Index } from '../core/syntax/Syntax.js'
import { indexCondition, indexKeys } from '../core/table/indexes.js'
import { checksOf, qualifiedName } from '../core/table/Table.js'
import { attempting, type DbError } from '../core/value/DbError.js'
import type { SqlType } from '../core/value/SqlType.js'
import type { Plan, Rel, Scalar } from './Rel.js'
import { reifier, reify } from './reify.js'
import { mapPlan, mapRel, mapScalar } from './walk.js'
import { reifyWrite } from './writePlan.js'

/** A piece of raw text: its name, which has `?` in place of the arguments, and its place in the operation. */
interface RawText {
  readonly name: string
  readonly at: readonly string[]
}

/** What an operation contains. */
export interface Contents {
  readonly tables: ReadonlySet<AnyTable>
  readonly raw: readonly RawText[]
}

type Found<A> = { readonly _tag: 'Left'; readonly left: DbError } | { readonly _tag: 'Right'; readonly right: A }

/** The name of raw text: its parts with `?` in place of the arguments. */
export const rawName = (parts: readonly string[]): string => parts.join('?')

/** The raw text in a type: the names of `sqlType`, and lengths that are not numbers. */
export const rawOfType = (t: SqlType): readonly string[] => {
  switch (t.tag) {
    case 'custom':
      return Object.values(t.names).filter(name => name !== undefined)
    case 'array':
      return rawOfType(t.element)
    case 'numeric':
      return nonIntegers(t.precision, t.scale)
    case 'varchar':
    case 'char':
      return nonIntegers(t.length)
    case 'vector':
      return nonIntegers(t.dimension)
    default:
      return []
  }
}

const nonIntegers = (...sizes: readonly unknown[]): readonly string[] => sizes.filter(n => !Number.isInteger(n)).map(String)

/** The combinator that each relation comes from, for the places of raw text. */
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

/** Collects what scalars, plans and tables contain. */
const collector = () => {
  const tables = new Set<AnyTable>()
  const visited = new Set<AnyTable>()
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
  /** A table that is read; the query of a view runs. */
  const read = (t: AnyTable): void => {
    if (tables.has(t)) return
    tables.add(t)
    for (const [field, of] of Object.entries(t.types)) type(of, [qualifiedName(t), field])
    if (t.query !== null) plan(['view', qualifiedName(t)])(reify(t.query))
  }
  /** A table that is written or created; its defaults, checks and indexes are evaluated. */
  const written = (t: AnyTable): void => {
    read(t)
    if (visited.has(t)) return
    visited.add(t)
    const planning = reifier()
    const row = planning.rowNamed(planning.columnsNamed(t.types))
    for (const [field, c] of Object.entries(t.columns)) {
      if (c.default !== null) scalar([qualifiedName(t), field, 'default'])(planning.scalar(c.default))
    }
    for (const [name, predicate] of checksOf(t, row)) scalar([qualifiedName(t), name])(planning.scalar(predicate))
    for (const i of t.indexes) indexed(t, i)
  }
  /** An index of a table: its keys and its condition are evaluated for each row. */
  const indexed = (t: AnyTable, index: Index): void => {
    const planning = reifier()
    const row = planning.rowNamed(planning.columnsNamed(t.types))
    const at = scalar([qualifiedName(t), index.name])
    for (const key of indexKeys(index, row)) at(planning.scalar(key.expr))
    const where = indexCondition(index, row)
    if (where !== null) at(planning.scalar(where))
  }
  return { scalar, plan, written, indexed, contents: { tables, raw } as Contents }
}

const cache = new WeakMap<object, Contents>()

/** What a query contains. */
export const contentsOfQuery = (query: AnyQuery): Found<Contents> => {
  const key = query.node.tag === 'prepared' ? query.node.prepared : query
  const cached = cache.get(key)
  if (cached !== undefined) return { _tag: 'Right', right: cached }
  return attempting('a function of the query', () => {
    const { plan, contents } = collector()
    plan([])(reify(query))
    cache.set(key, contents)
    return contents
  })
}

/** What a command contains, with the defaults and checks of its table, and of the tables whose changes it returns. */
export const contentsOfCommand = (command: AnyCommand): Found<Contents> =>
  attempting('a function of the command', () => {
    const write = reifyWrite(command)
    const { scalar, plan, written, contents } = collector()
    written(write.table)
    const { returning } = command
    if (typeof returning === 'object' && returning !== null) returning.tables.forEach(written)
    for (const o of write.returning?.outputs ?? []) scalar(['returning', ...o.path])(o.scalar)
    switch (write.tag) {
      case 'insert':
        for (const row of write.rows.tag === 'plain' ? [] : write.rows.rows)
          for (const [i, s] of row.entries()) if (s !== null) scalar(['values', write.fields[i] ?? ''])(s)
        for (const [field, s] of write.conflict?.set ?? []) scalar(['update', field])(s)
        if (write.conflict?.where != null) scalar(['where'])(write.conflict.where)
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

/** What the tables and views hold that some steps are about; the tables of foreign keys are among them. */
export const contentsOfSteps = (steps: readonly Step[]): Found<Contents> =>
  attempting('a function of the schema', () => {
    const { written, indexed, contents } = collector()
    for (const s of steps) if (s.tag === 'createIndex') indexed(s.table, s.index)
    for (const t of steps.flatMap(tablesOfStep)) if (t !== undefined) written(t)
    return contents
  })

/**
 * Whether a query may run raw text, its own or that of a view it reads. A query without raw text writes nothing. True for a query that
 * can't be planned, which never runs.
 */
export const mayRunRawText = (query: AnyQuery): boolean => {
  const found = contentsOfQuery(query)
  return found._tag === 'Left' || found.right.raw.length > 0
}
