/**
 * Recursion on every engine: values that grow beyond the size of those in the first rows, cycles, thousands of levels, and refusals.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as assert from 'uvu/assert'
import * as A from '../../lib/Agg.js'
import { bigint, bytes, type Decimal, float, int, nullable, numeric, text, timestamp } from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import { show } from '../../lib/DbError.js'
import { asc, cast, concat, type Expr, eq, isNull, length, lit, litOf, lt, maybe, plus, scalar, startsWith, times } from '../../lib/Expr.js'
import * as Program from '../../lib/Program.js'
import * as Q from '../../lib/Query.js'
import { table } from '../../lib/Table.js'
import { suite } from '../suite.js'
import { type Engine, engines, using } from './eachEngine.js'

const nodes = table(
  'recursion_node',
  {
    id: int,
    parent: nullable(int),
    name: text,
    price: numeric(8, 2),
    weight: float,
    mark: bytes,
    at: timestamp,
  },
  { primaryKey: ['id'] },
)

/** 1 has 2 and 3 below it, 2 has 4; 5 and 6 are a circle. */
const parents: readonly (number | null)[] = [null, 1, 1, 2, 6, 5]
const rows = parents.map((parent, i) => ({
  id: i + 1,
  parent,
  name: `n${i + 1} é😀`,
  price: `${i}.50` as Decimal,
  weight: i / 3,
  mark: Uint8Array.of(i, 0, 255),
  at: new Date(Date.UTC(2024, 0, 1 + i, 0, 0, 0, 123)),
}))

const upTo = (most: number) =>
  pipe(
    Q.of({ n: lit(1) }),
    Q.recursive(({ n }) =>
      pipe(
        Q.of({ n: plus(n, 1) }),
        Q.where(() => lt(n, most)),
      ),
    ),
  )

const below = pipe(
  Q.from(nodes),
  Q.where(node => isNull(node.parent)),
  Q.map(({ id, name, price, weight, mark, at }) => ({ id, path: name, price, weight, mark, at, level: lit(0) })),
  Q.recursive(above =>
    pipe(
      Q.from(nodes),
      Q.where(node => eq(node.parent, above.id)),
      Q.map(node => ({
        id: node.id,
        path: concat(above.path, '/', node.name),
        price: plus(above.price, node.price),
        weight: times(above.weight, node.weight),
        mark: node.mark,
        at: node.at,
        level: plus(above.level, 1),
      })),
    ),
  ),
  Q.orderBy(node => [asc(node.id)]),
)

/** The cases that an engine refuses. */
const refusing = ['mysql: nested', 'mariadb: joined', 'mariadb: counted', 'mariadb: as a value', 'mariadb: nested']

