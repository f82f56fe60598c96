/**
 * INTERIM: to be replaced by lib/schema's own.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Db, Program } from '../core/operation/Interpreter.js'
import type { AnySchema } from '../core/table/Schema.js'
import { type DbError, unsupported } from '../core/value/DbError.js'
import type { DialectName } from '../core/value/DialectName.js'
import { type Difference, diff } from '../schema/diff.js'
import { difference } from '../schema/difference.js'
import type { Migration } from '../schema/Migration.js'
import type { MigrationStep } from '../schema/MigrationStep.js'
import { graphOf } from '../schema/migrationGraph.js'
import { descriptionProblem, schemaAfter } from '../schema/schemaAfter.js'
import { status } from '../schema/settleMigrations.js'
import { imageOf } from '../show/imageOf.js'

export const changes = (list: readonly Migration[], schema: AnySchema): E.Either<DbError, Difference> =>
  E.map((after: AnySchema) => diff(imageOf(after), schema, imageOf(schema)))(schemaAfter(list))

export const drift =
  (list: readonly Migration[]): Program<Db, DbError, Difference> =>
  env =>
  async () => {
    const now = await status(list)(env)()
    if (E.isLeft(now)) return now
    const after = schemaAfter(
      list,
      now.right.applied.map(a => a.name),
    )
    return E.isLeft(after) ? after : difference(after.right)(env)()
  }

export const check = (list: readonly Migration[], _schema?: AnySchema): E.Either<DbError, void> =>
  E.flatMap(graphOf(list), graph => {
    const problem = descriptionProblem(graph)
    return problem === null ? E.right(undefined) : E.left(problem)
  })

export const script = (
  _list: readonly Migration[],
  _engine: DialectName,
  _options: { readonly applied: readonly string[]; readonly to?: string | null; readonly direction: 'up' | 'down' },
): E.Either<DbError, string> => E.left(unsupported('script', 'query-ts'))

export const migrationText = (_options: {
  readonly name: string
  readonly from: string | readonly string[] | null
  readonly steps: readonly MigrationStep[]
  readonly replaces?: readonly string[]
}): E.Either<DbError, string> => E.left(unsupported('migrationText', 'query-ts'))
