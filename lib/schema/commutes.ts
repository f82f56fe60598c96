/**
 * Whether the order of two migrations matters.
 *
 * Each step touches parts of the database: a column, a whole table, or a name of a constraint or index. It changes or removes a part,
 * reads it, or only describes it. Two migrations commute if neither changes what the other one reads, nor removes what it describes. That is sufficient, not necessary:
 * commands other than an insert of given rows, views and SQL text touch everything.
 *
 * Law: migrations that commute have the same result in either order, rows included.
 */
import { type Change, readsField } from '../core/schema/Change.js'
import type { AnyTable, Index } from '../core/syntax/Syntax.js'
import type { ForeignKey } from '../core/table/Schema.js'
import { columnName, qualifiedName, uniqueKeys } from '../core/table/Table.js'
import type { MigrationStep } from './MigrationStep.js'

/** A part of the database: a column of a table, the whole table (null), or a name in `NAMES`. Null for `table` is everything. */
interface Touch {
  readonly table: string | null
  readonly part: string | null
  readonly how: How
}

/** A step carries the description of its table, which must still hold where the step is performed: it describes each column of it. */
type How = 'describes' | 'reads' | 'changes' | 'removes'

const RANK: { readonly [how in How]: number } = { describes: 0, reads: 1, changes: 2, removes: 3 }

const NAMES = '\0names'
const EVERYTHING: Touch = { table: null, part: null, how: 'removes' }

const changesTable = (t: AnyTable, how: How = 'removes'): Touch => ({ table: qualifiedName(t), part: null, how })
const change = (t: AnyTable, field: string, how: How = 'changes'): Touch => ({ table: qualifiedName(t), part: columnName(t, field), how })
const reading = (t: AnyTable, fields: readonly string[], how: How = 'reads'): readonly Touch[] =>
  fields.map(f => ({ table: qualifiedName(t), part: columnName(t, f), how }))
const describing = (t: AnyTable): readonly Touch[] => reading(t, Object.keys(t.types), 'describes')
const name = (n: string): Touch => ({ table: NAMES, part: n, how: 'changes' })

const read = (t: AnyTable, f: ((row: any) => unknown) | null): readonly Touch[] =>
  f === null
    ? []
    : reading(
        t,
        Object.keys(t.types).filter(field => readsField(t, field, f)),
      )

const keyTouches = (f: ForeignKey): readonly Touch[] => [
  name(f.name),
  ...describing(f.table),
  ...describing(f.target),
  ...reading(f.table, f.columns),
  ...reading(f.target, f.targetColumns),
]

const changeTouches = (t: AnyTable, c: Change): readonly Touch[] => {
  switch (c.tag) {
    case 'renameTable':
      return [changesTable(t), { table: t.schema === null ? c.name : `${t.schema}.${c.name}`, part: null, how: 'removes' }]
    case 'addColumn':
      return [{ table: qualifiedName(t), part: c.name, how: 'removes' }, ...read(t, c.fill)]
    case 'renameColumn':
      return [change(t, c.field, 'removes'), { table: qualifiedName(t), part: c.name, how: 'removes' }]
    case 'changeType':
      return [change(t, c.field, 'removes'), ...read(t, c.using)]
    case 'setNotNull':
      return [change(t, c.field), ...read(t, c.fill)]
    case 'dropColumn':
      return [change(t, c.field, 'removes')]
    case 'setNullable':
    case 'setDefault':
      return [change(t, c.field)]
    case 'setComment':
      return [c.field === null ? { table: qualifiedName(t), part: '\0comment', how: 'changes' } : change(t, c.field)]
    case 'addKey':
      return [name(c.key.name), ...reading(t, c.key.columns), ...(c.primary ? [changesTable(t)] : [])]
    case 'dropKey': {
      const key = t.uniques.find(u => u.name === c.name)
      return [name(c.name), ...(key === undefined ? [changesTable(t)] : reading(t, key.columns))]
    }
    case 'addCheck':
      return [name(c.check.name), ...read(t, c.check.predicate)]
    case 'dropCheck': {
      const check = t.checks.find(k => k.name === c.name)
      return [name(c.name), ...(check === undefined ? [changesTable(t)] : read(t, check.predicate))]
    }
    case 'renameConstraint':
      return [name(c.from), name(c.to)]
  }
}

const indexTouches = (t: AnyTable, index: Index): readonly Touch[] => [
  name(index.name),
  ...describing(t),
  ...reading(t, index.columns),
  ...read(t, index.on),
  ...read(t, index.where),
]

const touches = (step: MigrationStep): readonly Touch[] => {
  switch (step.tag) {
    case 'createTable':
    case 'dropTable': {
      const { table: t } = step
      const constraints = [...uniqueKeys(t), ...t.checks]
      return [changesTable(t), ...constraints.map(c => name(c.name)), ...step.foreignKeys.flatMap(keyTouches)]
    }
    case 'createIndex':
      return indexTouches(step.table, step.index)
    case 'dropIndex': {
      const index = step.table.indexes.find(i => i.name === step.index.name)
      return index === undefined ? [name(step.index.name), changesTable(step.table)] : indexTouches(step.table, index)
    }
    case 'addForeignKey':
    case 'dropForeignKey':
      return keyTouches(step.foreignKey)
    case 'alterTable':
      return [...describing(step.table), ...changeTouches(step.table, step.change)]
    case 'data': {
      const { node } = step.command
      return node.tag === 'insert' && node.rows.tag === 'plain' && node.conflict === null
        ? [changesTable(node.table, 'changes'), ...describing(node.table)]
        : [EVERYTHING]
    }
    case 'createView':
    case 'dropView':
    case 'sql':
      return [EVERYTHING]
  }
}

const excludes = (a: How, b: How): boolean => {
  const [low, high] = [Math.min(RANK[a], RANK[b]), Math.max(RANK[a], RANK[b])]
  return high === RANK.removes || (high === RANK.changes && low >= RANK.reads)
}

const meet = (a: Touch, b: Touch): boolean =>
  excludes(a.how, b.how) &&
  (a.table === null || b.table === null || (a.table === b.table && (a.part === null || b.part === null || a.part === b.part)))

interface WithSteps {
  readonly up: readonly MigrationStep[]
}

/** What two migrations both touch, as a name for people; null if the order of the two does not matter. */
export const conflictOf = (a: WithSteps, b: WithSteps): string | null => {
  const theirs = b.up.flatMap(touches)
  for (const own of a.up.flatMap(touches)) {
    const other = theirs.find(t => meet(own, t))
    if (other === undefined) continue
    const place = own.table === null ? other : own
    if (place.table === null) return 'everything: a command, a view or SQL text may read and write any table'
    const part = own.part ?? other.part
    return place.table === NAMES ? `the name "${part}"` : part === null ? `"${place.table}"` : `"${place.table}"."${part}"`
  }
  return null
}

/** Whether the order of two migrations does not matter. */
export const commutes = (a: WithSteps, b: WithSteps): boolean => conflictOf(a, b) === null
