/**
 * Commands as SQL text, without a database: what a runner would send for one.
 *
 * Part of `query-ts/sql`, like `toSql` of queries. A command may be several statements: chunks of a large insert, an upsert where the
 * engine has none with a target, a statement after a given value for a generated key, and the steps of a command that returns
 * rows where the engine's own can't. A runner sends several in one transaction. A query of the steps is shown as if it found one row
 * of nulls.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import { declaredReferences } from '../core/schema/references.js'
import type { AnyCommand, Command } from '../core/syntax/Syntax.js'
import { attempting, type DbError } from '../core/value/DbError.js'
import type { DialectName } from '../core/value/DialectName.js'
import { reifyWrite } from '../plan/writePlan.js'
import type { ImageOptions } from './changes/imageSteps.js'
import { commandSteps } from './commands.js'
import { parameters } from './compile.js'
import { dialects } from './dialects.js'
import { printedSteps } from './printSteps.js'

/** Without a database no foreign keys are known: a command that returns its changes is shown without the rows that follow. */
const imagesOf = ({ returning }: AnyCommand): ImageOptions | null =>
  typeof returning === 'object' && returning !== null ? { tables: returning.tables, references: declaredReferences([]) } : null

/** The statements of a command in a dialect, in order, each with its parameters. `commandToSql('postgres')(C.delete(albums)(album => eq(album.id, 1)))` */
export const commandToSql =
  (dialect: DialectName) =>
  <A>(command: Command<A>): Either<DbError, readonly { readonly sql: string; readonly params: readonly unknown[] }[]> =>
    attempting('a function of the command', () => {
      const record = dialects[dialect]
      const shown = printedSteps(record, commandSteps(record, reifyWrite(command, record), imagesOf(command))).filter(
        s => s.purpose !== 'check',
      )
      return shown.map(({ statement: s }) => ({
        sql: s.text,
        params: 'slots' in s ? parameters(record, s.slots, null) : s.params(),
      }))
    })
