/**
 * Programs: what to do with a database, as values.
 *
 * `import * as Program from 'query-ts/Program'`: a program is a `ReaderTaskEither` of fp-ts over an interpreter, so its combinators are those of
 * fp-ts; this module adds transactions, retries, rollback, raw statements and advisory locks.
 */
export * from './program/Program.js'
