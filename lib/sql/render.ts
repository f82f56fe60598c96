/**
 * render: from a plan to the text of one SELECT, in any dialect.
 *
 * One recursion over blocks, parameterised by a `Dialect` record; `scalars` prints the expressions in
 * them. Sources are named after their tables, a second use gets a number; values become slots; every
 * identifier is quoted.
 */

import { shortName } from '../core/table/Table.js'
import { refuse, unsupported } from '../core/value/DbError.js'
import { isInteger, type SqlType } from '../core/value/SqlType.js'
import { placesOf } from '../plan/places.js'
import {
  boolean,
  columnsOf,
  hasQuery,
  isColumn,
  isLiteral,
  type Operand,
  type Plan,
  partsOf,
  type Rel,
  type Scalar,
  type SortKey,
  sameOrder,
} from '../plan/Rel.js'
import {
  asksGroups,
  type Block,
  blockOf,
  type Def,
  deciding,
  type From,
  hidesGroup,
  openBlock,
  ordersSelected,
  over,
  placed,
  type Source,
  sameOperation,
  wrap,
} from './Block.js'
import type { Dialect, Lateral } from './Dialect.js'
import { level } from './Dialect.js'
import { type Fragment, join, list, optional, slot, sql, text } from './Fragment.js'
import { distinctLabels, freeNames, isPlainName, isRisky, labelsOf } from './identifier.js'
import { isOuter, withOwnColumn, withOwnConditions } from './outerReferences.js'
import { isParameter } from './parameters.js'
import { type Env, nullsSaid, type Placed, type Scalars, scalarPrinter, type Use } from './scalars.js'
import { type Item, withClause } from './withClause.js'

/** More rows than there are. */
const MOST_ROWS = '9223372036854775807'

const TOP: Env = { block: null, sources: new Map(), parent: null, outside: null, definitions: null, inAggregate: false }

export interface Renderer {
  readonly select: (plan: Plan) => Fragment
  /** A SELECT whose rows are those of a view: computed columns with their types said. */
  readonly view: (plan: Plan) => Fragment
  /** A SELECT whose rows go into a table: the columns as they are, not as a driver wants them. */
  readonly inserted: (plan: Plan) => Fragment
  /** A scalar over columns that the caller reads by itself: for commands. */
  readonly scalar: (s: Scalar, read: (id: number) => Fragment) => Fragment
  /** The same of a scalar that becomes the value of a column. */
  readonly stored: (s: Scalar, read: (id: number) => Fragment) => Fragment
  /** A name for a source that no other has. */
  readonly alias: (hint: string) => string
}

