/**
 * The meaning of commands: from a state of a database to the next one and a result.
 *
 * A command is atomic: `execute` returns a new state or an error, and the given state never changes. All expressions of a command read
 * the state before it, so the new values of an update are computed from old rows. An update changes rows in place.
 *
 * Generated keys increase: each is larger than every key that its table ever had, explicit and deleted ones included. `returning`
 * reads rows as they were written (of a delete, as they were before), not the consequences of the command through foreign keys.
 */
import type * as E from 'fp-ts/lib/Either.js'
import { groupBy } from 'fp-ts/lib/NonEmptyArray.js'
import * as O from 'fp-ts/lib/Option.js'
import { assignmentsOf } from '../core/command/plainRows.js'
import { offeredFields } from '../core/command/upsert.js'
import { asColumn } from '../core/syntax/operand.js'
import type { AnyCommand, AnyExpr, AnyTable, Assignments, CommandNode, Conflict } from '../core/syntax/Syntax.js'
import { scopeOf, scopeOrNothing, rowOf as typesOf } from '../core/syntax/scope.js'
import { qualifiedName } from '../core/table/Table.js'
import { attempting, type DbError, refuse, tooManyRows } from '../core/value/DbError.js'
import type { SqlType } from '../core/value/SqlType.js'
import { changeImages } from './changeImages.js'
import { checkRow, checkUniqueAfterEach, keyOf } from './constraints.js'
import { type Database, rowReader, type Stored, type StoredRow, stored, storedFields, withStored } from './Database.js'
import { decoder } from './decode.js'
import type { Meaning } from './Evaluation.js'
import { equalityIn, fieldOf } from './equalities.js'
import { literals } from './literals.js'
import { meaning } from './meaning.js'
import { applyChanges, type Change } from './rowChanges.js'
import { validateCommand } from './validate.js'
import { canonicalOf, identities } from './value.js'

/** The columns of a row, as a callback reads them. */
interface Scope {
  readonly [field: string]: AnyExpr
}

/** The value of an expression, converted to the type of a column. */
const cell = ({ value }: Meaning, table: AnyTable, field: string, e: AnyExpr): unknown => {
  const sql = table.types[field]?.sql ?? e.type.sql
  return canonicalOf(sql, value(asColumn(e, sql) ?? e), `${table.name}.${field}`)
}

const cells = (m: Meaning, table: AnyTable, assignments: Assignments): StoredRow =>
  Object.fromEntries(Object.entries(assignments).map(([field, e]) => [field, cell(m, table, field, e)]))

/** A new row: for each column the given value, else a generated key, the default, or null. */
const rowOf = (m: Meaning, { table, next }: Stored, given: Assignments): StoredRow =>
  Object.fromEntries(
    Object.entries(table.columns).map(([field, column]) => {
      const e = given[field]
      if (e === undefined && column.generated) return [field, canonicalOf(column.type.sql, next[field] ?? 1n, `${table.name}.${field}`)]
      const used = e ?? column.default
      return [field, used === null ? null : cell(m, table, field, used)]
    }),
  )

/** The table with its next generated keys larger than those of a row. */
const withKeysAfter = (s: Stored, row: StoredRow): Stored => {
  const next = Object.entries(s.next).map(([field, n]) => {
    const used = row[field] === null ? 0n : BigInt(row[field] as number | bigint)
    return [field, used >= n ? used + 1n : n] as const
  })
  return { ...s, next: Object.fromEntries(next) }
}

/** The changes of the rows of a table by a command, and the table with its next generated keys. */
interface Effect {
  readonly changes: readonly Change[]
  readonly next: Stored
}

const inserting = (m: Meaning, into: Stored, rows: readonly Assignments[]): Effect => {
  let next = into
  const changes = rows.map((given): Change => {
    const after = rowOf(m, next, given)
    next = withKeysAfter(next, after)
    return { before: null, after }
  })
  return { changes, next }
}

/**
 * Upserts rows: where a row with the same target exists, its ON CONFLICT clause applies. The offered row is checked and takes a generated
 * key nevertheless. Rows are written one by one, and the unique keys hold after each of them.
 */
const upserting = (m: Meaning, into: Stored, node: Inserting, { target, set, where }: Conflict): Effect => {
  const rows = assignmentsOf(node.table, node.rows)
  const { table } = into
  const given = storedFields(into, node.table)
  const id = keyOf(
    table,
    target.map(f => Object.keys(given({ [f]: f }))[0] as string),
  )
  const seen = rowReader(into, node.table)
  const fields = offeredFields(node.table, rows)
  const { changes, next } = inserting(m, into, rows.map(given))
  const existing = new Map(into.rows.map(row => [id(row), row]))
  const merged = changes.flatMap((c): readonly Change[] => {
    const row = c.after as StoredRow
    const before = id(row) === null ? undefined : existing.get(id(row))
    if (before === undefined) return [c]
    checkRow(m, table, row)
    if (set === null) return []
    const [old, whole] = [literals(node.table.types, seen(before)), literals(node.table.types, seen(row))]
    const offered = Object.fromEntries(fields.map(f => [f, whole[f] as AnyExpr]))
    if (where !== null && !m.holds(where(old, offered))) return []
    return [{ before, after: { ...before, ...cells(m, table, given(set(old, offered))) } }]
  })
  checkUniqueAfterEach(m, into, merged)
  return { changes: merged, next: merged.reduce((n, c) => withKeysAfter(n, c.after as StoredRow), next) }
}

