/**
 * The algorithms by which MySQL and MariaDB alter a table, by kind of change.
 *
 * Each entry was found by trying: every kind on a table with rows, with each algorithm demanded, the mildest first, until one was accepted
 * (MySQL 9.7, MariaDB 10.11). test/live/algorithms.mysql.test.ts repeats the trials on the servers and fails where the table is wrong.
 *
 * A statement that demands its algorithm is refused by the engine where it would need a harsher one: a wrong entry is an error, never a
 * lock. MySQL takes 64 instant changes of columns in a row (error 4092); OPTIMIZE TABLE makes room. `foreign_key_checks` stays on, with which
 * a foreign key is added by copying.
 */
import type { Change } from '../../core/schema/Change.js'
import type { Step } from '../../core/schema/Step.js'
import type { AnyTable } from '../../core/syntax/Syntax.js'
import { indexFields } from '../../core/table/indexes.js'
import { uniqueKeys } from '../../core/table/Table.js'
import type { SqlType } from '../../core/value/SqlType.js'
import type { AlterParts } from '../AlterParts.js'

/**
 * How a statement is done: `instant` changes the definition alone; `inplace` reads the table at most; `rebuild` writes it again while others
 * write; `shared` blocks writes; `copy` writes it again and blocks writes.
 */
export type Algorithm = 'instant' | 'inplace' | 'rebuild' | 'shared' | 'copy'

/** [MySQL 9.7, MariaDB 10.11] */
const TABLE = {
  'add a column': ['instant', 'instant'],
  'add a column with a check': ['copy', 'copy'],
  'drop a column': ['instant', 'instant'],
  'rename a column': ['instant', 'instant'],
  'rename a column of a check': ['copy', 'copy'],
  'lengthen a varchar': ['inplace', 'instant'],
  'lengthen a varchar beyond 255 bytes': ['copy', 'instant'],
  'change a type': ['copy', 'copy'],
  'allow null': ['rebuild', 'rebuild'],
  'forbid null': ['rebuild', 'rebuild'],
  'set a default': ['instant', 'instant'],
  'comment a column': ['instant', 'instant'],
  'comment a table': ['inplace', 'instant'],
  'add a primary key': ['rebuild', 'rebuild'],
  'drop a primary key': ['copy', 'copy'],
  'add a unique key': ['inplace', 'inplace'],
  'drop a unique key': ['inplace', 'inplace'],
  'rename a unique key': ['inplace', 'instant'],
  'add a check': ['copy', 'copy'],
  'drop a check': ['instant', 'instant'],
  'rename a check': ['copy', 'copy'],
  'rename a table': ['instant', 'instant'],
  'create an index': ['inplace', 'inplace'],
  'create an index over an expression': ['shared', 'shared'],
  'drop an index': ['inplace', 'inplace'],
  'drop an index over an expression': ['inplace', 'inplace'],
  'add a foreign key': ['copy', 'copy'],
  'drop a foreign key': ['inplace', 'instant'],
} as const satisfies { readonly [kind: string]: readonly [Algorithm, Algorithm] }

/** A kind of statement that alters a table. */
export type AlterKind = keyof typeof TABLE

/** The algorithm of each kind. */
export type Algorithms = { readonly [kind in AlterKind]: Algorithm }

const columnOf = (which: 0 | 1): Algorithms =>
  Object.fromEntries(Object.entries(TABLE).map(([kind, algorithms]) => [kind, algorithms[which]])) as unknown as Algorithms

/** The algorithms of MySQL (9.7). */
export const mysqlAlgorithms: Algorithms = columnOf(0)

/** The algorithms of MariaDB (10.11). */
export const mariadbAlgorithms: Algorithms = columnOf(1)

/** The clauses that demand an algorithm and its lock. */
export const CLAUSES: { readonly [algorithm in Algorithm]: readonly string[] } = {
  instant: ['ALGORITHM=INSTANT'],
  inplace: ['ALGORITHM=INPLACE', 'LOCK=NONE'],
  rebuild: ['ALGORITHM=INPLACE', 'LOCK=NONE'],
  shared: ['ALGORITHM=INPLACE', 'LOCK=SHARED'],
  copy: ['ALGORITHM=COPY', 'LOCK=SHARED'],
}