export const renderer = (dialect: Dialect): Renderer => {
  const free = freeNames()
  const { groupByParameters, groupKeyInExpression, mixedWindows, outerRefInHaving } = dialect
  const options = { groupByParameters, groupKeyInExpression, mixedWindows, outerRefInHaving }

  const alias = (hint: string): string => {
    const wished = dialect.label(hint)
    return free(wished, n => `${shortName(wished, 50)}_${n}`)
  }

  // --- Blocks ---------------------------------------------------------------------------------

  const environment = (block: Block, parent: Env, definitions: Fragment[] | null = null): Env => ({
    block,
    sources: new Map(),
    parent,
    outside: parent.outside,
    definitions,
    inAggregate: parent.inAggregate,
  })

  /** The ids that a block needs of each of its sources: mentioned by its clauses, directly or through what it computes. */
  const needed = (block: Block, outputs: readonly Scalar[]): ReadonlyMap<From, readonly number[]> => {
    const found = new Map<From, number[]>()
    const visited = new Set<number>()
    const add = (s: Scalar): void => {
      for (const id of columnsOf(s)) reach(id)
    }
    const reach = (id: number): void => {
      if (visited.has(id)) return
      visited.add(id)
      const def = block.defs.get(id)
      if (def === undefined) return
      if (def.tag === 'column') {
        const ids = found.get(def.source)
        if (ids === undefined) found.set(def.source, [id])
        else ids.push(id)
      } else if (def.tag === 'scalar') add(def.scalar)
      else for (const s of partsOf(def.tag === 'agg' ? def.agg : def.window)) add(s)
    }
    for (const s of [...outputs, ...block.where, ...(block.group ?? []), ...block.having, ...block.order.map(k => k.scalar)]) add(s)
    for (const source of block.sources) {
      for (const s of source.on) add(s)
      if ('free' in source.from) for (const id of source.from.free) reach(id)
    }
    return found
  }

  /** FROM, WHERE, GROUP BY and HAVING of a block whose outputs are these. Fills the environment with the sources' names. */
  const body = (given: Block, env: Env, outputs: readonly Scalar[]): Fragment => {
    const block = dialect.anchorToOuterRow === null ? given : withOwnConditions(given, dialect.anchorToOuterRow)
    const needs = needed(block, outputs)
    const { sources, where } = placed(block)
    const p = scalarsIn(env)
    const from = sources.map((s, i) => sourceText(s, i, block, env, needs.get(s.from) ?? []))
    const conditions = where.map(w => p.fragment(w, where.length > 1 ? level.and : 0))
    const having = block.having.map(h => p.fragment(h, block.having.length > 1 ? level.and : 0))
    const keys = (some: readonly Scalar[]): Fragment => list(some.map(g => p.fragment(g)))
    const sets = block.sets && sql`GROUPING SETS (${list(block.sets.map(set => sql`(${keys(set)})`))})`
    const group = block.group ?? []
    return sql`${optional(from.length > 0, () => sql` FROM ${join(from, ' ')}`)}${optional(conditions.length > 0, () => sql` WHERE ${join(conditions, ' AND ')}`)}${optional(
      group.length > 0,
      () => sql` GROUP BY ${sets ?? keys(group)}`,
    )}${optional(having.length > 0, () => sql` HAVING ${join(having, ' AND ')}`)}`
  }

  const sourceText = (s: Source, i: number, block: Block, env: Env, ids: readonly number[]): Fragment => {
    const { item, name, read, lateral } = fromItem(s, ids, block, env)
    env.sources.set(s.from, { name, read })
    const on = s.on.map(c => {
      if (s.join === 'left' && hasQuery(c)) return dialect.guardJoinSubquery(scalarsIn(env).fragment(c))
      return scalarsIn(env).fragment(c, s.on.length > 1 ? level.and : 0)
    })
    const source = lateral ? sql`LATERAL ${item}` : item
    if (i === 0) return source
    if (s.join === 'left') return sql`LEFT JOIN ${source} ON ${on.length === 0 ? text('TRUE') : join(on, ' AND ')}`
    return on.length === 0 ? sql`CROSS JOIN ${source}` : sql`JOIN ${source} ON ${join(on, ' AND ')}`
  }

  const qualified = (name: string, column: string): Fragment => text(`${dialect.quote(name)}.${dialect.quote(column)}`)

  const fromItem = ({ from, hint }: Source, ids: readonly number[], block: Block, env: Env): Item => {
    const wished = (id: number): Def => block.defs.get(id) as Def
    const q = dialect.quote
    switch (from.tag) {
      case 'table': {
        const name = alias(hint)
        const { schema, name: table } = from.table
        const full = schema === null ? q(table) : `${q(schema)}.${q(table)}`
        return {
          item: text(name === table && schema === null ? full : `${full} AS ${q(name)}`),
          name,
          read: id => qualified(name, wished(id).name),
          lateral: false,
        }
      }
      case 'values': {
        const name = alias(hint)
        const names = distinctLabels(
          from.columns.map(c => c.name),
          dialect.label,
        )
        const p = scalarsIn(env)
        const at = new Map(from.columns.map((c, i) => [c.id, names[i] as string]))
        const item =
          from.rows.length === 0
            ? sql`(SELECT ${list(from.columns.map((c, i) => sql`${dialect.nullOf(c.type.sql, 'alone')} AS ${q(names[i] as string)}`))} WHERE FALSE) AS ${q(name)}`
            : dialect.values(
                names.map(q),
                from.rows.map(row => row.map(s => p.alone(s))),
                q(name),
              )
        return { item, name, read: id => qualified(name, at.get(id) as string), lateral: false }
      }
      case 'elements': {
        const { sql: type } = from.array.type
        const element = type.tag === 'array' ? type.element : type
        const array = scalarsIn(env).fragment(from.array, level.atom)
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
        return definitions.reading(from.key, from.columns, alias(hint))
      case 'cte':
      case 'block':
      case 'set': {
        if (from.tag === 'cte' && from.free.size === 0 && dialect.canShareCte(from.rel, env.inAggregate))
          return definitions.shared(from.rel, hint)
        const names = distinctLabels(
          ids.map(id => wished(id).name),
          dialect.label,
        )
        const at = new Map(ids.map((id, i) => [id, i]))
        const position = (id: number): number => at.get(id) as number
        const sourceOf = (id: number): Placed | undefined => {
          const def = block.defs.get(id)
          return def?.tag === 'column' ? env.sources.get(def.source) : undefined
        }
        const beside = [...from.free].some(id => sourceOf(id) !== undefined)
        const around = [...from.free].some(id => !block.defs.has(id))
        const dependent = beside || (around && !dialect.correlatedDerived)
        const { lateral } = dialect
        if (from.tag === 'cte' && around && !beside && dialect.correlatedDerived) {
          const local = definitions.local(from.rel, env)
          if (local !== null) return local
          if (!dialect.nestedCorrelatedRecursion) return dependentOnMore()
        }
        // the tables inside are named first: they get the plain names
        const inner = dependent && lateral.tag === 'array' ? sourceArray(from, ids, lateral, env) : derived(from, ids, names, env)
        const name = alias(hint)
        const plain = (id: number): Fragment => qualified(name, names[position(id)] as string)
        if (!dependent || lateral.tag === 'native') return { item: sql`(${inner}) AS ${q(name)}`, name, read: plain, lateral: dependent }
        const types = ids.map(id => wished(id).type.sql)
        if (lateral.tag === 'array') {
          const column = (id: number): string => q(names[position(id)] as string)
          return {
            item: lateral.source(inner, names.map(q), types, q(name)),
            name,
            read: id => lateral.read(q(name), column(id), wished(id).type.sql),
            lateral: false,
          }
        }
        return {
          item: lateral.source(inner, names.map(q), types, q(name)),
          name,
          read: id => lateral.read(q(name), position(id), wished(id).type.sql),
          lateral: false,
        }
      }
    }
  }

  const derived = (
    from: From & { readonly tag: 'block' | 'set' | 'cte' },
    ids: readonly number[],
    names: readonly string[],
    env: Env,
  ): Fragment => {
    if (from.tag === 'cte') return definitions.inline(from.rel, ids, names, env)
    if (from.tag === 'set') {
      const whole = compound(
        from.rel,
        from.rel.columns.map((c, i) => names[ids.indexOf(c.id)] ?? `_${i + 1}`),
        env,
      )
      if (dialect.exceptInJoin || from.rel.operator !== 'except') return whole
      return sql`SELECT * FROM (${whole}) AS ${dialect.quote(alias('rest'))}${dialect.limit(text(MOST_ROWS), null)}`
    }
    const bound = from.block.distinct
    const outputs = bound === null ? ids : [...ids, ...bound.filter(id => !ids.includes(id))]
    const labels = distinctLabels(
      [...names, ...outputs.slice(ids.length).map(id => from.block.defs.get(id)?.name ?? 'value')],
      dialect.label,
    )
    const columns = outputs.map((id): Scalar => ({ node: { tag: 'column', id }, type: (from.block.defs.get(id) as Def).type }))
    return statement(from.block, columns, labels, env, 'plain')
  }

  /** A sub-query of EXISTS or IN that mentions arrays of rows around, kept from being made a join where the dialect minds. */
  const asking = (b: Block, outputs: readonly Scalar[], use: Use): Block => {
    const isAsked = use === 'members' || (use === 'plain' && outputs.length === 0)
    if (dialect.joinsElements || !isAsked || b.having.length > 0) return b
    const isOuter = ({ from }: Source): boolean => from.tag === 'elements' && [...from.free].some(id => !b.defs.has(id))
    return b.sources.some(isOuter) ? { ...b, having: [boolean(true)] } : b
  }

  /** One SELECT of a block. */
  const statement = (
    given: Block,
    outputs: readonly Scalar[],
    labels: readonly (string | null)[],
    parent: Env,
    use: Use,
    lock: NonNullable<Plan['lock']> | null = null,
  ): Fragment => {
    const block = asking(given, outputs, use)
    const { definitions: own, said } = definitions.room(use)
    const env = environment(block, parent, own)
    const clauses = body(block, env, outputs)
    const p = scalarsIn(env)
    const columns = outputs.map((s, i) => {
      const plain = p.alone(s)
      const printed =
        use === 'recursive' || (use === 'viewed' && !isTableColumn(block, s))
          ? dialect.recursiveColumn(plain, s.type.sql)
          : use === 'result' && s.node.tag !== 'nested'
            ? dialect.output(plain, s.type.sql)
            : plain
      const name = labels[i]
      if (name === undefined || name === null) return printed
      const label = dialect.quote(name)
      const [only, ...more] = printed.pieces
      return more.length === 0 && typeof only === 'string' && only.endsWith(`.${label}`) ? printed : sql`${printed} AS ${label}`
    })
    const label = labelling(block, outputs, labels, use)
    const order = deciding(block.order, block).map(k => p.sortKey(k, label(k)))
    // what makes a block of one group: a SELECT without any aggregate would have a row for each row
    const nothing = block.group?.length === 0 ? 'count(*)' : '1'
    if (hidesGroup(block, outputs))
      columns.push(sql`count(*) AS ${dialect.quote(distinctLabels([...labels.map(l => l ?? ''), 'rows'], dialect.label).at(-1) as string)}`)
    const ordering = ordered(order)
    const limits = limited(block, p)
    return sql`${said()}SELECT ${block.distinct === null ? '' : 'DISTINCT '}${columns.length === 0 ? text(nothing) : list(columns)}${clauses}${ordering}${limits}${lock === null ? '' : locking(lock, block, env)}`
  }

  /** One table of several is locked, or all. Where a condition is never true no table is left. */
  const locking = (lock: NonNullable<Plan['lock']>, block: Block, env: Env): string => {
    if (lock.of === undefined) return dialect.locking(lock, lockedBy(block, env))
    const def = block.defs.get(lock.of)
    const source = block.sources.find(s => def?.tag === 'column' && def.source === s.from)
    return source === undefined ? '' : dialect.locking(lock, [dialect.quote((env.sources.get(source.from) as Placed).name)])
  }

  /** The sources whose rows are locked: tables, but not on the far side of a left join. */
  const lockedBy = ({ sources }: Block, env: Env): readonly string[] =>
    sources.flatMap(s => {
      if (s.join === 'left') return []
      if (s.from.tag !== 'table') return refuse(unsupported('a lock on rows of a query inside the query', dialect.name, 'join its tables'))
      return [dialect.quote((env.sources.get(s.from) as Placed).name)]
    })

  /** The label by which a computed output is sorted, where no column of a source has the same name. */
  const labelling = (block: Block, outputs: readonly Scalar[], labels: readonly (string | null)[], use: Use) => {
    if (block.order.length === 0) return () => undefined
    const place = placesOf(outputs)
    const taken = new Set(Array.from(block.defs, ([, d]) => (d.tag === 'column' ? d.name.toLowerCase() : null)))
    const isStored = (s: Scalar): boolean => {
      const def = s.node.tag === 'column' ? block.defs.get(s.node.id) : undefined
      return def?.tag === 'column' || (def?.tag === 'scalar' && isStored(def.scalar))
    }
    return (k: SortKey): Fragment | undefined => {
      const label = isStored(k.scalar) ? null : labels[place(k.scalar)]
      if (label == null || !isPlainName(label) || (use === 'result' && !isReadAsIs(k.scalar.type.sql))) return undefined
      return taken.has(label.toLowerCase()) ? undefined : text(dialect.quote(label))
    }
  }

  const ordered = (keys: readonly Fragment[]): Fragment => optional(keys.length > 0, () => sql` ORDER BY ${list(keys)}`)

  const limited = ({ count, offset }: Block, p: Scalars): Fragment =>
    optional(count !== null || offset !== null, () => dialect.limit(rows(count, p), rows(offset, p)))

  const rows = (s: Scalar | null, p: Scalars): Fragment | null => {
    if (s === null) return null
    // a number of rows is a checked integer: written out, since MySQL takes no parameter of another type there
    if (s.node.tag === 'literal' && isInteger(s.type.sql)) return text(String(s.node.value))
    return s.node.tag === 'param' ? slot({ tag: 'named', name: s.node.name, type: s.type, isRowCount: true }) : p.fragment(s)
  }

  const WORDS = { unionAll: 'UNION ALL', union: 'UNION', intersect: 'INTERSECT', except: 'EXCEPT' } as const

  const compound = (rel: Rel & { readonly tag: 'set' }, labels: readonly string[], env: Env): Fragment => {
    const same = sameOperation(rel.left, rel)
    const left = same === null ? operand(rel.left, labels, env) : compound(same, labels, env)
    // all but except are associative: brackets on the right would be levels that engines have few of
    const alike = rel.operator === 'except' ? null : sameOperation(rel.right, rel)
    const right = alike === null ? operand(rel.right, labels, env) : compound(alike, labels, env)
    return sql`${left} ${WORDS[rel.operator]} ${right}`
  }

  /** One side of a set operation. */
  const operand = ({ rel, columns }: Operand, labels: readonly string[], env: Env, use: Use = 'operand'): Fragment => {
    const opened = openBlock(rel, options)
    const closed =
      opened.limited ||
      // without columns, a group would be selected as its number of rows
      (opened.group?.length === 0 && columns.length === 0) ||
      hidesGroup(opened, columns) ||
      asksGroups(opened, columns, options) ||
      (opened.distinct !== null && !selects(opened, columns))
    return statement(closed ? wrap(opened, rel) : opened, columns, labels, env, use)
  }

  const selects = (b: Block, columns: readonly Scalar[]): boolean =>
    b.distinct !== null &&
    columns.length === b.distinct.length &&
    columns.every(s => s.node.tag === 'column' && b.distinct?.includes(s.node.id))

  /** A SELECT after the definitions that it and the queries inside it use. */
  const select = (plan: Plan, parent: Env, use: Use): Fragment => definitions.before(plan, () => selected(plan, parent, use))

  const selected = (plan: Plan, parent: Env, use: Use): Fragment => {
    const labels = labelsOf(plan.outputs, dialect.label)
    const outputs = plan.outputs.map(o => o.scalar)
    const opened = blockOf(plan.rel, plan.order, outputs, options)
    const block = use === 'members' && opened.limited && !dialect.limitInSubquery ? wrap(opened, plan.rel) : opened
    const bare = bareSet(block, outputs, use)
    if (bare !== null) {
      const env = environment(block, parent)
      const p = scalarsIn(env)
      // by position: a name may stand for a column of either side
      const key = (k: SortKey): Fragment => p.sortKey(k, text(String(bare.columns.findIndex(c => isColumn(k.scalar, c.id)) + 1)))
      return sql`${compound(bare, labels, parent)}${ordered(deciding(block.order, block).map(key))}${limited(block, p)}`
    }
    return statement(
      block,
      outputs,
      use !== 'result' ? labels : labels.map((l, i) => (isTableColumn(block, outputs[i]) && l === plan.outputs[i]?.path.at(-1) ? null : l)),
      parent,
      use,
      plan.lock,
    )
  }

  /** A result's column that is a table's needs no other name, if drivers take its own: rows are read by position. */
  const isTableColumn = (b: Block, s: Scalar | undefined): boolean => {
    const def = s?.node.tag === 'column' ? b.defs.get(s.node.id) : undefined
    return def?.tag === 'column' && def.source.tag === 'table' && !isRisky(def.name)
  }

  /** The set operation that a block is, when it is one, sorted and cut at most, and its columns are selected as they are. */
  const bareSet = (b: Block, outputs: readonly Scalar[], use: Use): (Rel & { readonly tag: 'set' }) | null => {
    const from = b.sources[0]?.from
    const plain = b.sources.length === 1 && b.group === null && b.distinct === null && b.where.length === 0
    if (!plain || from?.tag !== 'set') return null
    const { columns } = from.rel
    const straight = outputs.length === columns.length && outputs.every((s, i) => isColumn(s, columns[i]?.id))
    const sorts = b.order.every(
      k => columns.some(c => isColumn(k.scalar, c.id)) && (dialect.nulls.clause || nullsSaid(dialect.nulls, k) === null),
    )
    return straight && sorts && (use !== 'result' || columns.every(c => isReadAsIs(c.type.sql))) ? from.rel : null
  }

  /** Whether a column of this type is selected as it is, also for a driver. */
  const isReadAsIs = (type: SqlType): boolean => {
    const value = text('')
    return dialect.output(value, type) === value
  }

  // --- Collections ----------------------------------------------------------------------------

  const collection = (plan: Plan, env: Env): Fragment => {
    const { rel } = plan
    const outputs = plan.outputs.map(o => o.scalar)
    // one row is in every order
    const order = rel.tag === 'limit' && rel.count !== null && isLiteral(rel.count, 1n) ? [] : plan.order
    const opened = openBlock(rel, options)
    return arrayOf(collectable(opened, outputs, order) ? opened : wrap(opened, rel), outputs, order, env)
  }

  /** Whether the dialect makes an array of a block as it is. */
  const collectable = (b: Block, outputs: readonly Scalar[], order: readonly SortKey[]): boolean => {
    const { limit, distinct } = dialect.inCollection
    const free = b.distinct === null || (distinct && selects(b, outputs) && ordersSelected(b, order))
    return b.group === null && !b.windowed && free && (!b.limited || (limit && (order.length === 0 || sameOrder(order, b.order))))
  }

  /** The rows of a block, in an order, as one JSON array of arrays. */
  const arrayOf = (b: Block, outputs: readonly Scalar[], order: readonly SortKey[], env: Env): Fragment => {
    // an aggregate of outer columns alone would be the outer query's; a derived table, as elsewhere, could not see them
    const keys = b.limited ? b.order : order
    const { block, own } = dialect.anchorToOuterRow !== null && isOuter(b, outputs, keys) ? withOwnColumn(b) : { block: b, own: null }
    const within = environment(block, { ...env, inAggregate: true })
    const clauses = body(block, within, [...outputs, ...keys.map(k => k.scalar), ...(own === null ? [] : [own])])
    const p = scalarsIn(within)
    return dialect.collection({
      cells: outputs.map(p.cell),
      own: own && p.fragment(own),
      body: clauses,
      order: deciding(keys, b).map(k => p.sortKey(k)),
      distinct: b.distinct !== null,
      count: rows(b.count, p),
      offset: rows(b.offset, p),
      alias: hint => dialect.quote(alias(hint)),
    })
  }

  /** The columns of a source, and then others that it needs, as one JSON array of arrays. */
  const sourceArray = (
    from: From & { readonly tag: 'block' | 'set' | 'cte' },
    ids: readonly number[],
    lateral: Lateral & { readonly tag: 'array' },
    env: Env,
  ): Fragment => {
    if (from.tag === 'cte') return dependent()
    if (from.tag === 'set') {
      if (from.rel.operator !== 'unionAll') return dependent()
      const side = ({ rel, columns }: Operand): Fragment => {
        const opened = openBlock(rel, options)
        const cells = ids.map(id => columns[from.rel.columns.findIndex(c => c.id === id)] as Scalar)
        return arrayOf(collectable(opened, cells, []) ? opened : wrap(opened, rel), cells, [], env)
      }
      return lateral.concat(side(from.rel.left), side(from.rel.right))
    }
    const { block } = from
    const bound = [...ids, ...(block.distinct ?? []).filter(id => !ids.includes(id))]
    const outputs = bound.map((id): Scalar => ({ node: { tag: 'column', id }, type: (block.defs.get(id) as Def).type }))
    if (collectable(block, outputs, block.order)) return arrayOf(block, outputs, block.order, env)
    if (block.windowed) {
      const whole = over({ tag: 'block', block, free: from.free }, 'windowed', block.defs)
      return dialect.correlatedDerived ? arrayOf(whole, outputs, [], env) : dependent()
    }
    if (block.group === null || block.group.length > 0 || block.distinct !== null || block.limited) return dependent()
    const within = environment(block, env)
    const { having } = block
    const clauses = body({ ...block, having: [] }, within, [...outputs, ...having])
    const p = scalarsIn(within)
    const cells = outputs.map(p.cell)
    // one more cell that nothing reads, where no other is an aggregate
    const counted = cells.length === 0 || hidesGroup(block, outputs)
    const conditions = having.map(h => p.fragment(h, having.length > 1 ? level.and : 0))
    return lateral.single(counted ? [...cells, text('count(*)')] : cells, clauses, having.length === 0 ? null : join(conditions, ' AND '))
  }

  const dependent = (): never =>
    refuse(
      unsupported(
        'a dependent sub-query with groups, windows, a set operation or a recursion',
        dialect.name,
        'make it independent and join it on its key',
      ),
    )

  const dependentOnMore = (): never =>
    refuse(
      unsupported(
        'a recursion that mentions a query further out than the one that it is joined in',
        dialect.name,
        'start from all rows and join it on its key',
      ),
    )

  const definitions = withClause(dialect, alias, operand, TOP)
  const scalarsIn = scalarPrinter(dialect, { select, collection })
  const within = (read: (id: number) => Fragment): Scalars => scalarsIn({ ...TOP, outside: read })

  return {
    select: plan => select(plan, TOP, 'result'),
    view: plan => select(plan, TOP, 'viewed'),
    inserted: plan => select(plan, TOP, 'plain'),
    scalar: (s, read) => within(read).fragment(s),
    stored: (s, read) => (isParameter(s) ? within(read).parameter(s, 'stored') : within(read).fragment(s)),
    alias,
  }
}
