/**
 * Migrations as SQL text, for an administrator who runs it.
 *
 * `script(list, engine)` has the statements that `up` would send to a database in a known state, the entries of the history included, so that the
 * next run finds the migrations applied. A migration is one transaction where `up` would make it one. What depends on rows or on the catalog can't
 * be a text: looks for rows that do not fit are left out, with a comment, since the statement after them fails anyway; a table of SQLite that
 * has to be created again is refused.
 *
 * Law: the statements of the script, run on a database in that state, leave what `up` leaves.
 */
import * as E from 'fp-ts/lib/Either.js'
import { insert } from '../core/command/Command.js'
import { createSteps, type Step } from '../core/schema/Step.js'
import type { AnyCommand } from '../core/syntax/Syntax.js'
import { now } from '../core/syntax/volatile.js'
import { schema } from '../core/table/Schema.js'
import { attempting, type DbError, refuse, unsupported } from '../core/value/DbError.js'
import type { DialectName } from '../core/value/DialectName.js'
import { ddlWork, statementsOfWork } from '../sql/ddl.js'
import { dialects } from '../sql/dialects.js'
import type { Work } from '../sql/Work.js'
import type { Migration } from './Migration.js'
import { definitions, describeUnit, type Unit } from './MigrationStep.js'
import { type Graph, graphOf, irreversible, pendingIn, undoneIn } from './migrationGraph.js'
import { type Direction, history, journal, LOCK_ROW, lock, withoutApplied } from './migrationTables.js'
import { unitsFor } from './performMigration.js'

/** The options of `script`. */
export interface ScriptOptions {
  /** The names of the migrations that the database has. Default: none, and the tables of the history are created first. */
  readonly applied?: readonly string[]
  /** Up: the last migration to apply. Down: the last one that stays, null for none; without it the last applied one is undone. */
  readonly to?: string | null
  readonly direction?: Direction
}

const due = (graph: Graph, { applied = [], to, direction = 'up' }: ScriptOptions): E.Either<DbError, readonly Migration[]> => {
  const isApplied = (name: string): boolean => applied.includes(name)
  return direction === 'up' ? pendingIn(graph, isApplied, to) : undoneIn(graph, isApplied, to)
}

const statement = (sql: string): string => `${sql.replace(/;\s*$/, '')};`

const commandText = (engine: DialectName, command: unknown): readonly string[] =>
  statementsOfWork(dialects[engine], [{ tag: 'command', command: command as AnyCommand }]).map(statement)

const textOfWork = (engine: DialectName, unit: Unit, work: readonly Work[]): readonly string[] =>
  work.flatMap(w => {
    if (w.tag === 'guard') return [`-- no row may violate this: ${w.error.message}`]
    if (w.tag === 'outside' || (w.tag === 'query' && dialects[engine].ddl.rebuild !== null && unit[0]?.tag !== 'dropTable'))
      return refuse(
        unsupported(`a script of ${describeUnit(unit)}`, engine, 'its statements depend on the database: apply the migration with up'),
      )
    if (w.tag === 'query') return ['-- here the catalog is looked at, by a run of the migration']
    return statementsOfWork(dialects[engine], [w]).map(statement)
  })

const ofSteps = (engine: DialectName, unit: Unit, steps: readonly Step[]): readonly string[] =>
  textOfWork(engine, unit, ddlWork(dialects[engine], steps))

const textOfUnit = (engine: DialectName, unit: Unit): readonly string[] => {
  const [first] = unit
  if (first?.tag === 'data') return commandText(engine, first.command)
  if (first?.tag !== 'sql') return ofSteps(engine, unit, definitions(unit))
  const own = first.text[engine]
  return own === undefined ? refuse(unsupported('this step', engine, 'give its SQL text for this engine')) : [statement(own)]
}

const textOfMigration = (engine: DialectName, graph: Graph, migration: Migration, direction: Direction): readonly string[] => {
  const problem = direction === 'down' ? irreversible(migration) : null
  if (problem !== null) return refuse(problem)
  const isOne = dialects[engine].ddl.transactional && migration.isTransactional !== false
  const entry = {
    name: migration.name,
    checksum: graph.checksums.get(migration.name) as string,
    appliedAt: now as never,
    duration: 0,
    who: 'script',
    token: 'script',
  }
  return [
    `-- ${direction === 'up' ? 'apply' : 'undo'} ${migration.name.replace(/[\r\n]/g, ' ')}`,
    ...(isOne ? ['BEGIN;'] : []),
    ...unitsFor({ migration, direction }).flatMap(unit => textOfUnit(engine, unit)),
    ...commandText(engine, direction === 'up' ? insert(history)(entry) : withoutApplied(migration.name)),
    ...(isOne ? ['COMMIT;'] : []),
    '',
  ]
}

/** The SQL text of a run: one statement a line or more, each ended by a semicolon. */
export const script = (list: readonly Migration[], engine: DialectName, options: ScriptOptions = {}): E.Either<DbError, string> =>
  E.flatMap(graphOf(list), graph =>
    E.flatMap(due(graph, options), migrations =>
      attempting('a function of a migration', () => {
        const { applied = [], direction = 'up' } = options
        const start =
          applied.length > 0 || direction === 'down'
            ? []
            : [
                '-- the tables of the history',
                ...ofSteps(engine, [], createSteps(schema({ history, journal, lock }))),
                ...commandText(engine, insert(lock)(LOCK_ROW)),
                '',
              ]
        return [...start, ...migrations.flatMap(m => textOfMigration(engine, graph, m, direction))].join('\n')
      }),
    ),
  )
