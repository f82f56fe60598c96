/**
 * Tables of cases: an expression over given rows, and its expected values.
 *
 * Every table is computed three times: over `values`, whose rows are parameters, over a stored table, and over the stored table inside
 * `many`, whose rows are JSON. All three must return the expected column. A case is the inputs, in the order of the columns, and then the
 * result.
 */
import { pipe } from 'fp-ts/lib/function.js'
import type * as Agg from '../../../lib/Agg.js'
import * as C from '../../../lib/Column.js'
import * as Command from '../../../lib/Command.js'
import type { AnyColumn, Columns, Exprs, Query } from '../../../lib/core/syntax/Syntax.js'
import * as Ex from '../../../lib/Expr.js'
import type { Program } from '../../../lib/Interpreter.js'
import type { Db } from '../../../lib/Program.js'
import * as Q from '../../../lib/Query.js'
import { table } from '../../../lib/Table.js'
import { ask, create, equal, fails, isTrue, type Session } from './check.js'

type Case = readonly unknown[]

let tables = 0

interface Sources<C> {
  readonly values: Query<Exprs<C>, any>
  readonly stored: Query<Exprs<C>, any>
}

const isDatum = (x: unknown): boolean => x !== undefined

/** The inputs of cases as two queries, in the order of the cases. */
export const sources = async <C extends Columns>(db: Session, columns: C, inputs: readonly Case[]): Promise<Sources<C>> => {
  const all = { ...columns, nth: C.int }
  const names = Object.keys(columns)
  const rows = inputs.map((row, i) => ({ ...Object.fromEntries(names.map((n, at) => [n, row[at]])), nth: i })) as any[]
  tables += 1
  const t = table(`cases_${tables}`, all)
  await create(db, t)
  await ask(db, Command.run(Command.insertMany(t)(rows)))
  const inOrder = <A>(q: Query<any, A>): Query<any, A> =>
    pipe(
      q,
      Q.orderBy((r: any) => [Ex.asc(r.nth)]),
    )
  return { values: inOrder(Q.values(all)(rows)), stored: inOrder(Q.from(t)) }
}

const nested = <A>(q: Query<unknown, A>): Query<unknown, { readonly rows: readonly A[] }> => Q.of({ rows: Q.many(q) })

/** Checks an expression on every case, in all three ways; returns the cases as values and as a stored table. */
export const computes = async <C extends Columns>(
  db: Session,
  columns: C,
  cases: readonly Case[],
  f: (row: Exprs<C>) => Ex.Expr<unknown>,
  same: (actual: unknown, expected: unknown, message: string) => void = equal,
): Promise<Sources<C>> => {
  const { values, stored } = await sources(db, columns, cases)
  const expected = cases.map(c => c.at(-1))
  const column = (q: Query<Exprs<C>, any>) =>
    pipe(
      q,
      Q.map(row => ({ it: f(row) })),
    )
  const compare = (way: string, rows: readonly { readonly it: unknown }[]): void => {
    equal(rows.length, expected.length, way)
    rows.forEach((row, i) => {
      same(row.it, expected[i], `${way}, case ${i} ${inputsOf(cases[i] as Case)}`)
    })
  }
  compare('values', await ask(db, Q.all(column(values))))
  compare('a table', await ask(db, Q.all(column(stored))))
  compare('inside many', (await ask(db, Q.one(nested(column(stored))))).rows)
  return { values, stored }
}

const inputsOf = (c: Case): string => `(${c.slice(0, -1).filter(isDatum).map(shown).join(', ')})`

const shown = (x: unknown): string => (typeof x === 'string' ? JSON.stringify(x) : typeof x === 'bigint' ? `${x}n` : String(x)).slice(0, 80)

