/**
 * Outer joins: the presence of their optional sides, and the full join.
 *
 * The optional side of a left join is present where a column of it that is never null (a witness) is not null; where the side has no
 * such column, one is added.
 *
 * Not every engine has a full join, so it is a union: the left join, and the rows of the right side that no row of the left side matches.
 * The sides of the union are planned separately, with different ids.
 */
import { asFilter } from '../../core/syntax/guards.js'
import type { Expr, ExprType, QueryNode, RowShape } from '../../core/syntax/Syntax.js'
import { expr, query } from '../../core/syntax/Syntax.js'
import { comparable, scopeOf } from '../../core/syntax/scope.js'
import { FALSE, join, MISSING, outputName, present, TRUE, withLeaves, witnessOf } from '../build.js'
import type { Named, Rel, Scalar } from '../Rel.js'
import { type Built, EMPTY, type Planning } from './Planning.js'
import { ref } from './planRow.js'

/** A relation, and an expression that is true in each of its rows and null where a left join found none. */
export const withPresence = (p: Planning, rel: Rel): { readonly rel: Rel; readonly present: Expr<boolean> } => {
  const witness = witnessOf(rel)
  const [tag, tagged] =
    witness !== null
      ? [witness, rel]
      : ((): [Named, Rel] => {
          const column = { id: p.fresh(), name: 'present', scalar: TRUE }
          return [
            { ...column, type: TRUE.type },
            { tag: 'derive', input: rel, columns: [column] },
          ]
        })()
  const isNull = expr<boolean>({ tag: 'call', fn: 'isNull', args: [ref(p, tag.id, { ...tag.type, nullable: true })] }, TRUE.type)
  return { rel: tagged, present: expr({ tag: 'call', fn: 'not', args: [isNull] }, TRUE.type) }
}

/** Plans a full join. */
export const planFullJoin = (p: Planning, { left, right, on }: Extract<QueryNode, { readonly tag: 'fullJoin' }>): Built => {
  const { scalar } = p
  const [l, r] = [p.build(left), p.build(right)]
  if (l.row === null && r.row === null) return EMPTY
  if (r.row === null) return { ...l, row: { left: present(l.row as RowShape), right: MISSING }, order: [] }
  if (l.row === null) return { ...r, row: { left: MISSING, right: present(r.row) }, order: [] }
  const [ls, rs] = [l.row, r.row]
  const matches: Scalar = scalar(asFilter(on(scopeOf(ls), scopeOf(rs)), 'fullJoin'))
  const far = withPresence(p, { tag: 'filter', input: r.rel, predicate: matches })
  const alone = p.build(right)
  const row = alone.row as RowShape
  const partner = query<unknown, unknown>({ tag: 'where', input: left, f: s => asFilter(on(s, scopeOf(row)), 'fullJoin') })
  const found = expr<boolean>({ tag: 'exists', query: partner }, TRUE.type)
  const unmatched: Rel = { tag: 'filter', input: alone.rel, predicate: scalar(expr({ tag: 'call', fn: 'not', args: [found] }, TRUE.type)) }
  const [own, other] = [comparable(ls, 'fullJoin'), comparable(rs, 'fullJoin')]
  const columns = [['left', '?'], ...own.map(([path]) => path), ['right', '?'], ...other.map(([path]) => path)]
  const types = [TRUE.type, ...own.map(([, e]) => e.type), TRUE.type, ...other.map(([, e]) => e.type)]
  const named = columns.map(
    (path, i): Named => ({ id: p.fresh(), name: outputName(path), type: { ...(types[i] as ExprType), nullable: true } }),
  )
  const refs = named.map((c, i) => ref(p, c.id, types[i] as ExprType))
  const nulls = own.map(([, e]): Scalar => ({ node: { tag: 'literal', value: null }, type: { ...e.type, nullable: true } }))
  const sides = {
    left: {
      rel: join('left', l.rel, far.rel, 'right'),
      columns: [TRUE, ...own.map(([, e]) => scalar(e)), scalar(far.present), ...other.map(([, e]) => scalar(e))],
    },
    right: { rel: unmatched, columns: [FALSE, ...nulls, TRUE, ...comparable(row, 'fullJoin').map(([, e]) => scalar(e))] },
  }
  const side = (at: number, shape: RowShape, count: number): RowShape => ({
    kind: 'maybe',
    present: refs[at] as Expr<boolean>,
    row: withLeaves(shape, refs.slice(at + 1, at + 1 + count)),
  })
  return {
    rel: { tag: 'set', operator: 'unionAll', ...sides, columns: named },
    row: { left: side(0, ls, own.length), right: side(own.length + 1, rs, other.length) },
    order: [],
  }
}
