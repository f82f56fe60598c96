/**
 * The columns that a relation makes visible to the relations above it.
 *
 * A join has the columns of both sides; `filter`, `limit`, `window` and `derive` keep those of their input and may add some; every
 * other relation has only its own. Under grouping sets a key may be null, whatever its expression.
 */
import type { Computed, Named, Rel } from './Rel.js'

const cache = new WeakMap<Rel, readonly Named[]>()

/** The columns of a relation. They are cached only where requested: caching them at each join of a chain would take quadratic memory. */
export const columnsBy = (rel: Rel): readonly Named[] => {
  const known = cache.get(rel)
  if (known !== undefined) return known
  const found: Named[] = []
  const add = (r: Rel): void => {
    for (const input of keptInputs(r)) add(input)
    for (const c of ownColumns(r)) found.push(c)
  }
  add(rel)
  cache.set(rel, found)
  return found
}

/** The inputs whose columns a relation keeps. */
const keptInputs = (rel: Rel): readonly Rel[] => {
  switch (rel.tag) {
    case 'join':
      return [rel.left, rel.right]
    case 'filter':
    case 'limit':
    case 'window':
    case 'derive':
      return [rel.input]
    default:
      return []
  }
}

const ownColumns = (rel: Rel): readonly Named[] => {
  const computed = (columns: readonly Computed[]): readonly Named[] => columns.map(c => ({ id: c.id, name: c.name, type: c.scalar.type }))
  switch (rel.tag) {
    case 'unit':
    case 'empty':
    case 'filter':
    case 'limit':
    case 'join':
      return []
    case 'aggregate':
      return rel.sets === null
        ? [...computed(rel.keys), ...rel.aggs]
        : [...computed(rel.keys).map(k => ({ ...k, type: { ...k.type, nullable: true } })), ...rel.aggs, ...rel.sets.present]
    case 'distinct':
    case 'derive':
      return computed(rel.columns)
    default:
      return rel.columns
  }
}