/** The predicate's value for every case, and that `where` keeps the rows for which it is true, and no others. */
export const decides = async <C extends Columns>(
  db: Session,
  columns: C,
  cases: readonly Case[],
  f: (row: Exprs<C>) => Ex.Pred,
): Promise<void> => {
  const { values, stored } = await computes(db, columns, cases, f)
  const kept = (truth: boolean | null): readonly number[] => cases.flatMap((c, i) => (c.at(-1) === truth ? [i] : []))
  for (const [way, source] of Object.entries({ values, stored })) {
    const rows = async (p: (row: Exprs<C>) => Ex.Pred): Promise<readonly number[]> =>
      (
        await ask(
          db,
          Q.all(
            pipe(
              source as Query<any, any>,
              Q.where(p as any),
              Q.map((r: any) => ({ nth: r.nth })),
            ),
          ),
        )
      ).map((r: any) => r.nth)
    equal(await rows(f), kept(true), `${way}: kept by where`)
    equal(await rows(row => Ex.not(f(row))), kept(false), `${way}: kept by where(not)`)
    equal(await rows(row => Ex.isNull(f(row))), kept(null), `${way}: kept by where(isNull)`)
  }
}

/** Checks that the expression fails with this error for each of the inputs alone. */
export const failsFor = async <C extends Columns>(
  db: Session,
  tag: 'NumericOverflow' | 'ValidationError' | 'DecodeError',
  columns: C,
  inputs: readonly Case[],
  f: (row: Exprs<C>) => Ex.Expr<unknown>,
): Promise<void> => {
  for (const input of inputs) {
    const { values, stored } = await sources(db, columns, [input])
    const program = (q: Query<any, any>): Program<Db, unknown, unknown> =>
      Q.all(
        pipe(
          q,
          Q.map((r: any) => ({ it: f(r) })),
        ),
      )
    await fails(db, tag, program(values))
    await fails(db, tag, program(stored))
    await fails(
      db,
      tag,
      Q.all(
        nested(
          pipe(
            stored,
            Q.map(row => ({ it: f(row) })),
          ),
        ),
      ),
    )
  }
}

/** The value of an expression without any rows. */
export const valueOf = async <A>(db: Session, e: Ex.Expr<A>): Promise<A> => (await ask(db, Q.one(Q.of({ it: e })))).it as A

/** Equality of floats up to a relative error of 1e-9. */
export const near = (actual: unknown, expected: unknown, message: string): void => {
  const [a, e] = [Number(actual), Number(expected)]
  const difference = Math.abs(a - e) / Math.max(Math.abs(e), Number.MIN_VALUE)
  isTrue(typeof actual === 'number' && difference <= 1e-9, `${message}: expected about ${expected}, got ${actual}`)
}

/** An aggregate over one column of given values, of a table and of `values`. */
export const aggregates = async (
  db: Session,
  column: AnyColumn,
  list: readonly unknown[],
  agg: (e: Ex.Expr<any>) => Agg.Agg<unknown>,
  expected: unknown,
  same: (actual: unknown, expected: unknown, message: string) => void = equal,
): Promise<void> => {
  const { values, stored } = await sources(
    db,
    { it: column },
    list.map(x => [x]),
  )
  for (const [way, source] of Object.entries({ values, stored })) {
    const q = pipe(
      source,
      Q.aggregate(r => ({ it: agg(r.it as Ex.Expr<any>) })),
    )
    same((await ask(db, Q.one(q))).it, expected, way)
    same((await ask(db, Q.one(Q.of({ rows: Q.many(q) })))).rows[0]?.it, expected, `${way} inside many`)
  }
}

/** Checks that an aggregate over one column is NumericOverflow. */
export const aggregateFails = async (
  db: Session,
  column: AnyColumn,
  list: readonly unknown[],
  agg: (e: Ex.Expr<any>) => Agg.Agg<unknown>,
): Promise<void> => {
  const { values, stored } = await sources(
    db,
    { it: column },
    list.map(x => [x]),
  )
  for (const source of [values, stored]) {
    await fails(
      db,
      'NumericOverflow',
      Q.all(
        pipe(
          source,
          Q.aggregate(r => ({ it: agg(r.it as Ex.Expr<any>) })),
        ),
      ),
    )
  }
}

/** The rows of one column, sorted by it. */
export const sorted = async (
  db: Session,
  column: AnyColumn,
  list: readonly unknown[],
  by: (e: Ex.Expr<any>) => Ex.Order = Ex.asc,
): Promise<readonly unknown[]> => {
  const { stored } = await sources(
    db,
    { it: column },
    list.map(x => [x]),
  )
  const inOrder = pipe(
    stored,
    Q.orderBy(r => [by(r.it as Ex.Expr<any>)]),
    Q.map(r => r.it as Ex.Expr<any>),
  )
  return ask(db, Q.all(inOrder))
}