type UpdatingFrom = Extract<CommandNode, { readonly tag: 'updateFrom' }>

/** Finds the rows of the query that match a row of the table; a key or an equality narrows the search. */
const matchingOf = (m: Meaning, { table, query, on, key }: UpdatingFrom): ((row: Scope) => readonly Scope[]) => {
  const all = m.rows(query).map((row): Scope => scopeOf(row) as Scope)
  if (key === null) {
    const [own, matched] = [typesOf({ ...query, node: { tag: 'from', table } }) as Scope, scopeOrNothing(typesOf(query)) as Scope]
    const found = all.length === 0 ? null : equalityIn(on(own, matched), fieldOf(own), fieldOf(matched))
    if (found === null) return row => all.filter(s => m.holds(on(row, s)))
    const [field, other] = found
    const valueOf = (e: AnyExpr): string => identities([[e.type.sql, m.value(e)]])
    const byValue = groupBy((s: Scope) => valueOf(s[other] as AnyExpr))([...all])
    return row => (byValue[valueOf(row[field] as AnyExpr)] ?? []).filter(s => m.holds(on(row, s)))
  }
  const id = (s: Scope): string => identities(key.map(f => [table.types[f]?.sql as SqlType, m.value(s[f] as AnyExpr)]))
  const byKey = groupBy(id)([...all])
  return row => (byKey[id(row)] ?? []).filter(s => m.holds(on(row, s)))
}

type Inserting = Extract<CommandNode, { readonly tag: 'insert' }>

const effectOf = (m: Meaning, db: Database, node: CommandNode): Effect => {
  if (node.tag === 'invalid') return refuse(node.error)
  const { table } = node
  const into = stored(db, table)
  const given = storedFields(into, table)
  const scope = scopeIn(into, table)
  const selected = (where: ((row: any) => AnyExpr) | null): readonly StoredRow[] =>
    where === null ? into.rows : into.rows.filter(row => m.holds(where(scope(row))))
  switch (node.tag) {
    case 'insert':
      return node.conflict === null
        ? inserting(m, into, assignmentsOf(table, node.rows).map(given))
        : upserting(m, into, node, node.conflict)
    case 'insertFrom':
      return inserting(
        m,
        into,
        m.rows(node.query).map(row => given(scopeOf(row) as Assignments)),
      )
    case 'update': {
      const changes = selected(node.where).map(
        (before): Change => ({ before, after: { ...before, ...cells(m, into.table, given(node.set(scope(before)))) } }),
      )
      return { changes, next: changes.reduce((next, c) => withKeysAfter(next, c.after as StoredRow), into) }
    }
    case 'updateFrom': {
      const matching = matchingOf(m, node)
      const matches = into.rows.flatMap(row => {
        const [first, ...more] = matching(scope(row))
        if (more.length > 0) refuse(tooManyRows)
        return first === undefined ? [] : [[row, first] as const]
      })
      const changes = matches.map(
        ([before, by]): Change => ({ before, after: { ...before, ...cells(m, into.table, given(node.set(scope(before), by))) } }),
      )
      return { changes, next: changes.reduce((next, c) => withKeysAfter(next, c.after as StoredRow), into) }
    }
    case 'delete':
      return { changes: selected(node.where).map((before): Change => ({ before, after: null })), next: into }
  }
}

/** Makes a stored row a scope for the callbacks of a command. */
const scopeIn = (s: Stored, table: AnyTable): ((row: StoredRow) => Scope) => {
  const seen = rowReader(s, table)
  return row => literals(table.types, seen(row))
}

const resultOf = (m: Meaning, { node, returning, cardinality }: AnyCommand, { changes, next }: Effect): unknown => {
  if (returning === null || typeof returning === 'object' || node.tag === 'invalid') return changes.length
  const [only] = changes
  if (returning === 'outcome') return only === undefined ? 'unchanged' : only.before === null ? 'inserted' : 'updated'
  const decode = decoder(m)
  const scope = scopeIn(next, node.table)
  const rows = changes.map((c, i) => decode(returning(scope((c.after ?? c.before) as StoredRow)), i))
  if (cardinality === 'option') return O.fromNullable(rows[0])
  return cardinality === 'one' ? rows[0] : rows
}

/** The state after a command and its result, or its error. */
export const execute = (db: Database, command: AnyCommand): E.Either<DbError, { readonly db: Database; readonly result: unknown }> =>
  attempting('a function of the command', () => {
    validateCommand(db, command)
    const m = meaning(db)
    const effect = effectOf(m, db, command.node)
    const { node, returning } = command
    const images =
      typeof returning === 'object' && returning !== null && node.tag !== 'invalid' ? changeImages(m, db, node, returning) : null
    const before = withStored(db, effect.next)
    const after = applyChanges(m, before, qualifiedName(effect.next.table), effect.changes)
    return { db: after.db, result: images === null ? resultOf(m, command, effect) : images(after.changes) }
  })