const recursions = (engine: Engine): void => {
  const test = suite(`recursion on ${engine.name}`)
  const s = using(engine, test)
  test.before(async () => {
    await s.create(nodes)
    await s.right(C.run(C.insertMany(nodes)(rows)))
  })

  test('values of every type follow from values', async () => {
    const found = await s.right(Q.all(below))
    assert.equal(
      found.map(r => [r.id, r.path, r.price, r.level, Array.from(r.mark), r.at.toISOString()]),
      [
        [1, 'n1 é😀', '0.50', 0, [0, 0, 255], '2024-01-01T00:00:00.123Z'],
        [2, 'n1 é😀/n2 é😀', '2.00', 1, [1, 0, 255], '2024-01-02T00:00:00.123Z'],
        [3, 'n1 é😀/n3 é😀', '3.00', 1, [2, 0, 255], '2024-01-03T00:00:00.123Z'],
        [4, 'n1 é😀/n2 é😀/n4 é😀', '5.50', 2, [3, 0, 255], '2024-01-04T00:00:00.123Z'],
      ],
    )
  })

  test('a text grows beyond what the first row holds', async () => {
    const growing = pipe(
      Q.of({ n: lit(0), grown: lit('a') }),
      Q.recursive(({ n, grown }) =>
        pipe(
          Q.of({ n: plus(n, 1), grown: concat(grown, grown) }),
          Q.where(() => lt(n, 17)),
        ),
      ),
      Q.map(({ n, grown }) => ({ n, length: length(grown) })),
      Q.orderBy(({ n }) => [asc(n)]),
    )
    assert.equal(
      await s.right(Q.all(growing)),
      Array.from({ length: 18 }, (_, n) => ({ n, length: 2 ** n })),
    )
  })

  test('a number grows to 64 bits', async () => {
    const doubling = pipe(
      Q.of({ n: litOf(bigint)(1n) }),
      Q.recursive(({ n }) =>
        pipe(
          Q.of({ n: times(n, 2n) }),
          Q.where(() => lt(n, 2n ** 61n)),
        ),
      ),
      Q.aggregate(({ n }) => ({ most: A.max(n), count: A.countAll })),
    )
    assert.equal(await s.right(Q.all(doubling)), [{ most: 2n ** 61n, count: 62 }])
  })

  test('5,000 levels', async () => {
    const counted = pipe(
      upTo(5000),
      Q.aggregate(({ n }) => ({ count: A.countAll, most: A.max(n), sum: A.sum(n) })),
    )
    assert.equal(await s.right(Q.all(counted)), [{ count: 5000, most: 5000, sum: 12_502_500 }])
  })

  test('a closure ends in a circle, and a recursion from nothing has no row', async () => {
    const around = pipe(
      Q.from(nodes),
      Q.where(node => eq(node.id, 5)),
      Q.map(({ id, parent }) => ({ id, parent })),
      Q.closure(node =>
        pipe(
          Q.from(nodes),
          Q.where(next => eq(next.id, node.parent)),
          Q.map(({ id, parent }) => ({ id, parent })),
        ),
      ),
      Q.orderBy(({ id }) => [asc(id)]),
    )
    assert.equal(await s.right(Q.all(around)), [
      { id: 5, parent: 6 },
      { id: 6, parent: 5 },
    ])
    const none = pipe(
      upTo(3),
      Q.where(() => lit(false)),
      Q.recursive(({ n }) => Q.of({ n })),
    )
    assert.equal(await s.right(Q.all(none)), [])
  })

  test('with a limit, in other queries, beside itself', async () => {
    const three = upTo(3)
    const pairs = pipe(
      three,
      Q.bind('other', a =>
        pipe(
          three,
          Q.where(b => lt(a.n, b.n)),
        ),
      ),
      Q.map(({ n, other }) => ({ n, other: other.n })),
      Q.orderBy(({ n, other }) => [asc(n), asc(other)]),
      Q.limit(2),
    )
    assert.equal(await s.right(Q.all(pairs)), [
      { n: 1, other: 2 },
      { n: 1, other: 3 },
    ])
    const within = pipe(
      Q.from(nodes),
      Q.where(node => eq(node.id, 1)),
      Q.map(({ id }) => ({
        id,
        numbers: scalar(
          pipe(
            three,
            Q.aggregate(({ n }) => ({ n: A.countAll, most: A.max(n) })),
            Q.map(r => r.most),
          ),
        ),
      })),
    )
    assert.equal(await s.right(Q.one(within)), { id: 1, numbers: 3 })
    assert.equal(
      await s.right(
        Q.one(
          pipe(
            Q.of({
              all: Q.many(
                pipe(
                  three,
                  Q.orderBy(({ n }) => [asc(n)]),
                ),
              ),
            }),
          ),
        ),
      ),
      {
        all: [{ n: 1 }, { n: 2 }, { n: 3 }],
      },
    )
  })

  test('for each row of an outer query', async () => {
    const above = (node: { readonly parent: Expr<number | null> }) =>
      pipe(
        Q.from(nodes),
        Q.where(next => eq(next.id, node.parent)),
        Q.map(({ id, parent }) => ({ id, parent })),
        Q.closure(next =>
          pipe(
            Q.from(nodes),
            Q.where(higher => eq(higher.id, next.parent)),
            Q.map(({ id, parent }) => ({ id, parent })),
          ),
        ),
      )
    const count = Q.aggregate(() => ({ n: A.countAll }))
    const [rowsAbove, expected] = [
      [[], [1], [1], [1, 2], [5, 6], [5, 6]],
      [0, 1, 1, 2, 2, 2],
    ]
    const byId = Q.orderBy(({ id }: { readonly id: any }) => [asc(id)])
    const programs: { readonly [name: string]: () => Promise<E.Either<any, unknown>> } = {
      joined: () =>
        s.run(
          Q.all(
            pipe(
              Q.from(nodes),
              Q.bind('above', node => above(node)),
              Q.map(({ id, above: a }) => ({ id, above: a.id })),
              Q.orderBy(({ id, above: a }) => [asc(id), asc(a)]),
            ),
          ),
        ),
      counted: () =>
        s.run(
          Q.all(
            pipe(
              Q.from(nodes),
              Q.bind('above', node => pipe(above(node), count)),
              byId,
              Q.map(r => r.above.n),
            ),
          ),
        ),
      'as a value': () =>
        s.run(
          Q.all(
            pipe(
              Q.from(nodes),
              byId,
              Q.map(node =>
                scalar(
                  pipe(
                    above(node),
                    count,
                    Q.map(({ n }) => n),
                  ),
                ),
              ),
            ),
          ),
        ),
      nested: () =>
        s.run(
          Q.all(
            pipe(
              Q.from(nodes),
              byId,
              Q.map(node => ({
                above: Q.many(
                  pipe(
                    above(node),
                    byId,
                    Q.map(({ id }) => id),
                  ),
                ),
              })),
            ),
          ),
        ),
    }
    const answers: { readonly [name: string]: unknown } = {
      joined: rowsAbove.flatMap((ids, i) => ids.map(id => ({ id: i + 1, above: id }))),
      counted: expected,
      'as a value': expected,
      nested: rowsAbove.map(ids => ({ above: ids })),
    }
    for (const [name, program] of Object.entries(programs)) {
      const answer = await program()
      if (E.isRight(answer)) assert.equal(answer.right, answers[name], name)
      else assert.ok(refusing.includes(`${engine.name}: ${name}`) && answer.left._tag === 'Unsupported', `${name}: ${show(answer.left)}`)
    }
  })

  test('in a write', async () => {
    const table_ = nodes
    const gone = await s.right(
      C.run(
        C.update(table_)({ name: 'changed' }, node =>
          eq(
            node.id,
            scalar(
              pipe(
                upTo(2),
                Q.aggregate(({ n }) => ({ most: A.max(n) })),
                Q.map(r => r.most),
              ),
            ),
          ),
        ),
      ),
    )
    assert.is(gone, 1)
    await s.right(C.run(C.update(table_)({ name: rows[1]?.name as string }, node => eq(node.id, 2))))
    // some engines need the type of the first text twice
    const first = (name: Expr<string>) =>
      scalar(
        pipe(
          upTo(1),
          Q.limit(1),
          Q.map(() => name),
        ),
      )
    const all = C.update(table_)({ price: '0.00' }, node => startsWith(node.name, first(node.name)))
    assert.is(await s.right(Program.withRollback(C.run(all))), rows.length)
    const copied = pipe(
      upTo(3),
      Q.map(({ n }) => ({
        id: plus(n, 100),
        name: lit('copied'),
        price: cast(numeric(8, 2))(n),
        weight: cast(float)(n),
        mark: litOf(bytes)(Uint8Array.of(1)),
        at: litOf(timestamp)(new Date(0)),
      })),
    )
    assert.is(await s.right(C.run(C.insertFrom(nodes)(copied))), 3)
    assert.is(await s.right(C.run(C.delete(nodes)(node => lt(lit(100), node.id)))), 3)
  })

  test('a full join of what is on one side only', async () => {
    const [low, high] = [
      pipe(
        Q.from(nodes),
        Q.where(node => lt(node.id, 3)),
        Q.map(({ id, name }) => ({ id, name })),
        Q.mapRow(r => r.id),
      ),
      pipe(
        Q.from(nodes),
        Q.where(node => lt(lit(1), node.id)),
        Q.where(node => lt(node.id, 4)),
        Q.map(({ id, mark }) => ({ id, mark })),
        Q.mapRow(r => `${r.id}`),
      ),
    ]
    const full = pipe(
      low,
      Q.fullJoin(high, (a, b) => eq(a.id, b.id)),
      Q.orderBy(({ left, right }) => [asc(maybe(left, l => l.id)), asc(maybe(right, r => r.id))]),
    )
    assert.equal(await s.right(Q.all(full)), [
      { left: O.some(1), right: O.none },
      { left: O.some(2), right: O.some('2') },
      { left: O.none, right: O.some('3') },
    ])
  })

  test('subtotals tell a total from the group of a null', async () => {
    const counts = pipe(
      Q.from(nodes),
      Q.rollup(node => ({ by: { parent: node.parent }, of: { n: A.countAll } })),
      Q.orderBy(({ n, parent }) => [asc(n), asc(maybe(parent, p => p))]),
    )
    assert.equal(await s.right(Q.all(counts)), [
      { parent: O.some(2), n: 1 },
      { parent: O.some(5), n: 1 },
      { parent: O.some(6), n: 1 },
      { parent: O.some(null), n: 1 },
      { parent: O.some(1), n: 2 },
      { parent: O.none, n: 6 },
    ])
    const nothing = pipe(
      Q.from(nodes),
      Q.where(() => lit(false)),
      Q.rollup(node => ({ by: { parent: node.parent }, of: { n: A.countAll } })),
    )
    assert.equal(await s.right(Q.all(nothing)), [{ parent: O.none, n: 0 }])
  })

  test('what is wrong is refused', async () => {
    const loose: any = Q
    const refusal = async (q: any): Promise<string> => (await s.left('ValidationError', Q.all(q))).message
    assert.match(await refusal(loose.recursive(() => Q.of({ m: lit(1) }))(upTo(2))), 'must have the same fields')
    assert.match(await refusal(loose.recursive(() => Q.of({ n: lit('a') }))(upTo(2))), 'must have the same types')
    assert.match(await refusal(loose.recursive(() => 3)(upTo(2))), 'expected a query')
    assert.match(await refusal(loose.distinctOn(() => 3)(upTo(2))), 'expected a list of expressions')
    assert.match(await refusal(loose.rollup(() => 3)(upTo(2))), 'expected a record of by and of')
    assert.match(await refusal(loose.groupingSets([['m']])((r: any) => ({ by: { n: r.n }, of: { c: A.countAll } }))(upTo(2))), 'no key m')
    assert.match(await refusal(loose.groupingSets(3)((r: any) => ({ by: { n: r.n }, of: { c: A.countAll } }))(upTo(2))), 'list of keys')
    assert.match(await refusal(loose.rollup((r: any) => ({ by: { n: r.n }, of: { n: A.countAll } }))(upTo(2))), 'the same name')
    assert.match(await refusal(loose.fullJoin(upTo(2), () => lit(1))(upTo(2))), 'expected a condition')
    const numeric_ = pipe(
      Q.of({ p: litOf(numeric(8, 2))('1.10') }),
      Q.recursive((r: any) => Q.of({ p: times(r.p, r.p) }) as any),
    )
    assert.match(await refusal(numeric_), 'must have the same types')
  })
  test.run()
}

engines.forEach(recursions)
