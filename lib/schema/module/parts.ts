/**
 * The tables of an image as a written module has them: which constraints and indexes it describes, and which it leaves to the database.
 *
 * A key, index or foreign key is described if the options of `table` and `fk` can say it and `validate` accepts it; a check, an expression and a
 * condition if its text is code. All others are unmanaged: they are listed by name, so that a difference leaves them alone. A table without
 * columns, or with an empty name, can't be described at all.
 *
 * Law: every constraint and index of a described table is either described or listed by its `unmanagedName`.
 */
import {
  type CheckImage,
  type ForeignKeyImage,
  type IndexImage,
  idOf,
  type KeyImage,
  type QualifiedName,
  type SchemaImage,
  type TableImage,
} from '../../core/schema/SchemaImage.js'
import { bytesIn, shortName } from '../../core/table/Table.js'
import { textProblem } from '../../core/value/Canonical.js'
import { hasOrder } from '../../core/value/SqlType.js'
import type { Dialect } from '../../sql/Dialect.js'
import { type Unmanageable, unmanagedName } from '../unmanaged.js'
import { type Fields, fieldsOf, sameFields } from './names.js'

/** A table with the names that it has in a module. */
export interface Part {
  readonly image: TableImage
  readonly constant: string
  readonly fields: Fields
  readonly primaryKey: KeyImage | null
  readonly uniques: readonly KeyImage[]
  readonly indexes: readonly IndexImage[]
  readonly checks: readonly CheckImage[]
  readonly foreignKeys: readonly ForeignKeyImage[]
  /** Checks that the types of columns would have, and the database does not. */
  readonly missing: readonly string[]
  /** What is left to the database, in the order of the image. */
  readonly unmanaged: readonly Unmanageable[]
}

const isNamable = (name: string): boolean => name !== '' && textProblem(name) === null
const isShort = (name: string | null): boolean => name === null || (isNamable(name) && bytesIn(name) <= 63)

/** Whether a table can be described. */
export const isDescribable = (t: TableImage): boolean =>
  t.columns.length > 0 && [t.name, ...(t.schema === null ? [] : [t.schema]), ...t.columns.map(c => c.name)].every(isNamable)

const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every(x => b.includes(x))

/** The constraints and indexes of a table, by kind. */
const objects = (t: TableImage): readonly Unmanageable[] => [
  ...(t.primaryKey === null ? [] : [{ kind: 'primaryKey' as const, of: t.primaryKey }]),
  ...t.uniques.map(of => ({ kind: 'unique' as const, of })),
  ...t.checks.map(of => ({ kind: 'check' as const, of })),
  ...t.indexes.map(of => ({ kind: 'index' as const, of })),
  ...t.foreignKeys.map(of => ({ kind: 'foreignKey' as const, of })),
]

const isPlainIndex = (t: TableImage, i: IndexImage): boolean => {
  const columns = i.keys.flatMap(k => (k.of.tag === 'column' ? [k.of.name] : []))
  return (
    i.valid &&
    i.options === '' &&
    i.where === null &&
    columns.length === i.keys.length &&
    new Set(columns).size === columns.length &&
    i.keys.every(k => {
      const type = t.columns.find(c => k.of.tag === 'column' && c.name === k.of.name)?.type
      return type !== undefined && ((k.direction === 'asc' && k.nulls === null) || hasOrder(type))
    })
  )
}

/** The names of the checks that the types of the columns have. */
const impliedChecks = (t: TableImage, dialect: Dialect | null): readonly string[] =>
  t.columns.flatMap(c =>
    dialect === null ? [] : dialect.ddl.typeChecks(c.type, 'x').map(([suffix]) => shortName(`${t.name}_${c.name}__${suffix}`)),
  )

type Code = (text: string | null) => string | null

const isCodeIndex = (i: IndexImage, code: Code): boolean =>
  i.valid &&
  i.options === '' &&
  i.keys.length > 0 &&
  (i.where === null || code(i.where.text) !== null) &&
  i.keys.every(k => k.of.tag === 'column' || code(k.of.text) !== null)