/** The most bytes of a varchar whose length is one byte; a character of utf8mb4 has up to four. */
const SHORT_BYTES = 255

const lengthened = (from: SqlType, to: SqlType): AlterKind => {
  if (from.tag !== 'varchar' || to.tag !== 'varchar' || to.length < from.length) return 'change a type'
  return 4 * from.length <= SHORT_BYTES && 4 * to.length > SHORT_BYTES ? 'lengthen a varchar beyond 255 bytes' : 'lengthen a varchar'
}

/** The kinds of the statements of a change, one for each statement of `alter`. */
export const kindsOfChange = (change: Change, parts: AlterParts): readonly AlterKind[] => {
  const { before, after } = parts
  switch (change.tag) {
    case 'renameTable': {
      const hasChecks = Object.keys(before.columns).some(f =>
        parts.typeChecks(f).some((c, i) => c.name !== parts.typeChecksAfter(f)[i]?.name),
      )
      return hasChecks ? ['rename a table', 'rename a check'] : ['rename a table']
    }
    case 'addColumn':
      return [parts.typeChecksAfter(change.field).length > 0 ? 'add a column with a check' : 'add a column']
    case 'dropColumn':
      // refused by the engine while an index has the column, which would be dropped or shortened silently
      return ['drop a column']
    case 'renameColumn': {
      const { field } = change
      if (parts.column(field) === parts.columnAfter(field)) return []
      return [parts.typeChecks(field).length + parts.checksOver(field).length > 0 ? 'rename a column of a check' : 'rename a column']
    }
    case 'changeType': {
      const { field } = change
      const [from, to] = [before.types[field], after.types[field]]
      if (from === undefined || to === undefined || parts.typeChecks(field).length + parts.typeChecksAfter(field).length > 0)
        return ['change a type']
      return [lengthened(from.sql, to.sql)]
    }
    case 'setNullable':
      return ['allow null']
    case 'setNotNull':
      return ['forbid null']
    case 'setDefault':
      return ['set a default']
    case 'setComment':
      return [change.field === null ? 'comment a table' : 'comment a column']
    case 'addKey':
      if (parts.keyed.length > 0) return ['change a type']
      return [change.primary ? 'add a primary key' : 'add a unique key']
    case 'dropKey':
      return [before.primaryKey?.name === change.name ? 'drop a primary key' : 'drop a unique key']
    case 'addCheck':
      return ['add a check']
    case 'dropCheck':
      return ['drop a check']
    case 'renameConstraint':
      if (before.primaryKey?.name === change.from) return []
      return [uniqueKeys(before).some(k => k.name === change.from) ? 'rename a unique key' : 'rename a check']
  }
}

/** Whether a column may get another type when it becomes part of a key. */
const dependsOnKeys = (t: AnyTable, field: string): boolean => ['text', 'bytes'].includes(t.types[field]?.sql.tag ?? '')

/** The kind of the statement of a step; null for one that alters no existing table. */
export const kindOfStep = (step: Exclude<Step, { readonly tag: 'alterTable' }>): AlterKind | null => {
  switch (step.tag) {
    case 'createIndex': {
      const fields = indexFields(step.table, step.index)
      const isPlain = step.index.where === null && fields.every(f => f !== null)
      if (fields.some(f => f !== null && dependsOnKeys(step.table, f))) return 'change a type'
      return isPlain ? 'create an index' : 'create an index over an expression'
    }
    case 'dropIndex': {
      const declared = step.table.indexes.find(i => i.name === step.index.name)
      const isPlain = declared !== undefined && declared.where === null && indexFields(step.table, declared).every(f => f !== null)
      return isPlain ? 'drop an index' : 'drop an index over an expression'
    }
    case 'addForeignKey':
      return 'add a foreign key'
    case 'dropForeignKey':
      return 'drop a foreign key'
    default:
      return null
  }
}
