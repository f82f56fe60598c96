/**
 * The laws of what asks for rows in pieces: pages, and look-ups by many keys.
 *
 * Pages are over the rows of a table for which a generated condition holds, in an order by generated expressions, with nulls at either end,
 * that ends with the primary key: put together they are the whole. A look-up by many keys answers what one query for each answers.
 */

import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { AnyQuery, Columns, Table } from '../lib/core/syntax/Syntax.js'
import { rowOf } from '../lib/core/syntax/scope.js'
import type { DbError } from '../lib/DbError.js'
import * as Q from '../lib/Query.js'
import { formOf, sameAnswer, show } from './answer.js'
import { apply, type Code, lambda, list, member, piped, type Variable } from './arbitrary/Code.js'
import { call, tableCode } from './arbitrary/combinators.js'
import { aboutParts, type EquationSubject } from './Equation.js'
import type { Law } from './Law.js'
import { refusalAmong } from './refused.js'

const ROW: Variable = { name: 's0', scope: {} }
const S: Code<any> = { text: 's0', build: env => env[0], uses: [] }

/** The rows of all pages; `most` is more than there can be. */
const allPages = async (
  next: (after: string | null) => TaskEither<DbError, Q.Page<unknown>>,
  most: number,
): Promise<E.Either<string, readonly unknown[]>> => {
  const rows: unknown[] = []
  let after: string | null = null
  for (let i = 0; i <= most; i += 1) {
    const page: E.Either<DbError, Q.Page<unknown>> = await next(after)()
    if (E.isLeft(page)) return E.left(`${page.left._tag}: ${page.left.message}`)
    rows.push(...page.right.rows)
    if (page.right.next === null) return E.right(rows)
    after = page.right.next
  }
  return E.left('the pages do not end')
}

const DIRECTIONS = ['asc', 'desc'] as const

const pageLaw = (subject: EquationSubject): Law => {
  const [name, table] = Object.entries(subject.schema.tables)[0] as [string, Table<Columns>]
  const row = rowOf(Q.from(table)) as {}
  const key = table.primaryKey?.columns ?? []
  return aboutParts(
    subject,
    'the pages of page(keys), and of pageAt(keys), put together = orderBy(keys)',
    'Pages by the values of the last row, and by number, have every row once and in the order.',
    async (p, cover) => {
      const condition = p.predicate('p', row)
      const sorts = [p.expression('a', row), p.expression('b', row)].map(e => {
        const directed = call('Expr', DIRECTIONS[p.below(2)] as string, apply(e.code, S))
        const nulls = [null, 'nullsFirst', 'nullsLast'][p.below(3)]
        return nulls == null ? directed : call('Expr', nulls, directed)
      })
      const keys = lambda(
        [ROW],
        list([...sorts, ...key.map(k => call('Expr', 'asc', { ...S, text: member('s0', k), build: env => (env[0] as any)[k] }))]),
      )
      const source = piped(call('Q', 'from', tableCode(name, table)), call('Q', 'where', condition.code))
      const orderBy = keys.build([]) as (s: any) => never
      const q: AnyQuery = source.build([])
      const size = 1 + p.below(4)
      const whole = await Q.all<unknown, unknown>(Q.orderBy(orderBy)(q))({ db: subject.runner })()
      const problem = refusalAmong(subject.runner, cover, whole)
      if (E.isLeft(whole)) return problem
      cover(whole.right.length > size ? 'pages: some' : 'pages: 1')
      const most = whole.right.length + 2
      const after = await allPages(a => Q.page({ orderBy, size, after: a })(q)({ db: subject.runner }), most)
      let number = 0
      const numbered = await allPages(() => {
        number += 1
        return async () => {
          const page = await Q.pageAt({ orderBy, size, number })(q)({ db: subject.runner })()
          return E.isLeft(page) ? page : E.right({ rows: page.right.rows, next: page.right.hasNext ? '' : null })
        }
      }, most)
      const form = formOf(q, true)
      for (const pages of [after, numbered]) {
        if (E.isRight(pages) && sameAnswer(form, whole.right, pages.right)) continue
        return `const q = ${source.text}\n\nconst keys = ${keys.text}\n\nall: ${show(form, whole.right)}\npages of ${size}: ${E.isLeft(pages) ? pages.left : show(form, pages.right)}`
      }
      return null
    },
  )
}

const traverseLaw = (subject: EquationSubject): Law =>
  aboutParts(
    subject,
    'allBy(key, keys)(q) = keys.map(k => all(where(s => eq(key(s), k))(q)))',
    'A look-up by many keys answers for each what a query for it alone answers.',
    async (p, cover) => {
      const s = p.query('q')
      const key = p.expression('key', s.row)
      const q: AnyQuery = s.code.build([])
      const keyed = piped(s.code, call('Q', 'map', lambda([ROW], apply(key.code, S))))
      const there = await Q.all<unknown, unknown>(keyed.build([]))({ db: subject.runner })()
      const problem = refusalAmong(subject.runner, cover, there)
      if (E.isLeft(there)) return problem
      const some = there.right.filter(k => k !== null).slice(0, 4)
      const keys = [...some, ...some.slice(0, 1)] as never[]
      const of = key.code.build([]) as (row: any) => any
      const together = await Q.allBy(of, keys)(q)({ db: subject.runner })()
      const form = formOf(q, false)
      cover(keys.length === 0 ? 'keys: 0' : 'keys: some')
      for (const [i, k] of keys.entries()) {
        const where = piped(
          s.code,
          call(
            'Q',
            'where',
            lambda([ROW], call('Expr', 'eq', apply(key.code, S), { text: 'k', build: () => k, uses: [] } as Code<unknown>)),
          ),
        )
        const alone = await Q.all<unknown, unknown>(where.build([]))({ db: subject.runner })()
        if (E.isLeft(alone) && E.isLeft(together)) return null
        const rows = E.isRight(together) ? (together.right[i] ?? []) : []
        if (E.isRight(alone) && E.isRight(together) && sameAnswer(form, alone.right, rows)) continue
        const said = E.isLeft(together) ? together.left.message : show(form, rows)
        return `key number ${i}\n\nalone: ${E.isLeft(alone) ? alone.left.message : show(form, alone.right)}\ntogether: ${said}`
      }
      return null
    },
  )

export const pageLaws = (subject: EquationSubject): readonly Law[] => [pageLaw(subject), traverseLaw(subject)]
