/**
 * Commands as SQL text, without a database: what a runner would send for one.
 *
 * Part of `query-ts/sql`, beside `toSql` of queries. A command may be several statements: chunks of a large insert, an upsert where
 * the engine has none about its target alone, what has to follow a generated key that was given, and the steps of a command that
 * answers rows where the engine's own does not. A runner sends several in one transaction. A value that an earlier statement finds is
 * shown as null, and as one row.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import type { Command } from '../core/syntax/Syntax.js'
import { attempting, type DbError } from '../core/value/DbError.js'
import type { DialectName } from '../core/value/DialectName.js'
import { reifyWrite } from '../plan/writePlan.js'
import { printWrite, shown } from './commands.js'
import { parameters } from './compile.js'
import { dialects } from './dialects.js'

/** The statements of a command in a dialect, in order, each with its parameters. `commandToSql('postgres')(C.delete(albums)(album => eq(album.id, 1)))` */
export const commandToSql =
  (dialect: DialectName) =>
  <A>(command: Command<A>): Either<DbError, readonly { readonly sql: string; readonly params: readonly unknown[] }[]> =>
    attempting('a function of the command', () => {
      const record = dialects[dialect]
      return shown(record, printWrite(record, reifyWrite(command, record))).map(s => ({
        sql: s.text,
        params: 'slots' in s ? parameters(record, s.slots, null) : s.params(),
      }))
    })
