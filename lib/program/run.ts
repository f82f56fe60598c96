/**
 * The program that runs one command; a part of `Command`, which exports it as `run`.
 *
 * It yields the result of the command: the number of rows, or what `returning` returns.
 *
 * Law: running a command is performing its operation, and nothing else.
 */
import { type Db, execute, type Program, perform } from '../core/operation/Interpreter.js'
import type { Command } from '../core/syntax/Syntax.js'
import type { DbError } from '../core/value/DbError.js'

/** Runs a command: yields the number of rows, or what its `returning` returns. */
export const run = <A>(command: Command<A>): Program<Db, DbError, A> => perform(execute(command))
