/**
 * Which foreign keys may change further rows after a command, and in which tables: a function of the keys alone, without rows.
 *
 * A command deletes rows of a table, or sets some columns of them. A key follows a deletion by its `onDelete`, and an update by its
 * `onUpdate` if a column that it refers to is set; then rows of the referring table are deleted, or its own columns are set, and so on.
 * `followingOf` is the least set of such keys. Whether rows refer to the changed ones is not known here.
 *
 * The changes of a command are only known if every such table is declared (`changes` takes the declarations) with a primary key and with
 * the columns of the key: others are refused here, on every engine, whether or not there are rows.
 */
import type { AnyTable } from '../syntax/Syntax.js'
import { columnName, qualifiedName } from '../table/Table.js'
import { refuse, unsupported } from '../value/DbError.js'
import type { ReferenceImage, References } from './ReferenceImage.js'
import type { ActionImage, QualifiedName } from './SchemaImage.js'

/** What happens to rows of a table: they may be deleted, and columns of these SQL names may be set. */
export interface Effect {
  readonly deletes: boolean
  readonly sets: ReadonlySet<string>
}

/** A foreign key that may change further rows, by fields of the two declarations. */
export interface FollowedKey {
  /** The identities of the referring and of the referred table. */
  readonly child: string
  readonly parent: string
  readonly childFields: readonly string[]
  readonly parentFields: readonly string[]
  readonly onDelete: ActionImage
  readonly onUpdate: ActionImage
}

/** The tables that a command may change, by identity, its own among them, and the keys between them. */
export interface Following {
  readonly own: string
  readonly tables: ReadonlyMap<string, AnyTable>
  readonly keys: readonly FollowedKey[]
}

/** Whether an action changes the referring row. */
export const isActing = (action: ActionImage): boolean => action !== 'noAction' && action !== 'restrict'

/** Whether a key may change rows after this effect on the table it refers to. */
const follows = (key: ReferenceImage, { deletes, sets }: Effect): boolean =>
  (deletes && isActing(key.onDelete)) || (isActing(key.onUpdate) && key.targetColumns.some(c => sets.has(c)))

/** The keys that may change rows after an effect on a table. */
const reachedKeys = ({ keys, idOf }: References, own: string, effect: Effect): readonly ReferenceImage[] => {
  const effects = new Map<string, { deletes: boolean; readonly sets: Set<string> }>([
    [own, { deletes: effect.deletes, sets: new Set(effect.sets) }],
  ])
  const reached = new Set<ReferenceImage>()
  for (let size = -1; size !== reached.size; ) {
    size = reached.size
    for (const key of keys) {
      const parent = effects.get(idOf(key.target))
      if (parent === undefined || reached.has(key) || !follows(key, parent)) continue
      reached.add(key)
    }
    for (const key of reached) {
      const parent = effects.get(idOf(key.target)) as Effect
      const child = effects.get(idOf(key.table)) ?? { deletes: false, sets: new Set<string>() }
      const before = child.sets.size + (child.deletes ? 1 : 0)
      if (parent.deletes && key.onDelete === 'cascade') child.deletes = true
      const setsOwn =
        (parent.deletes && isActing(key.onDelete) && key.onDelete !== 'cascade') || follows(key, { ...parent, deletes: false })
      if (setsOwn) for (const c of key.columns) child.sets.add(c)
      effects.set(idOf(key.table), child)
      // one more round: another key may follow this
      if (child.sets.size + (child.deletes ? 1 : 0) !== before) size = -1
    }
  }
  return [...reached]
}

/** Refuses a table whose rows have no primary key. */
const keyed = (table: AnyTable): AnyTable =>
  table.primaryKey === null
    ? refuse(
        unsupported(
          `the changes of ${qualifiedName(table)}, which has no primary key`,
          'query-ts',
          'declare a primary key: it identifies rows',
        ),
      )
    : table

const nameText = ({ schema, name }: QualifiedName): string => (schema === null ? name : `${schema}.${name}`)

/** The field of a column; refuses a column that the declaration lacks. */
const fieldOf = (table: AnyTable, column: string, key: ReferenceImage): string =>
  Object.keys(table.columns).find(f => columnName(table, f) === column) ??
  refuse(
    unsupported(
      `the changes of ${qualifiedName(table)} by a foreign key with the column ${column} (${key.columns.join(', ')}), which its declaration lacks`,
      'query-ts',
      'declare the column',
    ),
  )

/**
 * The tables and keys by which a command changes rows. `declared` are the tables that were passed to `changes`. Refuses what is not
 * declared: call it inside `attempting`.
 */
export const followingOf = (references: References, table: AnyTable, declared: readonly AnyTable[], effect: Effect): Following => {
  const { idOf } = references
  const own = idOf(keyed(table))
  const tables = new Map<string, AnyTable>([[own, table]])
  const needed = (name: QualifiedName, key: ReferenceImage): AnyTable => {
    const id = idOf(name)
    const found =
      tables.get(id) ??
      declared.find(t => t.query === null && idOf(t) === id) ??
      refuse(
        unsupported(
          `the changes of a command that may change ${nameText(name)}, which is not among the tables of changes (its foreign key (${key.columns.join(', ')}) references ${nameText(key.target)})`,
          'query-ts',
          'declare the table, and pass it to changes',
        ),
      )
    tables.set(id, keyed(found))
    return found
  }
  const keys = reachedKeys(references, own, effect).map((key): FollowedKey => {
    const [child, parent] = [needed(key.table, key), needed(key.target, key)]
    return {
      child: idOf(key.table),
      parent: idOf(key.target),
      childFields: key.columns.map(c => fieldOf(child, c, key)),
      parentFields: key.targetColumns.map(c => fieldOf(parent, c, key)),
      onDelete: key.onDelete,
      onUpdate: key.onUpdate,
    }
  })
  return { own, tables, keys }
}
