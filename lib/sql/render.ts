/**
 * render: from a plan to the text of one SELECT, in any dialect.
 *
 * `renderer` makes the `Printer` of a statement; its parts are the modules of `print/`. Here is what calls all of them: a whole SELECT,
 * and the query of a derived table. Sources are named after their tables, a second use gets a number; values become slots; every
 * identifier is quoted.
 */
import { shortName } from '../core/table/Table.js'
import { isColumn } from '../plan/conditions.js'
import type { Plan, Scalar, SortKey } from '../plan/Rel.js'
import { type Def, deciding, wrap } from './Block.js'
import type { Dialect } from './Dialect.js'
import { type Fragment, sql, text } from './Fragment.js'
import { distinctLabels, freeNames, labelsOf } from './identifier.js'
import { blockOf } from './openBlock.js'
import { isParameter } from './parameters.js'
import { limitClause, orderClause } from './print/clauses.js'
import { collection, sourceArray } from './print/collections.js'
import { fragment, parameter } from './print/operands.js'
import { type Derived, type Env, inBlock, type Printer, topOf, type Use } from './print/Printer.js'
import { scalar } from './print/scalars.js'
import { isTableColumn, selectBlock } from './print/selectBlock.js'
import { bareSet, compound, operand } from './print/setOperations.js'
import { sortKey } from './print/sortKeys.js'
import { afterDefinitions, inlineCte, noCtes } from './print/withClause.js'

/** More rows than there are. */
const MOST_ROWS = '9223372036854775807'

/** Prints the parts of one statement. */
export interface Renderer {
  readonly select: (plan: Plan) => Fragment
  /** A SELECT whose rows are those of a view: computed columns are cast to their types. */
  readonly view: (plan: Plan) => Fragment
  /** A SELECT whose rows go into a table: the columns unchanged, not as a driver needs them. */
  readonly inserted: (plan: Plan) => Fragment
  /** A scalar over columns that the caller reads: for commands. */
  readonly scalar: (s: Scalar, read: (id: number) => Fragment) => Fragment
  /** The same of a scalar that becomes the value of a column. */
  readonly stored: (s: Scalar, read: (id: number) => Fragment) => Fragment
  /** A name for a source that no other has. */
  readonly alias: (hint: string) => string
}

/** The printer of one statement, in a dialect. */
export const renderer = (dialect: Dialect): Renderer => {
  const free = freeNames()
  const alias = (hint: string): string => {
    const preferred = dialect.label(hint)
    return free(preferred, n => `${shortName(preferred, 50)}_${n}`)
  }
  const printer: Printer = {
    dialect,
    alias,
    slots: new Map(),
    ctes: noCtes(),
    scalar,
    select,
    operand,
    derivedTable,
    collection,
    sourceArray,
  }
  const top = topOf(printer)
  return {
    select: plan => select(top, plan, 'result'),
    view: plan => select(top, plan, 'viewed'),
    inserted: plan => select(top, plan, 'plain'),
    scalar: (s, read) => fragment(topOf(printer, read), s),
    stored: (s, read) => (isParameter(s) ? parameter(topOf(printer, read), s, 'stored') : fragment(topOf(printer, read), s)),
    alias,
  }
}

const select = (env: Env, plan: Plan, use: Use): Fragment => afterDefinitions(env.printer, plan, () => selected(env, plan, use))

const selected = (env: Env, plan: Plan, use: Use): Fragment => {
  const { printer } = env
  const { dialect } = printer
  const labels = labelsOf(plan.outputs, dialect.label)
  const outputs = plan.outputs.map(o => o.scalar)
  const opened = blockOf(plan.rel, plan.order, outputs, dialect)
  const block = use === 'members' && opened.limited && !dialect.limitInSubquery ? wrap(opened, plan.rel) : opened
  const bare = bareSet(printer, block, outputs, use)
  if (bare !== null) {
    const within = inBlock(block, env)
    // by position: a name may stand for a column of either side
    const key = (k: SortKey): Fragment => sortKey(within, k, text(String(bare.columns.findIndex(c => isColumn(k.scalar, c.id)) + 1)))
    const rows = compound(env, bare, labels)
    return sql`${rows}${orderClause(deciding(block.order, block).map(key))}${limitClause(within, block)}`
  }
  const isOwnName = (l: string, i: number): boolean => isTableColumn(block, outputs[i]) && l === plan.outputs[i]?.path.at(-1)
  return selectBlock(env, block, {
    outputs,
    labels: use === 'result' ? labels.map((l, i) => (isOwnName(l, i) ? null : l)) : labels,
    use,
    lock: plan.lock,
  })
}

const derivedTable = (env: Env, from: Derived, ids: readonly number[], names: readonly string[]): Fragment => {
  const { dialect, alias } = env.printer
  if (from.tag === 'cte') return inlineCte(env, from.rel, ids, names)
  if (from.tag === 'set') {
    const whole = compound(
      env,
      from.rel,
      from.rel.columns.map((c, i) => names[ids.indexOf(c.id)] ?? `_${i + 1}`),
    )
    if (dialect.exceptInJoin || from.rel.operator !== 'except') return whole
    return sql`SELECT * FROM (${whole}) AS ${dialect.quote(alias('rest'))}${dialect.limit(text(MOST_ROWS), null)}`
  }
  const { block } = from
  const outputs = block.distinct === null ? ids : [...ids, ...block.distinct.filter(id => !ids.includes(id))]
  const labels = distinctLabels([...names, ...outputs.slice(ids.length).map(id => block.defs.get(id)?.name ?? 'value')], dialect.label)
  const columns = outputs.map((id): Scalar => ({ node: { tag: 'column', id }, type: (block.defs.get(id) as Def).type }))
  return selectBlock(env, block, { outputs: columns, labels, use: 'plain' })
}
