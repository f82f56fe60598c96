/**
 * What a statement says before itself: `WITH name AS (...)`, for queries that have a name and those that go on from their own rows.
 *
 * A definition that mentions no query around is said once, before the whole statement, and read by its name wherever it is used. One
 * that mentions queries around is said before the SELECT that reads it, or in a derived table where something beside it is
 * mentioned. Names of definitions are no table's of the statement: those would be hidden.
 */
import type { Named, Operand, Plan, Rel } from '../plan/Rel.js'
import { tablesOfPlan } from '../plan/tables.js'
import type { Dialect } from './Dialect.js'
import { type Fragment, list, sql, text } from './Fragment.js'
import { distinctLabels } from './identifier.js'
import type { Env, Placed, Use } from './scalars.js'

type Cte = Rel & { readonly tag: 'cte' }

/** A source as FROM names it. */
export interface Item extends Placed {
  readonly item: Fragment
  readonly lateral: boolean
}

/** The name of a definition, and those of its columns. */
interface Known {
  readonly name: string
  readonly labels: readonly string[]
}

/** A whole statement while it is printed. */
interface Whole {
  readonly plan: Plan
  readonly definitions: Fragment[]
  isRecursive: boolean
  /** Whether its own SELECT is still to come. */
  isOpen: boolean
}

type PrintOperand = (o: Operand, labels: readonly string[], env: Env, use: Use) => Fragment

export const withClause = (dialect: Dialect, alias: (hint: string) => string, operand: PrintOperand, top: Env) => {
  /** Definitions as they were said last, and as they are said before the whole statement. */
  const known = new Map<number, Known>()
  const stated = new Map<number, Known>()
  let whole: Whole | null = null

  /** A source that reads from a definition by its name. */
  const reading = (key: number, columns: readonly Named[], name: string): Item => {
    const { name: own, labels } = known.get(key) as Known
    const item = dialect.quote(own)
    const label = (id: number): string => dialect.quote(labels[columns.findIndex(c => c.id === id)] as string)
    return {
      item: text(name === own ? item : `${item} AS ${dialect.quote(name)}`),
      name,
      read: id => text(`${dialect.quote(name)}.${label(id)}`),
      lateral: false,
    }
  }

  /** A definition as it stands after WITH. */
  const definition = ({ definition: d, columns }: Cte, env: Env): Fragment => {
    const labels = distinctLabels(
      columns.map(c => c.name),
      dialect.label,
    )
    const tables = new Set(whole === null ? [] : [...tablesOfPlan(whole.plan)].map(t => t.name.toLowerCase()))
    let name = alias(d.name)
    while (tables.has(name.toLowerCase())) name = alias(d.name)
    known.set(d.key, { name, labels })
    const rows = (o: Operand): Fragment =>
      operand(
        { ...o, columns: o.columns.map((s, i) => ({ ...s, type: columns[i]?.type ?? s.type })) },
        labels,
        env,
        d.step === null ? 'operand' : 'recursive',
      )
    const first = rows(d.first)
    if (d.step !== null && whole !== null) whole.isRecursive = true
    const step = d.step === null ? text('') : sql` ${d.step.distinct ? 'UNION' : 'UNION ALL'} ${rows(d.step)}`
    const hint = d.materialized === null || !dialect.materialized ? '' : d.materialized ? 'MATERIALIZED ' : 'NOT MATERIALIZED '
    return sql`${dialect.quote(name)} AS ${hint}(${first}${step})`
  }

  return {
    reading,

    /** A source that reads from a definition that is said before the whole statement. */
    shared: (rel: Cte, hint: string): Item => {
      const { key } = rel.definition
      const before = stated.get(key)
      if (before !== undefined) {
        known.set(key, before)
        return reading(key, rel.columns, alias(hint))
      }
      const printed = definition(rel, top)
      whole?.definitions.push(printed)
      stated.set(key, known.get(key) as Known)
      return reading(key, rel.columns, (known.get(key) as Known).name)
    },

    /** A source that reads from a definition that is said before the SELECT of a block; null where that can say nothing. */
    local: (rel: Cte, env: Env): Item | null => {
      if (env.definitions === null) return null
      env.definitions.push(definition(rel, env))
      const { key } = rel.definition
      return reading(key, rel.columns, (known.get(key) as Known).name)
    },

    /** A SELECT of some columns of a definition, which is said in it. */
    inline: (rel: Cte, ids: readonly number[], names: readonly string[], env: Env): Fragment => {
      const printed = definition(rel, env)
      const { read, item } = reading(rel.definition.key, rel.columns, alias(rel.definition.name))
      const columns = ids.map((id, i) => sql`${read(id)} AS ${dialect.quote(names[i] as string)}`)
      return sql`WITH RECURSIVE ${printed} SELECT ${columns.length === 0 ? text('1') : list(columns)} FROM ${item}`
    },

    /** A statement after the definitions that it and the queries inside it share. */
    before: (plan: Plan, print: () => Fragment): Fragment => {
      if (whole !== null) return print()
      const own: Whole = { plan, definitions: [], isRecursive: false, isOpen: true }
      whole = own
      try {
        const printed = print()
        return own.definitions.length === 0 ? printed : sql`WITH ${own.isRecursive ? 'RECURSIVE ' : ''}${list(own.definitions)} ${printed}`
      } finally {
        // a command is printed in several pieces: what is said in one is not there in the others
        known.clear()
        stated.clear()
        whole = null
      }
    },

    /** Where the SELECT that is printed next says its definitions: those of a whole statement stand before that. */
    room: (use: Use): { readonly definitions: Fragment[] | null; readonly said: () => Fragment } => {
      if (whole?.isOpen === true) {
        whole.isOpen = false
        return { definitions: whole.definitions, said: () => text('') }
      }
      if (use === 'operand' || use === 'recursive') return { definitions: null, said: () => text('') }
      const definitions: Fragment[] = []
      return { definitions, said: () => (definitions.length === 0 ? text('') : sql`WITH RECURSIVE ${list(definitions)} `) }
    },
  }
}
