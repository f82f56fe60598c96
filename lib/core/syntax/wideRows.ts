/**
 * Wide records: rows with many fields, to which `bind` and `let` add one after the other.
 *
 * A record with few fields is copied when one is added. From a certain width on, that would cost n² copies for a query of n steps: such a record
 * is a view of a `Chain`, and becomes an object with all its fields only if they are listed. From outside both are plain records: `s.name`,
 * `{ ...s }`, `Object.keys(s)` mean the same.
 *
 * Laws: `withFields(r, fs)` is `{ ...r, ...fs }`; `seenThrough(r, f)` has `f` of each field of r; `unchecked(r)` are all fields of r the first
 * time, and later those that are not in a record from which r grew and that was checked before.
 */
import { Chain } from './chain.js'
import type { RowShape, Shape } from './Syntax.js'

/** The fields of a record. */
export interface Fields {
  readonly [name: string]: RowShape
}

/** A field, and its scope, which is computed on first use. */
interface Field {
  readonly row: RowShape
  seen?: Shape
}

/** Records with fewer fields are copied. */
const WIDE = 64

const chains = new WeakMap<object, Chain<string, Field>>()

const entriesOf = (fields: Fields): readonly (readonly [string, Field])[] =>
  Object.keys(fields).map(name => [name, { row: fields[name] as RowShape }])

/** The fields of a wide record; null for one that is copied. */
const chainOf = (record: Fields): Chain<string, Field> | null => {
  const known = chains.get(record)
  if (known !== undefined) return known
  if (Object.keys(record).length < WIDE) return null
  const chain = Chain.of(entriesOf(record))
  chains.set(record, chain)
  return chain
}

/** The record of a chain: a proxy without fields until they are listed. */
const viewOf = (chain: Chain<string, Field>, value: (field: Field) => RowShape): Fields => {
  let isFull = false
  const full = (target: object): object => {
    if (isFull) return target
    isFull = true
    for (const [name, field] of chain)
      Object.defineProperty(target, name, { value: value(field), enumerable: true, configurable: true, writable: true })
    return target
  }
  return new Proxy(
    {},
    {
      get: (target, name) => {
        const field = isFull || typeof name !== 'string' ? undefined : chain.get(name)
        return field === undefined ? Reflect.get(target, name) : value(field)
      },
      has: (target, name) => Reflect.has(full(target), name),
      ownKeys: target => Reflect.ownKeys(full(target)),
      getOwnPropertyDescriptor: (target, name) => Reflect.getOwnPropertyDescriptor(full(target), name),
      set: (target, name, x) => Reflect.set(full(target), name, x),
      defineProperty: (target, name, property) => Reflect.defineProperty(full(target), name, property),
      deleteProperty: (target, name) => Reflect.deleteProperty(full(target), name),
      preventExtensions: target => Reflect.preventExtensions(full(target)),
    },
  )
}

/** Adds fields to a record. */
export const withFields = (record: Fields, fields: Fields): Fields => {
  const chain = chainOf(record)?.with(entriesOf(fields))
  if (chain === undefined) return { ...record, ...fields }
  const wide = viewOf(chain, field => field.row)
  chains.set(wide, chain)
  return wide
}

/** A wide record with a function applied to each field on first access; null for a record that is copied. */
export const seenThrough = (record: Fields, see: (row: RowShape) => Shape): { readonly [name: string]: Shape } | null => {
  const chain = chainOf(record)
  if (chain === null) return null
  const seen = (field: Field): Shape => {
    field.seen ??= see(field.row)
    return field.seen
  }
  return viewOf(chain, seen) as { readonly [name: string]: Shape }
}

/** How many of the first fields of a line of records have been checked. */
const checked = new WeakMap<object, number>()

/** The fields of a record that have not been checked yet; `done` marks them as checked. */
export const unchecked = (record: Fields): { readonly fields: readonly RowShape[]; readonly done: () => void } => {
  const chain = chainOf(record)
  if (chain === null) return { fields: Object.keys(record).map(name => record[name] as RowShape), done: () => undefined }
  const { line, size } = chain
  const known = checked.get(line) ?? 0
  return { fields: Array.from(chain.from(known), ([, field]) => field.row), done: () => checked.set(line, Math.max(known, size)) }
}
