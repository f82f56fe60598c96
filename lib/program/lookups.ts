/**
 * Look-ups by many keys at once: what a loop of one query for each key would answer, in a few statements.
 *
 * The keys go into one condition, 1,000 at a time, and the rows are handed out to the keys that they have. A list of keys is filled up
 * to a power of two with its last one, so that an engine sees few different statements.
 *
 * Law: `allBy(key, keys)(q) = keys.map(k => all(where(s => eq(key(s), k))(q)))`: the same rows for each key, in the query's order.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { inList } from '../core/expr/membership.js'
import type { Db, Program } from '../core/operation/Interpreter.js'
import { asExpr } from '../core/syntax/guards.js'
import { operand } from '../core/syntax/operand.js'
import { type AnyExpr, type AnyQuery, type Expr, type ExprType, type Query, query } from '../core/syntax/Syntax.js'
import { rowOf, scopeOf } from '../core/syntax/scope.js'
import { identityIn } from '../core/value/Canonical.js'
import { attempting, type DbError, refuse, type TooManyRows, tooManyRows, unsupported, validationError } from '../core/value/DbError.js'
import { all } from './fetch.js'
import { bare, withBeside } from './keyed.js'

/** Keys of one statement: every engine takes as many parameters. */
const MOST = 1_000

/** The type of the key; null where the query is `zero`. */
const keyType = (q: AnyQuery, key: (s: any) => AnyExpr): E.Either<DbError, ExprType | null> =>
  attempting('the key', () => {
    const row = rowOf(q)
    if (row === null) return null
    const { node, type } = asExpr(key(scopeOf(row)), 'the key')
    if (node.tag === 'invalid') return refuse(node.error)
    return type.sql.tag === 'text' && type.sql.collation === 'stored'
      ? refuse(unsupported('a look-up by a text that keeps its own collation', 'query-ts', 'look each one up by itself'))
      : type
  })

/** What tells each key apart; the first that is no value of the type is refused. */
const idsOf = (type: ExprType, keys: readonly unknown[]): E.Either<DbError, readonly string[]> =>
  attempting('the keys', () =>
    keys.map((k, i) => {
      const { node } = operand(type, k)
      if (node.tag === 'literal' && node.value !== null) return identityIn(type.sql, node.value)
      const refusal = node.tag === 'invalid' ? node.error : validationError([], 'a key is no null')
      return refuse(refusal._tag === 'ValidationError' ? validationError(['keys', String(i), ...refusal.path], refusal.reason) : refusal)
    }),
  )

const filledUp = <K>(keys: readonly K[]): readonly K[] => {
  const length = Math.min(MOST, 2 ** Math.ceil(Math.log2(keys.length)))
  return [...keys, ...Array.from({ length: length - keys.length }, () => keys[keys.length - 1] as K)]
}

/** The rows that have one of the keys, each with its key as the database holds it. */
const withKeys = <A>(q: AnyQuery, key: (s: any) => AnyExpr, keys: readonly unknown[]) =>
  withBeside<A, unknown>(query({ tag: 'where', input: q, f: s => inList(key(s), filledUp(keys) as never) }), s => bare(key(s)))

/**
 * For each key the rows that have it, in the query's order; none where there are none. A key that occurs twice is answered twice.
 * Each thousand keys are one statement.
 */
export const allBy =
  <S, K>(key: (s: S) => Expr<K>, keys: readonly NonNullable<NoInfer<K>>[]) =>
  <A>(q: Query<S, A>): Program<Db, DbError, readonly (readonly A[])[]> =>
  env =>
  async () => {
    if (!Array.isArray(keys)) return E.left(validationError(['keys'], 'expected a list of keys'))
    const type = keyType(q, key)
    if (E.isLeft(type)) return type
    if (type.right === null) return E.right(keys.map(() => []))
    const ids = idsOf(type.right, keys)
    if (E.isLeft(ids)) return ids
    const found = new Map(ids.right.map((id): [string, A[]] => [id, []]))
    const different = [...new Map(ids.right.map((id, i) => [id, keys[i]])).values()]
    for (let i = 0; i < different.length; i += MOST) {
      const rows = await all(withKeys<A>(q, key, different.slice(i, i + MOST)))(env)()
      if (E.isLeft(rows)) return rows
      for (const row of rows.right) found.get(identityIn(type.right.sql, row.beside))?.push(row.it)
    }
    return E.right(ids.right.map(id => [...(found.get(id) ?? [])]))
  }

/** For each key the row that has it, if there is one; `TooManyRows` if one has more. */
export const optionBy =
  <S, K>(key: (s: S) => Expr<K>, keys: readonly NonNullable<NoInfer<K>>[]) =>
  <A>(q: Query<S, A>): Program<Db, DbError | TooManyRows, readonly O.Option<A>[]> =>
  env =>
  async () => {
    const rows = await allBy(key, keys)(q)(env)()
    if (E.isLeft(rows)) return rows
    if (rows.right.some(some => some.length > 1)) return E.left(tooManyRows)
    return E.right(rows.right.map(some => (some.length === 0 ? O.none : O.some(some[0] as A))))
  }
