/**
 * Hazards: what a step endangers on an engine.
 *
 * `hazards(step, engine, facts)` is pure. What becomes of rows is decided for all engines alike, by the meaning of the step; what is locked or
 * written again, by the record of the dialect (`sql/OnlineSteps`), for the statements of `define` or, with `online`, for the batches of `online`.
 * A null that becomes its `fill` is no loss. A table that is known to be small is locked for a moment only, and an empty one endangers no row.
 *
 * Steps that lose data or block others run only when that is allowed by name (`refusedSteps`, `allowedBatches`).
 *
 * Laws: a step that loses a value in memory has `losesData`; one that memory refuses because of rows has `mayFailOnData`.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Change, checksOver } from '../core/schema/Change.js'
import type { Step } from '../core/schema/Step.js'
import type { AnyColumn, AnyTable } from '../core/syntax/Syntax.js'
import { indexFields } from '../core/table/indexes.js'
import { columnName, qualifiedName, uniqueConstraints } from '../core/table/Table.js'
import { attempting, type DbError, type ValidationError, validationError } from '../core/value/DbError.js'
import type { EngineName } from '../core/value/DialectName.js'
import { showSqlType } from '../core/value/SqlType.js'
import { partsOf } from '../sql/batches.js'
import { dialects } from '../sql/dialects.js'
import type { Effect } from '../sql/OnlineSteps.js'
import { narrowing } from './narrowing.js'
import { type Batch, online } from './online.js'

/** What is endangered. */
export type HazardKind =
  /** Values are gone, or are others, and can't be computed from what is left. */
  | 'losesData'
  /** Rows that do not fit make the step fail. */
  | 'mayFailOnData'
  /** The engine writes every row of the table. */
  | 'rewritesTable'
  /** Other transactions can't write to the table until the step is done. */
  | 'blocksWrites'
  /** Other transactions can't even read the table until the step is done. */
  | 'blocksReads'
  /** The step is not undone by a rollback: it commits, or can't be in a transaction. */
  | 'notTransactional'
  /** Programs that run and know the schema before the step fail after it. */
  | 'breaksCode'

/** What a step endangers. */
export interface Hazard {
  readonly kind: HazardKind
  /** The table, column, constraint or index. */
  readonly object: string
  /** What happens, where, and what to do. */
  readonly message: string
  /** The form of the step that does not endanger it; null if there is none. */
  readonly safer: string | null
}

/** What is known about a step's table and how the step is performed. */
export interface Facts {
  /** The number of rows. Default: unknown. */
  readonly rows?: number
  /** Whether the step is performed by the batches of `online`. Default: false, by `define`. */
  readonly online?: boolean
}

/** A table of at most this many rows is read or written in a moment. */
export const SMALL_TABLE = 10_000

/** The table or view that a step is about; of a foreign key the referring one. */
export const tableOfStep = (step: Step): AnyTable => {
  switch (step.tag) {
    case 'createView':
    case 'dropView':
      return step.view
    case 'addForeignKey':
    case 'dropForeignKey':
      return step.foreignKey.table
    default:
      return step.table
  }
}

const ofChange = (t: AnyTable, change: Change): string => {
  const name = qualifiedName(t)
  switch (change.tag) {
    case 'addColumn':
      return `${name}.${change.name}`
    case 'addKey':
      return `${name}.${change.key.name}`
    case 'addCheck':
      return `${name}.${change.check.name}`
    case 'dropKey':
    case 'dropCheck':
      return `${name}.${change.name}`
    case 'renameConstraint':
      return `${name}.${change.from}`
    case 'renameTable':
      return name
    default:
      return change.field === null ? name : `${name}.${columnName(t, change.field)}`
  }
}

/** What a step is about, as its hazards name it: a table, or a column, constraint or index of it. */
export const objectOf = (step: Step): string => {
  const name = qualifiedName(tableOfStep(step))
  switch (step.tag) {
    case 'createIndex':
    case 'dropIndex':
      return `${name}.${step.index.name}`
    case 'addForeignKey':
    case 'dropForeignKey':
      return `${name}.${step.foreignKey.name}`
    case 'alterTable':
      return ofChange(step.table, step.change)
    default:
      return name
  }
}

type Found = readonly [kind: HazardKind, message: string, safer?: string]

const LATER = 'rename or keep the old one, change the programs, and drop it by a later migration'
const lost = (what: string): Found => ['losesData', `${what} are gone: save them first, and allow losesData`, LATER]
const breaking = (what: string, safer = 'let programs accept both first, and take the old one away by a later migration'): Found => [
  'breaksCode',
  `${what}: update the programs that use it together with this step`,
  safer,
]
const failing = (what: string, instead: string): Found => ['mayFailOnData', `Fails if ${what}: look for such rows first, and ${instead}`]

