/**
 * When two results are the same.
 *
 * A query denotes a bag of rows, or a list if its order is total. The same holds for the collections inside its rows, each by its own
 * query. So results are compared along the row of the query. Floats agree within 1e-9 relative, since engines add in different orders; -0
 * is not 0, instants are compared by time, bytes by byte, JSON without regard to the order of its keys.
 */
import * as O from 'fp-ts/lib/Option.js'
import type { AnyQuery, RowShape } from '../lib/core/syntax/Syntax.js'
import { rowOf, visit } from '../lib/core/syntax/scope.js'
import { attempting } from '../lib/core/value/DbError.js'
import { isOrdered } from './arbitrary/assemble.js'
import { valueText } from './arbitrary/values.js'

/** How a result is compared: the structure of the row of its query. */
export type Form =
  | { readonly tag: 'cell' }
  | { readonly tag: 'rows'; readonly ordered: boolean; readonly row: Form }
  | { readonly tag: 'option'; readonly row: Form }
  | { readonly tag: 'record'; readonly fields: { readonly [name: string]: Form } }
  /** What a generated `mapRow` makes of the row: `{ it: row }`, possibly with more fields. */
  | { readonly tag: 'mapped'; readonly row: Form; readonly fields: { readonly [name: string]: Form } }

const CELL: Form = { tag: 'cell' }

export const formOfRow = (row: RowShape): Form => {
  const v = visit(row)
  const fieldsOf = (fields: { readonly [name: string]: RowShape }) =>
    Object.fromEntries(Object.entries(fields).map(([name, f]) => [name, formOfRow(f)]))
  switch (v.tag) {
    case 'leaf':
      if (v.leaf.kind === 'expr') return CELL
      return v.leaf.cardinality === 'many'
        ? formOf(v.leaf.query, isOrdered(v.leaf.query))
        : { tag: 'option', row: formOf(v.leaf.query, false).row }
    case 'maybe':
      return { tag: 'option', row: formOfRow(v.maybe.row) }
    case 'record':
      return { tag: 'record', fields: fieldsOf(v.fields) }
    case 'mapped':
      return { tag: 'mapped', row: formOfRow(v.row), fields: {} }
    case 'extended': {
      const inner = formOfRow(v.row)
      return inner.tag === 'mapped' ? { ...inner, fields: { ...inner.fields, ...fieldsOf(v.fields) } } : inner
    }
  }
}

/** The form of the whole result of a query; `ordered`: whether it is compared as a list. */
export const formOf = (q: AnyQuery, ordered: boolean): Form & { readonly tag: 'rows' } => {
  const row = attempting('a query', () => rowOf(q))
  return { tag: 'rows', ordered, row: row._tag === 'Left' || row.right === null ? CELL : formOfRow(row.right) }
}

/** A text that is the same for all values that are the same in this form, except for floats that differ by rounding. */
export const show = (form: Form, value: any): string => {
  if (value === undefined || (form.tag !== 'cell' && value === null)) return `${value} in place of a ${form.tag}`
  switch (form.tag) {
    case 'cell':
      return cellText(value)
    case 'rows': {
      const rows = (value as readonly unknown[]).map(r => show(form.row, r))
      return form.ordered ? `[${rows.join(', ')}]` : `bag[${rows.sort().join(', ')}]`
    }
    case 'option':
      return O.isSome(value as O.Option<unknown>) ? `some(${show(form.row, value.value)})` : 'none'
    case 'record':
      return `{ ${Object.entries(form.fields)
        .map(([name, f]) => `${name}: ${show(f, value[name])}`)
        .join(', ')} }`
    case 'mapped':
      return mappedParts(form, value)
        .map(([name, f, part]) => `${name}: ${show(f, part)}`)
        .join(', ')
  }
}

const sortedKeys = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sortedKeys)
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map(k => [k, sortedKeys((value as { readonly [k: string]: unknown })[k])]),
  )
}

const cellText = (value: unknown): string => valueText(sortedKeys(value))

type MappedPart = readonly [string, Form, unknown]

/** The fields that `r => ({ it: r })` and similar functions made, each with its form. */
const mappedParts = (form: Form & { readonly tag: 'mapped' }, value: any): readonly MappedPart[] => {
  const added = Object.entries(form.fields).map(([name, f]): MappedPart => [name, f, value[name]])
  const again = 'again' in value ? [['again', form.row, value.again] as const] : []
  return [['it', form.row, value.it], ...again, ...added]
}

const near = (a: number, b: number): boolean => {
  if (Object.is(a, b)) return true
  if (a === 0 && b === 0) return false
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b)) || Math.abs(a - b) <= 1e-300
}

const sameCell = (a: unknown, b: unknown): boolean => {
  if (typeof a === 'number' && typeof b === 'number') return near(a, b)
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => sameCell(x, b[i]))
  return typeof a === typeof b && cellText(a) === cellText(b)
}

/** Whether two bags have the same elements, each equally often. */
export const sameBag = <A>(a: readonly A[], b: readonly A[], same: (x: A, y: A) => boolean): boolean => {
  if (a.length !== b.length) return false
  const rest = [...b]
  return a.every(x => {
    const at = rest.findIndex(y => same(x, y))
    if (at < 0) return false
    rest.splice(at, 1)
    return true
  })
}

const sameUnordered = (form: Form, a: readonly unknown[], b: readonly unknown[]): boolean => {
  if (a.length !== b.length) return false
  const sorted = (rows: readonly unknown[]): readonly unknown[] =>
    rows
      .map(r => [show(form, r), r] as const)
      .sort(([x], [y]) => (x < y ? -1 : x > y ? 1 : 0))
      .map(([, r]) => r)
  const [x, y] = [sorted(a), sorted(b)]
  return x.every((r, i) => sameAnswer(form, r, y[i])) || sameBag(a, b, (r, s) => sameAnswer(form, r, s))
}

/** Whether two results are the same in this form. */
export const sameAnswer = (form: Form, a: any, b: any): boolean => {
  switch (form.tag) {
    case 'cell':
      return sameCell(a, b)
    case 'rows':
      if (!Array.isArray(a) || !Array.isArray(b)) return false
      return form.ordered ? a.length === b.length && a.every((r, i) => sameAnswer(form.row, r, b[i])) : sameUnordered(form.row, a, b)
    case 'option':
      return O.isSome(a) && O.isSome(b) ? sameAnswer(form.row, a.value, b.value) : O.isNone(a) && O.isNone(b)
    case 'record':
      return Object.entries(form.fields).every(([name, f]) => sameAnswer(f, a?.[name], b?.[name])) && sameFields(a, b)
    case 'mapped': {
      const [x, y] = [mappedParts(form, a), mappedParts(form, b)]
      return x.length === y.length && x.every(([, f, part], i) => sameAnswer(f, part, y[i]?.[2]))
    }
  }
}

const sameFields = (a: object, b: object): boolean => Object.keys(a).sort().join() === Object.keys(b).sort().join()
