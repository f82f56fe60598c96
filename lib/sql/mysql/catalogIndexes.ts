/**
 * Keys and indexes of MySQL and MariaDB, as their catalogs report them.
 *
 * A unique index over whole columns is a unique key, and reported as one: to the engines they are the same. A unique index with an expression,
 * a prefix, a descending column or a comment is an index. The engines make an index for a foreign key that has none, named after the
 * key, or after its first column where the key has no name: it is not reported, because a definition of the foreign key makes it again.
 *
 * MariaDB has no indexes over expressions (10.11): an invisible computed column that is named after the index stands for each of them.
 */
import type { ForeignKeyImage, IndexImage, IndexKeyImage, KeyImage } from '../../core/schema/SchemaImage.js'
import type { Read } from './catalogQueries.js'
import { literalText } from './catalogTexts.js'

type KeyRow = Read['keys'][number]

/** The keys and indexes of a table. */
interface Indexes {
  readonly primaryKey: KeyImage | null
  readonly uniques: readonly KeyImage[]
  readonly indexes: readonly IndexImage[]
}

/** Whether a column is there for an expression of an index: `ix__1` for one of `ix`. Only an invisible computed column is. */
export const isIndexColumn = (index: string, column: string): boolean =>
  column.startsWith(`${index}__`) && /^\d+$/.test(column.slice(index.length + 2))

const sameColumns = (a: readonly (string | null)[], b: readonly string[]): boolean => a.length === b.length && b.every((c, i) => a[i] === c)

/** Whether the engine has made an index by itself, for a foreign key. */
const isMadeFor = (table: string, name: string, keys: readonly KeyRow[], f: ForeignKeyImage): boolean => {
  if (!keys.every(k => k.prefix === null && k.direction === 'A' && k.repeats === '1')) return false
  const columns = keys.map(k => k.column)
  if (!sameColumns(columns, f.columns)) return false
  const first = f.columns[0] ?? ''
  const isUnnamed = f.name?.startsWith(`${table}_ibfk_`) === true && (name === first || /^_\d+$/.test(name.slice(first.length)))
  return name === f.name || (isUnnamed && name.startsWith(first))
}

/** What an index has no field for: the prefixes of its columns, and its comment. */
const optionsOf = (keys: readonly KeyRow[], method: string | null): string => {
  const prefixes = keys.flatMap(k => (k.prefix === null || method === 'spatial' ? [] : [`\`${k.column}\`(${k.prefix})`]))
  const comment = keys[0]?.comment ?? ''
  return [...(prefixes.length === 0 ? [] : [prefixes.join(', ')]), ...(comment === '' ? [] : [`COMMENT ${literalText(comment)}`])].join(' ')
}

/** The keys and indexes of a table, of their parts in order. `hidden` are the texts of columns that stand for expressions. */
export const indexesOf = (
  table: string,
  parts: readonly KeyRow[],
  foreignKeys: readonly ForeignKeyImage[],
  expression: (text: string) => string,
  hidden: { readonly [column: string]: string },
): Indexes => {
  const byIndex = new Map<string, KeyRow[]>()
  for (const part of parts) {
    const name = part.index ?? ''
    const list = byIndex.get(name)
    if (list === undefined) byIndex.set(name, [part])
    else list.push(part)
  }
  const uniques: KeyImage[] = []
  const indexes: IndexImage[] = []
  let primaryKey: KeyImage | null = null
  const keyOf = (k: KeyRow): IndexKeyImage => {
    const text = k.expression === null ? hidden[k.column ?? ''] : expression(k.expression)
    return {
      of: text === undefined ? { tag: 'column', name: k.column ?? '' } : { tag: 'expression', text },
      direction: k.direction === 'D' ? 'desc' : 'asc',
      nulls: null,
    }
  }
  for (const [name, keys] of byIndex) {
    const first = keys[0] as KeyRow
    const columns = keys.map(k => k.column ?? '')
    if (name === 'PRIMARY') primaryKey = { name: null, columns }
    else if (!foreignKeys.some(f => isMadeFor(table, name, keys, f))) {
      const unique = first.repeats === '0'
      const isHash = first.method === 'HASH' && unique
      const method = first.method === 'BTREE' || isHash ? null : (first.method?.toLowerCase() ?? null)
      const images = keys.map(keyOf)
      const options = optionsOf(keys, method)
      const isKey = unique && options === '' && method === null && first.used !== 'NO'
      if (isKey && images.every(k => k.of.tag === 'column' && k.direction === 'asc')) uniques.push({ name, columns })
      else indexes.push({ name, keys: images, unique, where: null, method, options, valid: first.used !== 'NO' })
    }
  }
  return { primaryKey, uniques, indexes }
}
