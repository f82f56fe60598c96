/**
 * Opens a database by its address: the scheme, or the field `engine`, chooses the runner.
 *
 * `postgres://user:password@host/database`, `mysql://...`, `mariadb://...`, `sqlite:file.db`, `sqlite::memory:`, `sqlite3:file.db`,
 * `pglite:folder`, `pglite:` and `memory:`. Only the module of that runner is loaded, so that only its driver has to be installed; one that
 * is missing is a `ConnectionError` that names the package. What each option means is documented with its runner.
 *
 * Law: `open({ engine: 'sqlite', ...options })` is `sqlite(options)`, and so for the other engines, once options are known and of their types.
 * A program that is bundled needs the drivers it does not install listed as external.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Runner } from '../core/operation/Interpreter.js'
import { attempting, type DbError } from '../core/value/DbError.js'
import { readTarget, type Target, type TargetOptions } from './address/openTarget.js'
import { openRunner } from './openRunner.js'

export type { Engine, EngineTarget, OptionsOf, Target, TargetOptions } from './address/openTarget.js'

/**
 * Opens the database of an address, or of an engine with its options. `options` are those of the runner, and override those of the target.
 *
 * Fails with `ValidationError` for an unknown engine or option, which it names with the nearest known one, with `ConnectionError` for an
 * address that can't be read, a driver that is not installed or a database that can't be reached, and with the other errors of the runner.
 * No error repeats a part of the address.
 *
 * ```ts
 * import * as E from 'fp-ts/lib/Either.js'
 * import { open } from 'query-ts/open'
 *
 * const opened = await open(process.env['SHOP_URL'] ?? 'sqlite::memory:')()
 * if (E.isRight(opened)) await opened.right.close()
 * E.isRight(opened) // => true
 * ```
 */
export const open =
  (target: Target, options: TargetOptions = {}): TaskEither<DbError, Runner> =>
  async () => {
    const read = attempting('the target of open', () => readTarget(target, options))
    return E.isLeft(read) ? read : openRunner(read.right)()
  }
