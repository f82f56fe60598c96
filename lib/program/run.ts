/**
 * The program that runs one command.
 *
 * It yields what the command answers: the number of rows, or what `returning` says of them. Part of `Command`, which exports it as `run`.
 *
 * Law: running a command is performing its operation, and nothing else.
 */
import { type Db, execute, type Program, perform } from '../core/operation/Interpreter.js'
import type { Command } from '../core/syntax/Syntax.js'
import type { DbError } from '../core/value/DbError.js'

/** Runs a command. */
export const run = <A>(command: Command<A>): Program<Db, DbError, A> => perform(execute(command))
