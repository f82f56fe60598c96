/**
 * The output columns of a plan, and how a row of cells becomes a result.
 *
 * Each expression, presence of an optional side and nested collection of a row is one output. A nested collection is a plan inside
 * its output; errors of decoding name the path of a value in the result, so paths are made here.
 */
import type { AnyQuery, Nested, RowShape } from '../../core/syntax/Syntax.js'
import { visit } from '../../core/syntax/scope.js'
import { stable } from '../../core/syntax/volatile.js'
import { ONE } from '../build.js'
import { column } from '../conditions.js'
import { isForeignTo } from '../ids.js'
import type { Computed, Output, Plan, RowPlan, Scalar } from '../Rel.js'
import { EMPTY, type Planning } from './Planning.js'
import { sortKey } from './planRow.js'

/** The output columns of a row, and how they become a result. */
export interface Outputs {
  readonly outputs: readonly Output[]
  readonly row: RowPlan
}

/** The plan of a query whose rows are at path `at` of the result; `isNested` in a nested collection, which refuses volatile expressions. */
export const planRows = (p: Planning, q: AnyQuery, at: readonly string[] = [], isNested = false): Plan => {
  const built = p.build(q)
  if (built.row === null) return { rel: EMPTY.rel, order: [], outputs: [], row: { tag: 'record', fields: [] } }
  return { rel: built.rel, order: built.order.map(o => sortKey(p, o)), ...planOutputs(p, built.row, at, isNested) }
}

/** The output columns of a row at path `at` of the result. */
export const planOutputs = (p: Planning, shape: RowShape, at: readonly string[] = [], isNested = false): Outputs => {
  const outputs: Output[] = []
  const output = (path: readonly string[], s: Scalar): number => outputs.push({ path, scalar: s }) - 1
  const rowPlan = (row: RowShape, path: readonly string[]): RowPlan => {
    const v = visit(row)
    const fields = (of: { readonly [name: string]: RowShape }) =>
      Object.entries(of).map(([name, r]) => [name, rowPlan(r, [...path, name])] as const)
    switch (v.tag) {
      case 'leaf': {
        if (isNested && v.leaf.kind === 'expr') stable(v.leaf, 'a nested collection')
        if (v.leaf.kind === 'expr') return { tag: 'cell', index: output(path, p.scalar(v.leaf)), path, type: v.leaf.type }
        const nested = nestedPlan(p, v.leaf, path)
        return {
          tag: 'nested',
          index: output(path, { node: { tag: 'nested', plan: nested }, type: v.leaf.type }),
          path,
          cardinality: v.leaf.cardinality,
          row: nested.row,
        }
      }
      case 'maybe':
        return { tag: 'maybe', index: output([...path, '?'], p.scalar(v.maybe.present)), row: rowPlan(v.maybe.row, path) }
      case 'mapped':
        return { tag: 'mapped', row: rowPlan(v.row, path), f: v.f }
      case 'extended':
        return { tag: 'extended', row: rowPlan(v.row, path), fields: fields(v.fields) }
      case 'record':
        return { tag: 'record', fields: fields(v.fields) }
    }
  }
  return { row: rowPlan(shape, at), outputs }
}

/**
 * The plan of a nested collection. It is printed as an SQL aggregate of its cells; where these mention outer columns only, SQL would
 * take it for an aggregate of the enclosing query, so they become columns of the collection's own relation first.
 */
const nestedPlan = (planning: Planning, nested: Nested<any>, at: readonly string[]): Plan => {
  const p = planRows(planning, nested.query, at, true)
  const limited: Plan =
    nested.cardinality === 'many' ? p : { ...p, rel: { tag: 'limit', input: p.rel, order: p.order, count: ONE, offset: null } }
  const parts = [...limited.outputs, ...limited.order].map(o => o.scalar)
  if (!isForeignTo(limited.rel, parts)) return limited
  const columns = parts.map((s): Computed => ({ id: planning.fresh(), name: 'value', scalar: s }))
  const moved = (i: number): Scalar => column((columns[i] as Computed).id, (parts[i] as Scalar).type)
  return {
    ...limited,
    rel: { tag: 'derive', input: limited.rel, columns },
    outputs: limited.outputs.map((o, i) => ({ ...o, scalar: moved(i) })),
    order: limited.order.map((k, i) => ({ ...k, scalar: moved(limited.outputs.length + i) })),
  }
}
