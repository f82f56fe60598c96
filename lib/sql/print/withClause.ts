/**
 * The WITH clause of a statement: definitions of named queries and recursions.
 *
 * A definition that mentions no enclosing query is printed once, before the whole statement, and read by its name wherever it is used.
 * A correlated one is printed before the SELECT that reads it, or inside a derived table where it mentions a source of the
 * same FROM. A definition never has the name of a table of the statement, which it would hide.
 */
import type { Named, Operand, Plan } from '../../plan/Rel.js'
import { tablesOfPlan } from '../../plan/tables.js'
import { type Fragment, list, sql, text } from '../Fragment.js'
import { distinctLabels } from '../identifier.js'
import type { Cte, CteName, Ctes, Env, Item, Printer, Use, WholeStatement } from './Printer.js'
import { topOf } from './Printer.js'

/** The state before anything is printed. */
export const noCtes = (): Ctes => ({ known: new Map(), atTop: new Map(), whole: null })

/** A source that reads from a definition by its name. */
export const readCte = ({ dialect, ctes }: Printer, key: number, columns: readonly Named[], name: string): Item => {
  const { name: own, labels } = ctes.known.get(key) as CteName
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
const definition = (env: Env, { definition: d, columns }: Cte): Fragment => {
  const { dialect, alias, ctes, operand } = env.printer
  const { whole } = ctes
  const labels = distinctLabels(
    columns.map(c => c.name),
    dialect.label,
  )
  const tables = new Set(whole === null ? [] : [...tablesOfPlan(whole.plan)].map(t => t.name.toLowerCase()))
  let name = alias(d.name)
  while (tables.has(name.toLowerCase())) name = alias(d.name)
  ctes.known.set(d.key, { name, labels })
  const use: Use = d.step === null ? 'operand' : 'recursive'
  const rows = (o: Operand): Fragment =>
    operand(env, { ...o, columns: o.columns.map((s, i) => ({ ...s, type: columns[i]?.type ?? s.type })) }, labels, use)
  const first = rows(d.first)
  if (d.step !== null && whole !== null) whole.isRecursive = true
  const step = d.step === null ? text('') : sql` ${d.step.distinct ? 'UNION' : 'UNION ALL'} ${rows(d.step)}`
  const hint = d.materialized === null || !dialect.materialized ? '' : d.materialized ? 'MATERIALIZED ' : 'NOT MATERIALIZED '
  return sql`${dialect.quote(name)} AS ${hint}(${first}${step})`
}

const nameOf = ({ ctes }: Printer, key: number): string => (ctes.known.get(key) as CteName).name

/** A source that reads from a definition in the WITH clause of the whole statement. */
export const sharedCte = (printer: Printer, rel: Cte, hint: string): Item => {
  const { ctes, alias } = printer
  const { key } = rel.definition
  const before = ctes.atTop.get(key)
  if (before !== undefined) {
    ctes.known.set(key, before)
    return readCte(printer, key, rel.columns, alias(hint))
  }
  const printed = definition(topOf(printer), rel)
  ctes.whole?.definitions.push(printed)
  ctes.atTop.set(key, ctes.known.get(key) as CteName)
  return readCte(printer, key, rel.columns, nameOf(printer, key))
}

/** A source that reads from a definition in the WITH clause of a block's SELECT; null where that can have none. */
export const localCte = (env: Env, rel: Cte): Item | null => {
  if (env.definitions === null) return null
  env.definitions.push(definition(env, rel))
  const { key } = rel.definition
  return readCte(env.printer, key, rel.columns, nameOf(env.printer, key))
}

/** A SELECT of some columns of a definition, with that definition in its own WITH clause. */
export const inlineCte = (env: Env, rel: Cte, ids: readonly number[], names: readonly string[]): Fragment => {
  const { printer } = env
  const printed = definition(env, rel)
  const { read, item } = readCte(printer, rel.definition.key, rel.columns, printer.alias(rel.definition.name))
  const columns = ids.map((id, i) => sql`${read(id)} AS ${printer.dialect.quote(names[i] as string)}`)
  return sql`WITH RECURSIVE ${printed} SELECT ${columns.length === 0 ? text('1') : list(columns)} FROM ${item}`
}

/** A statement after the definitions that it and the queries inside it share. Inside another statement: as it is printed. */
export const afterDefinitions = ({ ctes }: Printer, plan: Plan, print: () => Fragment): Fragment => {
  if (ctes.whole !== null) return print()
  const own: WholeStatement = { plan, definitions: [], isRecursive: false, isOpen: true }
  ctes.whole = own
  try {
    const printed = print()
    return own.definitions.length === 0 ? printed : sql`WITH ${own.isRecursive ? 'RECURSIVE ' : ''}${list(own.definitions)} ${printed}`
  } finally {
    // a command is printed in several pieces: the definitions of one are not in scope in the others
    ctes.known.clear()
    ctes.atTop.clear()
    ctes.whole = null
  }
}

/** Where the next SELECT puts its definitions, and its WITH clause; those of a whole statement stand before that. */
interface Scope {
  readonly definitions: Fragment[] | null
  /** Printed after the rest of the SELECT, which adds the definitions. */
  readonly clause: () => Fragment
}

/** Opens the scope of the SELECT that is printed next. */
export const openScope = ({ ctes: { whole } }: Printer, use: Use): Scope => {
  if (whole?.isOpen === true) {
    whole.isOpen = false
    return { definitions: whole.definitions, clause: () => text('') }
  }
  if (use === 'operand' || use === 'recursive') return { definitions: null, clause: () => text('') }
  const definitions: Fragment[] = []
  return { definitions, clause: () => (definitions.length === 0 ? text('') : sql`WITH RECURSIVE ${list(definitions)} `) }
}
