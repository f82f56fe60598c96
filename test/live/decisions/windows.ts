/**
 * S27: windows. The frame, with an order and without; partitions and orders with nulls; ties.
 *
 * The rows are read from a stored table and from `values`; the expected results of each function were computed by hand.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as Agg from '../../../lib/Agg.js'
import * as C from '../../../lib/Column.js'
import * as Ex from '../../../lib/Expr.js'
import * as Q from '../../../lib/Query.js'
import * as W from '../../../lib/Window.js'
import { ask, type Clause, check, equal, type Session } from './check.js'
import { sources } from './compute.js'

const columns = { shop: C.nullable(C.text), n: C.nullable(C.int) }
const rows: readonly (readonly unknown[])[] = [
  ['north', 2],
  ['north', 2],
  [null, null],
  [null, 5],
  ['south', 7],
]

type Row = { readonly nth: Ex.Expr<number>; readonly shop: Ex.Expr<string | null>; readonly n: Ex.Expr<number | null> }

/** The values of window functions, row by row, of both sources. */
const windowed = async (
  db: Session,
  f: (r: Row) => { readonly [name: string]: W.Win<any> },
  expected: { readonly [name: string]: readonly unknown[] },
): Promise<void> => {
  const { values, stored } = await sources(db, columns, rows)
  for (const source of [values, stored]) {
    const q = pipe(
      source,
      Q.window(f as never),
      Q.orderBy((r: any) => [Ex.asc(r.nth)]),
    ) as Q.Query<unknown, any>
    const answer = await ask(db, Q.all(q))
    for (const [name, column] of Object.entries(expected)) {
      equal(
        answer.map((r: any) => r[name]),
        column,
      )
    }
  }
}

export const windows: readonly Clause[] = [
  check(27, 'with an order a frame ends with the peers of the row; without one it is the whole partition', db =>
    windowed(
      db,
      r => ({
        upTo: pipe(Agg.countAll, W.over({ orderBy: [Ex.asc(r.n)] })),
        sum: pipe(Agg.sum(r.n), W.over({ orderBy: [Ex.asc(r.n)] })),
        last: W.lastValue(r.n, { orderBy: [Ex.asc(r.n)] }),
        all: pipe(Agg.countAll, W.over({})),
        some: pipe(Agg.sum(r.n), W.over({ partitionBy: [r.shop] })),
      }),
      {
        upTo: [2, 2, 5, 3, 4],
        sum: [4, 4, 16, 9, 16],
        last: [2, 2, null, 5, 7],
        all: [5, 5, 5, 5, 5],
        some: [4, 4, 5, 5, 7],
      },
    ),
  ),
  check(27, 'null is a partition of its own, and larger than every value in an order, unless the order says otherwise', db =>
    windowed(
      db,
      r => ({
        size: pipe(Agg.countAll, W.over({ partitionBy: [r.shop] })),
        up: W.rank({ orderBy: [Ex.asc(r.n)] }),
        down: W.rank({ orderBy: [Ex.desc(r.n)] }),
        early: W.rank({ orderBy: [Ex.nullsFirst(Ex.asc(r.n))] }),
        dense: W.denseRank({ orderBy: [Ex.nullsLast(Ex.desc(r.n))] }),
      }),
      { size: [2, 2, 2, 2, 1], up: [1, 1, 5, 3, 4], down: [4, 4, 1, 3, 2], early: [2, 2, 1, 4, 5], dense: [3, 3, 4, 2, 1] },
    ),
  ),
  check(27, 'a ROWS frame has exactly its rows, also if there are none', db =>
    windowed(
      db,
      r => {
        const orderBy = [Ex.asc(r.nth)]
        return {
          around: pipe(Agg.sum(r.n), W.over({ orderBy, rows: { from: -1, to: 1 } })),
          next: pipe(Agg.count(r.n), W.over({ orderBy, rows: { from: 1, to: 2 } })),
          before: pipe(Agg.max(r.n), W.over({ orderBy, rows: { to: -1 } })),
          second: W.nthValue(r.n, 2, { orderBy, rows: { from: 0 } }),
          lag: W.lag(r.n, { orderBy, by: 2 }),
        }
      },
      {
        around: [4, 4, 7, 12, 12],
        next: [1, 1, 2, 1, 0],
        before: [null, 2, 2, 2, 5],
        second: [2, null, 5, 7, null],
        lag: [null, null, 2, 2, null],
      },
    ),
  ),
  check(27, 'under ties each number occurs once, in any admitted order', async db => {
    const { stored } = await sources(db, columns, rows)
    const numbered = pipe(
      stored,
      Q.window((r: any) => ({ number: W.rowNumber({ orderBy: [Ex.asc(r.n)] }), group: W.ntile(2, { orderBy: [Ex.asc(r.n)] }) })),
    ) as Q.Query<unknown, { readonly n: number | null; readonly number: number; readonly group: number }>
    const sorted = [...(await ask(db, Q.all(numbered)))].sort((a, b) => a.number - b.number)
    equal(
      sorted.map(r => [r.n, r.number, r.group]),
      [
        [2, 1, 1],
        [2, 2, 1],
        [5, 3, 1],
        [7, 4, 2],
        [null, 5, 2],
      ],
    )
  }),
]