const ofType = (t: AnyTable, change: Change & { readonly tag: 'changeType' }, object: string): readonly Found[] => {
  const column = t.columns[change.field] as AnyColumn
  const [from, to] = [showSqlType(column.type.sql), showSqlType(change.type)]
  const found = change.using === null ? narrowing(column.type.sql, change.type) : { loses: true, mayFail: true }
  const isConstrained = uniqueConstraints(t).some(k => k.columns.includes(change.field)) || checksOver(t, change.field).length > 0
  const isCast = column.type.sql.tag !== change.type.tag || found.loses
  return [
    ...(found.loses
      ? [
          [
            'losesData',
            change.using === null
              ? `Values of ${object} are rounded or cut from ${from} to ${to}: save them first, and allow losesData`
              : `Values of ${object} become those of \`using\`, and the old ones are gone: save them first, and allow losesData`,
            'add a column of the new type, fill it, change the programs, and drop the old one by a later migration',
          ] as const,
        ]
      : []),
    ...(found.mayFail || (isCast && isConstrained)
      ? [
          failing(
            `a value of ${object} is no ${to}, or its new value violates a constraint`,
            'change them, or say by `using` what becomes of them',
          ),
        ]
      : []),
    ...(from === to ? [] : [breaking(`Programs read ${object} as ${from}, and it is ${to}`)]),
  ]
}

const inAlter = (t: AnyTable, change: Change, object: string): readonly Found[] => {
  switch (change.tag) {
    case 'renameTable':
      return [breaking(`The table ${object} is called ${change.name}`, 'create a view with the old name until no program uses it')]
    case 'renameColumn':
      return columnName(t, change.field) === change.name ? [] : [breaking(`The column ${object} is called ${change.name}`)]
    case 'dropColumn':
      return [lost(`The values of ${object}`), breaking(`The column ${object} is gone`, LATER)]
    case 'changeType':
      return ofType(t, change, object)
    case 'addColumn': {
      const { column, fill } = change
      if (column.type.nullable && fill === null && column.default === null) return []
      if (column.generated) return [failing(`there are more rows than numbers of ${object}`, 'choose a wider integer')]
      if (fill !== null) return [failing(`a row's fill of ${object} is null or no value of its type`, 'change `fill`')]
      if (column.default === null)
        return [
          failing(`${object} has rows, which have no value for it`, 'give `fill`'),
          breaking(`Programs that insert without ${object} fail`, 'give it a default, or make it nullable first'),
        ]
      return column.default.node.tag === 'literal' ? [] : [failing(`the default of ${object} has no value`, 'change the default')]
    }
    case 'setNotNull':
      return [
        failing(
          change.fill === null ? `${object} is null in a row` : `the fill of ${object} is null or violates a constraint`,
          change.fill === null ? 'give `fill`' : 'change `fill`',
        ),
        breaking(`Programs that write null to ${object} fail`),
      ]
    case 'setNullable':
      return [breaking(`Programs that read ${object} do not expect null`, 'let programs accept null first')]
    case 'addKey':
      return [failing(`two rows have the same ${change.key.columns.map(f => columnName(t, f)).join(', ')}`, 'change or delete one of them')]
    case 'addCheck':
      return [failing(`a row violates ${object}`, 'change it')]
    default:
      return []
  }
}

/** Types of unlimited length, whose values may exceed an entry of an index. */
const UNLIMITED = ['text', 'bytes', 'json', 'array', 'custom']

/** What becomes of rows and programs, on every engine. */
const ofMeaning = (step: Step, object: string): readonly Found[] => {
  switch (step.tag) {
    case 'dropTable':
      return [lost(`The rows of ${object}`), breaking(`The table ${object} is gone`, LATER)]
    case 'dropView':
      return [breaking(`The view ${object} is gone`, LATER)]
    case 'createIndex': {
      const { table, index } = step
      if (index.unique) return [failing(`two rows have the same keys of ${object}`, 'change or delete one of them')]
      const isLong = indexFields(table, index).some(f => f === null || UNLIMITED.includes(table.types[f]?.sql.tag ?? 'text'))
      return isLong ? [failing(`a key of ${object} can't be computed or is too long for an index`, 'index a shorter value')] : []
    }
    case 'addForeignKey':
      return [
        failing(
          `a row has no row in ${qualifiedName(step.foreignKey.target)} that it refers to by ${object}`,
          'insert it, or delete the row',
        ),
      ]
    case 'alterTable':
      return inAlter(step.table, step.change, object)
    default:
      return []
  }
}

