/**
 * Sources: the items of FROM, and how the columns of each are read.
 *
 * A table keeps its name, a second use gets a number. A derived table selects only the columns that its block needs. Where a derived
 * table mentions sources before it, or an enclosing query that the engine hides from it, `Dialect.lateral` prints it: with
 * LATERAL, or as a JSON array that a table function takes apart.
 */
import { refuse, unsupported } from '../../core/value/DbError.js'
import { hasQuery } from '../../plan/mentions.js'
import type { Block, Def, Source } from '../Block.js'
import { level } from '../CallPrinter.js'
import type { Dialect } from '../Dialect.js'
import { type Fragment, list, sql, text } from '../Fragment.js'
import { distinctLabels } from '../identifier.js'
import { alone, fragment } from './operands.js'
import type { Derived, Env, Item } from './Printer.js'
import { localCte, readCte, sharedCte } from './withClause.js'

const qualified = (dialect: Dialect, name: string, column: string): Fragment => text(`${dialect.quote(name)}.${dialect.quote(column)}`)

/** A source of a block; `ids` are the columns that the block reads from it. */
export const fromItem = (env: Env, block: Block, { from, hint }: Source, ids: readonly number[]): Item => {
  const { printer } = env
  const { dialect, alias } = printer
  const q = dialect.quote
  switch (from.tag) {
    case 'table': {
      const name = alias(hint)
      const { schema, name: table } = from.table
      const full = schema === null ? q(table) : `${q(schema)}.${q(table)}`
      return {
        item: text(name === table && schema === null ? full : `${full} AS ${q(name)}`),
        name,
        read: id => qualified(dialect, name, (block.defs.get(id) as Def).name),
        lateral: false,
      }
    }
    case 'values': {
      const name = alias(hint)
      const names = distinctLabels(
        from.columns.map(c => c.name),
        dialect.label,
      )
      const at = new Map(from.columns.map((c, i) => [c.id, names[i] as string]))
      const item =
        from.rows.length === 0
          ? sql`(SELECT ${list(from.columns.map((c, i) => sql`${dialect.nullOf(c.type.sql, 'alone')} AS ${q(names[i] as string)}`))} WHERE FALSE) AS ${q(name)}`
          : dialect.values(
              names.map(q),
              from.rows.map(row => row.map(s => alone(env, s))),
              q(name),
            )
      return { item, name, read: id => qualified(dialect, name, at.get(id) as string), lateral: false }
    }
    case 'elements': {
      const { sql: type } = from.array.type
      const element = type.tag === 'array' ? type.element : type
      const array = fragment(env, from.array, level.atom)
      const name = alias(hint)
      const { source, position, value } = dialect.elements
      return {
        item: source({ array, element, alias: q(name), apart: hasQuery(from.array) || env.inAggregate, name: h => q(alias(h)) }),
        name,
        read: id => text(id === from.columns[0]?.id ? position(q(name)) : value(q(name), element)),
        lateral: false,
      }
    }
    case 'self':
      return readCte(printer, from.key, from.columns, alias(hint))
    case 'cte':
    case 'block':
    case 'set':
      return derivedItem(env, block, from, hint, ids)
  }
}

/** A query as a source: a definition that is read by its name, or a derived table. */
const derivedItem = (env: Env, block: Block, from: Derived, hint: string, ids: readonly number[]): Item => {
  const { printer } = env
  const { dialect, alias } = printer
  const { lateral, quote: q } = dialect
  if (from.tag === 'cte' && from.free.size === 0 && dialect.canShareCte(from.rel, env.inAggregate))
    return sharedCte(printer, from.rel, hint)
  const isSource = (id: number): boolean => {
    const def = block.defs.get(id)
    return def?.tag === 'column' && env.sources.has(def.source)
  }
  const readsSibling = [...from.free].some(isSource)
  const readsOuter = [...from.free].some(id => !block.defs.has(id))
  const isDependent = readsSibling || (readsOuter && !dialect.correlatedDerived)
  if (from.tag === 'cte' && readsOuter && !readsSibling && dialect.correlatedDerived) {
    const local = localCte(env, from.rel)
    if (local !== null) return local
    if (!dialect.nestedCorrelatedRecursion) return refuseNestedRecursion(dialect)
  }
  const defs = ids.map(id => block.defs.get(id) as Def)
  const types = defs.map(d => d.type.sql)
  const names = distinctLabels(
    defs.map(d => d.name),
    dialect.label,
  )
  const places = new Map(ids.map((id, i) => [id, i]))
  const place = (id: number): number => places.get(id) as number
  const typeOf = (id: number) => (block.defs.get(id) as Def).type.sql
  // the tables inside are named first: they get the plain names
  const inner =
    isDependent && lateral.tag === 'array' ? printer.sourceArray(env, from, ids, lateral) : printer.derivedTable(env, from, ids, names)
  const name = alias(hint)
  if (!isDependent || lateral.tag === 'native')
    return {
      item: sql`(${inner}) AS ${q(name)}`,
      name,
      read: id => qualified(dialect, name, names[place(id)] as string),
      lateral: isDependent,
    }
  const item = lateral.source(inner, names.map(q), types, q(name))
  return lateral.tag === 'array'
    ? { item, name, read: id => lateral.read(q(name), q(names[place(id)] as string), typeOf(id)), lateral: false }
    : { item, name, read: id => lateral.read(q(name), place(id), typeOf(id)), lateral: false }
}

const refuseNestedRecursion = (dialect: Dialect): never =>
  refuse(
    unsupported(
      'a recursion that mentions a query further out than the one that it is joined in',
      dialect.name,
      'start from all rows and join it on its key',
    ),
  )
