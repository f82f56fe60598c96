/**
 * The laws of reading in pieces: pages, and look-ups by many keys.
 *
 * Pages are over the rows of a table that satisfy a generated condition, in an order by generated expressions, with nulls first or last,
 * that ends with the primary key: together they are all rows. A look-up by many keys returns what one query for each key returns.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Columns, Table } from '../lib/core/syntax/Syntax.js'
import type { DbError } from '../lib/DbError.js'
import * as Query from '../lib/Query.js'
import { formOf, sameAnswer, show } from './answer.js'
import { aboutParts, type EquationSubject } from './Equation.js'
import type { Law } from './Law.js'
import { refusalAmong } from './refused.js'
import { Expr, pipe, Q } from './untyped.js'

/** The rows of all pages; more than `most` of them are an error. */
const allPages = async (
  next: (after: string | null) => TaskEither<DbError, Query.Page<unknown>>,
  most: number,
): Promise<E.Either<string, readonly unknown[]>> => {
  const rows: unknown[] = []
  let after: string | null = null
  for (let i = 0; i <= most; i += 1) {
    const page: E.Either<DbError, Query.Page<unknown>> = await next(after)()
    if (E.isLeft(page)) return E.left(`${page.left._tag}: ${page.left.message}`)
    rows.push(...page.right.rows)
    if (page.right.next === null) return E.right(rows)
    after = page.right.next
  }
  return E.left('the pages do not end')
}

const DIRECTIONS = ['asc', 'desc'] as const
const NULLS = [null, 'nullsFirst', 'nullsLast'] as const

const pageLaw = (subject: EquationSubject): Law => {
  const table = Object.values(subject.schema.tables)[0] as Table<Columns>
  const key = table.primaryKey?.columns ?? []
  return aboutParts(
    subject,
    'the pages of page(keys), and of pageAt(keys), put together = orderBy(keys)',
    'Pages by the values of the last row, and pages by number, have every row once and in the order.',
    async (p, cover) => {
      const rows = Query.from(table)
      const q = pipe(rows, Q.where(p.predicate('p', rows)))
      const sorts = [p.expression('a', rows), p.expression('b', rows)].map(e => {
        const direction = DIRECTIONS[p.below(2)] ?? 'asc'
        const nulls = NULLS[p.below(3)] ?? null
        return (s: any) => (nulls === null ? Expr[direction](e(s)) : Expr[nulls](Expr[direction](e(s))))
      })
      const orderBy = (s: any): any => [...sorts.map(sort => sort(s)), ...key.map(k => Expr.asc(s[k]))]
      const sorted = pipe(q, Q.orderBy(orderBy))
      const size = 1 + p.below(4)
      const whole = await Query.all<unknown, unknown>(sorted)({ db: subject.runner })()
      const problem = refusalAmong(subject.runner, cover, whole)
      if (E.isLeft(whole)) return problem
      cover(whole.right.length > size ? 'pages: some' : 'pages: 1')
      const most = whole.right.length + 2
      const after = await allPages(a => Query.page({ orderBy, size, after: a })(q)({ db: subject.runner }), most)
      let number = 0
      const numbered = await allPages(() => {
        number += 1
        return async () => {
          const page = await Query.pageAt({ orderBy, size, number })(q)({ db: subject.runner })()
          return E.isLeft(page) ? page : E.right({ rows: page.right.rows, next: page.right.hasNext ? '' : null })
        }
      }, most)
      const form = formOf(q, true)
      for (const pages of [after, numbered]) {
        if (E.isRight(pages) && sameAnswer(form, whole.right, pages.right)) continue
        const paged = E.isLeft(pages) ? pages.left : show(form, pages.right)
        return `const q = ${Query.show(sorted, subject.schema)}\n\nall: ${show(form, whole.right)}\npages of ${size}: ${paged}`
      }
      return null
    },
  )
}

const lookupLaw = (subject: EquationSubject): Law =>
  aboutParts(
    subject,
    'allBy(key, keys)(q) = keys.map(k => all(where(s => eq(key(s), k))(q)))',
    'A look-up by many keys returns for each key what a query for that key alone returns.',
    async (p, cover) => {
      const q = p.query('q')
      const key = p.expression('key', q)
      const run = (of: any) => Query.all<unknown, unknown>(of)({ db: subject.runner })()
      const there = await run(pipe(q, Q.map(key)))
      const problem = refusalAmong(subject.runner, cover, there)
      if (E.isLeft(there)) return problem
      const some = there.right.filter(k => k !== null).slice(0, 4)
      const keys = [...some, ...some.slice(0, 1)] as never[]
      const together = await Query.allBy(key, keys)(q)({ db: subject.runner })()
      const form = formOf(q, false)
      cover(keys.length === 0 ? 'keys: 0' : 'keys: some')
      for (const [i, k] of keys.entries()) {
        const alone = await run(
          pipe(
            q,
            Q.where(s => Expr.eq(key(s), k)),
          ),
        )
        if (E.isLeft(alone) && E.isLeft(together)) return null
        const rows = E.isRight(together) ? (together.right[i] ?? []) : []
        if (E.isRight(alone) && E.isRight(together) && sameAnswer(form, alone.right, rows)) continue
        const result = E.isLeft(together) ? together.left.message : show(form, rows)
        return `key number ${i}\n\nalone: ${E.isLeft(alone) ? alone.left.message : show(form, alone.right)}\ntogether: ${result}`
      }
      return null
    },
  )

export const pageLaws = (subject: EquationSubject): readonly Law[] => [pageLaw(subject), lookupLaw(subject)]
