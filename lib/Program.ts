/**
 * Programs: what to do with a database, as values that need one.
 *
 * `import * as Program from 'query-ts/Program'`: a program is a `ReaderTaskEither` of fp-ts over an interpreter, so that its combinators are those
 * of fp-ts; here are transactions, retries, rollback, raw statements and locks of names.
 */
export * from './program/Program.js'
