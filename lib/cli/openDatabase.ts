/**
 * The database of a run: opened, used, and closed.
 *
 * Files and folders of a configuration are relative to it, those of `--database` to the current folder. After Ctrl-C no further statement is sent, the
 * one that a server works on is cancelled, and the lock of the migrations, if this run has it, is released before the database is closed.
 *
 * Law: a database that was opened is closed, whatever the command does.
 */
import { isAbsolute, resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { update } from '../core/command/Command.js'
import { eq } from '../core/expr/Expr.js'
import type { Db, Interpreter, Runner, SqlOp } from '../core/operation/Interpreter.js'
import { attempting, type DbError, textOf } from '../core/value/DbError.js'
import { type EngineName, engineNamed } from '../core/value/DialectName.js'
import { run } from '../program/run.js'
import { readTarget, type Target } from '../run/address/openTarget.js'
import { open } from '../run/open.js'
import { lock } from '../schema/migrationTables.js'
import { abortable } from '../transform/abortable.js'
import { noDatabase, type Settings } from './configFile.js'
import { hiding } from './redacted.js'
import { type Answer, type Failure, misuse, type World } from './World.js'

/** A target whose file or folder is absolute. */
const targetIn = (target: Target, folder: string): E.Either<DbError, Target> =>
  attempting('the target of the database', () => {
    const { engine, options } = readTarget(target)
    const place = 'file' in options ? 'file' : 'dataDir' in options ? 'dataDir' : null
    const path = place === null ? undefined : (options as { readonly [name: string]: unknown })[place]
    const isRelative = typeof path === 'string' && path !== ':memory:' && !isAbsolute(path) && !/^[a-z]+:\/\//i.test(path)
    return { engine, ...options, ...(isRelative && place !== null ? { [place]: resolve(folder, path) } : {}) } as Target
  })

/** The target of the settings; null where a function opens the database. */
export const targetOf = (world: World, s: Settings): E.Either<Failure, Target | null> => {
  if (s.database === undefined) return E.left(noDatabase(s))
  return typeof s.database === 'function' ? E.right(null) : targetIn(s.database, s.isGiven ? world.cwd : s.folder)
}

const opened = async (world: World, s: Settings): Answer<Runner> => {
  const target = targetOf(world, s)
  if (E.isLeft(target)) return target
  if (target.right !== null) return open(target.right)()
  try {
    const task = (s.database as () => unknown)()
    if (typeof task !== 'function')
      return E.left(
        misuse(
          '`database` of the configuration is a function, and its result is no TaskEither: return that of a runner, such as postgres({ url })',
        ),
      )
    const result: any = await (task as TaskEither<DbError, Runner>)()
    if (result?._tag === 'Left' || typeof result?.right?.perform === 'function') return result
    return E.left(misuse('the function `database` of the configuration opens no database: return the TaskEither of a runner'))
  } catch (thrown) {
    return E.left(misuse(`the function \`database\` of the configuration throws: ${hiding(textOf(thrown))}`, thrown))
  }
}

/** Gives back the lock of the migrations if this run has it. */
const releaseLock = async (env: Db, who: string): Promise<void> => {
  const free = { holder: null, token: null, since: null, expiresAt: null } as never
  await run(
    update(lock)(
      () => free,
      (row: any) => eq(row.holder, who),
    ),
  )(env)()
}

/** What a command uses. */
export interface Open {
  readonly db: Interpreter<SqlOp>
  readonly engine: EngineName
}

/** Opens the database of the settings for `use`, and closes it. */
export const withDatabase = async <A>(world: World, s: Settings, use: (database: Open) => Answer<A>): Answer<A> => {
  world.progress('connecting')
  const runner = await opened(world, s)
  world.progress(null)
  if (E.isLeft(runner)) return runner
  const db = runner.right
  try {
    const result = await use({ db: abortable(world.signal)(db), engine: engineNamed(db.capabilities.engine) })
    if (world.signal.aborted) await releaseLock({ db }, world.who)
    return result
  } finally {
    world.progress(null)
    await db.close()
  }
}

/** The engine of the settings: of the address if it is one, otherwise of the opened database; null without a database. */
export const engineOf = async (world: World, s: Settings): Answer<EngineName | null> => {
  if (s.database === undefined) return E.right(null)
  const target = targetOf(world, s)
  if (E.isLeft(target)) return target
  if (target.right === null) return withDatabase(world, s, async ({ engine }) => E.right(engine))
  return attempting('the target of the database', () => engineNamed(readTarget(target.right as Target).engine))
}