/** The parts of a table that stand alone, with the names of indexes that others have in the same database schema. */
const partOf = (t: TableImage, dialect: Dialect | null, constant: string, code: Code, indexNames: Set<string>): Part => {
  const all = objects(t)
  /** Foreign keys have names of their own. */
  const others = (x: Unmanageable): readonly Unmanageable[] => all.filter(o => (o.kind === 'foreignKey') === (x.kind === 'foreignKey'))
  const isOnly = (x: Unmanageable): boolean => others(x).filter(o => unmanagedName(o) === unmanagedName(x)).length === 1
  const has = (columns: readonly string[]): boolean =>
    columns.length > 0 && columns.every((c, i) => columns.indexOf(c) === i && t.columns.some(k => k.name === c))
  const isNullable = (columns: readonly string[]): boolean => columns.some(n => t.columns.find(c => c.name === n)?.nullable)
  const implied = impliedChecks(t, dialect)
  const isDescribed = (x: Unmanageable): boolean => {
    if (x.kind === 'check' && dialect !== null) return x.of.valid && x.of.name !== null && implied.includes(x.of.name)
    if (!isOnly(x) || !isShort(x.of.name)) return false
    switch (x.kind) {
      case 'check':
        return x.of.valid && x.of.name !== null && code(x.of.text) !== null
      case 'primaryKey':
        return has(x.of.columns) && !isNullable(x.of.columns)
      case 'unique':
        return has(x.of.columns)
      case 'index': {
        const name = idOf({ schema: t.schema, name: x.of.name })
        if (!(isPlainIndex(t, x.of) || (dialect === null && isCodeIndex(x.of, code))) || indexNames.has(name)) return false
        indexNames.add(name)
        return true
      }
      case 'foreignKey':
        return has(x.of.columns)
    }
  }
  const described = all.filter(isDescribed)
  return {
    image: t,
    constant,
    fields: (dialect === null ? sameFields : fieldsOf)(t.columns.map(c => c.name)),
    ...byKind(described),
    missing: implied.filter(name => !t.checks.some(c => c.name === name)),
    unmanaged: all.filter(x => !described.includes(x)),
  }
}

type ByKind = Pick<Part, 'primaryKey' | 'uniques' | 'indexes' | 'checks' | 'foreignKeys'>

const byKind = (all: readonly Unmanageable[]): ByKind => ({
  primaryKey: all.flatMap(x => (x.kind === 'primaryKey' ? [x.of] : []))[0] ?? null,
  uniques: all.flatMap(x => (x.kind === 'unique' ? [x.of] : [])),
  indexes: all.flatMap(x => (x.kind === 'index' ? [x.of] : [])),
  checks: all.flatMap(x => (x.kind === 'check' ? [x.of] : [])),
  foreignKeys: all.flatMap(x => (x.kind === 'foreignKey' ? [x.of] : [])),
})

/** The described table that a name is of. */
export const partNamed = (parts: readonly Part[], name: QualifiedName): Part | undefined => parts.find(p => idOf(p.image) === idOf(name))

const isReference = (f: ForeignKeyImage, own: Part, target: Part | undefined): boolean =>
  target !== undefined &&
  f.valid &&
  !f.deferrable &&
  f.onDelete !== 'setDefault' &&
  f.onUpdate !== 'setDefault' &&
  f.columns.length === f.targetColumns.length &&
  !(own === target && f.columns.every((c, i) => c === f.targetColumns[i])) &&
  [...(target.primaryKey === null ? [] : [target.primaryKey]), ...target.uniques].some(k => same(k.columns, f.targetColumns))

/** A part without what is no reference, and without what has the name of something unmanaged: names are all that tells them apart. */
const reduced = (part: Part, parts: readonly Part[]): Part => {
  const left = new Set(part.unmanaged.map(unmanagedName))
  const all = objects(part.image)
  const unmanaged = all.filter(
    x =>
      left.has(unmanagedName(x)) ||
      (x.kind === 'foreignKey' && part.foreignKeys.includes(x.of) && !isReference(x.of, part, partNamed(parts, x.of.target))),
  )
  const isLeft = (of: Unmanageable['of']): boolean => unmanaged.some(x => x.of === of)
  return unmanaged.length === part.unmanaged.length ? part : { ...part, ...byKind(described(part).filter(x => !isLeft(x.of))), unmanaged }
}

const described = ({ primaryKey, uniques, indexes, checks, foreignKeys, image }: Part): readonly Unmanageable[] =>
  objects(image).filter(({ of }) => of === primaryKey || [...uniques, ...indexes, ...checks, ...foreignKeys].some(x => x === of))

/** The describable tables of an image, by the constants that they have. */
export const partsOf = (
  image: SchemaImage,
  dialect: Dialect | null,
  constantOf: (t: QualifiedName) => string,
  code: Code,
): readonly Part[] => {
  const indexNames = new Set<string>()
  let parts = image.tables.filter(isDescribable).map(t => partOf(t, dialect, constantOf(t), code, indexNames))
  // a key that is left to the database takes the foreign keys to it along, and a name what shares it
  for (;;) {
    const before = parts
    parts = before.map(p => reduced(p, before))
    if (parts.every((p, i) => p === before[i])) return parts
  }
}