/** What the engine does to the table and to others. */
const ofEffects = (effects: readonly Effect[], object: string, table: string, safer: string | undefined): readonly Found[] => {
  const is = (blocks: Effect['blocks']): boolean => effects.some(e => e.blocks === blocks)
  const held = 'run it when that is no harm, and allow'
  return [
    ...(effects.some(e => e.rewrites)
      ? [['rewritesTable', `Every row of ${table} is written again for ${object}: have time and disk space for a second copy`] as const]
      : []),
    ...(is('reads')
      ? [['blocksReads', `No one can read or write ${table} until ${object} is done: ${held} blocksReads`, safer] as Found]
      : is('writes')
        ? [['blocksWrites', `No one can write to ${table} until ${object} is done: ${held} blocksWrites`, safer] as Found]
        : []),
  ]
}

const alters = (step: Step): boolean => step.tag !== 'createTable' && step.tag !== 'createView'

const onEngine = (step: Step, engine: Exclude<EngineName, 'memory'>, object: string, facts: Facts): readonly Found[] => {
  const dialect = dialects[engine]
  const { online: changes, transactional } = dialect.ddl
  const parts = attempting('a function of the schema', () => partsOf(dialect, step))
  // a step that the engine refuses endangers nothing
  const given = E.isLeft(parts) ? [] : parts.right
  const effects = (isOnline: boolean): readonly Effect[] => given.map(({ part }) => changes.effect(part, isOnline))
  const now = effects(facts.online === true)
  const isCopied =
    given.some(({ part }) => part.tag === 'command') && given.some(({ part }) => part.tag === 'change' && part.change.tag === 'dropColumn')
  const isSafer = JSON.stringify(effects(true)) !== JSON.stringify(effects(false))
  const outside =
    facts.online === true &&
    given.some(({ part, work }) =>
      changes
        .batches(
          part,
          work.flatMap(w => (w.tag === 'sql' ? [w.sql] : [])),
        )
        ?.some(b => !b.transactional),
    )
  return [
    ...(alters(step)
      ? ofEffects(now, object, qualifiedName(tableOfStep(step)), isSafer ? 'perform it by the batches of `online`' : undefined)
      : []),
    ...(!transactional && isCopied
      ? [
          [
            'losesData',
            `What others write to ${object} between its copy and the drop of the old column is gone: stop them, and allow losesData`,
            'add a column of the new type, let programs write both, and drop the old one by a later migration',
          ] as const,
        ]
      : []),
    ...(!transactional || outside
      ? [
          [
            'notTransactional',
            transactional
              ? `${object} is built outside of transactions, and stays if a later step fails: what is left is removed by the next attempt`
              : `${object} is committed by itself, and stays if a later step fails: continue the migration, or undo this step`,
          ] as const,
        ]
      : []),
  ]
}

/** What a step endangers on an engine. */
export const hazards = (step: Step, engine: EngineName, facts: Facts = {}): readonly Hazard[] => {
  const object = objectOf(step)
  const rows = facts.rows ?? Number.POSITIVE_INFINITY
  const found = [...ofMeaning(step, object), ...(engine === 'memory' ? [] : onEngine(step, engine, object, facts))]
  return found
    .filter(([kind]) => {
      if (kind === 'losesData' || kind === 'mayFailOnData') return rows > 0
      return kind === 'notTransactional' || kind === 'breaksCode' || rows > SMALL_TABLE
    })
    .map(([kind, message, safer = null]) => ({ kind, object, message, safer }))
}

/** Whether a step with this hazard runs only when it is allowed by name: it loses data, or blocks others. */
export const needsAllowance = ({ kind }: Pick<Hazard, 'kind'>): boolean =>
  kind === 'losesData' || kind === 'blocksWrites' || kind === 'blocksReads'

/** The hazards of steps that are not allowed, as an error that lists them; null if all may run. `factsOf` gives the facts of a step. */
export const refusedSteps = (
  steps: readonly Step[],
  engine: EngineName,
  allowed: readonly HazardKind[],
  factsOf: (step: Step) => Facts = () => ({}),
): ValidationError | null => {
  const refused = steps.flatMap((step, i) =>
    hazards(step, engine, factsOf(step))
      .filter(h => needsAllowance(h) && !allowed.includes(h.kind))
      .map(h => `step ${i + 1}: ${h.kind}: ${h.message}${h.safer === null ? '' : ` (or ${h.safer})`}`),
  )
  return refused.length === 0 ? null : validationError(['steps'], refused.join('; '))
}

/** The batches of steps whose hazards are allowed: what blocks or loses is refused here, before its statements are printed. */
export const allowedBatches = (
  steps: readonly Step[],
  engine: EngineName,
  allowed: readonly HazardKind[],
  factsOf: (step: Step) => Facts = () => ({}),
): E.Either<DbError, readonly Batch[]> => {
  const refused = refusedSteps(steps, engine, allowed, step => ({ ...factsOf(step), online: true }))
  return refused === null ? online(steps, engine) : E.left(refused)
}
