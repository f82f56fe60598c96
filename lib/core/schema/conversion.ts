/**
 * The values of a column after a change, as expressions over the row before it.
 *
 * A column of another type has the value of `using`. Without it, the old value is taken as it is where the new type holds values of the same
 * kind (a longer text, a wider integer), and cast otherwise; the constraints of the new type are checked as those of every write. A cast that
 * has no result for some texts is refused: the change says by `using` what becomes of them.
 */
import { cast } from '../expr/casts.js'
import { isExpr } from '../syntax/guards.js'
import { asColumn } from '../syntax/operand.js'
import type { AnyExpr, AnyTable } from '../syntax/Syntax.js'
import { columnName, qualifiedName } from '../table/Table.js'
import { refuse, validationError } from '../value/DbError.js'
import { isText, type SqlType, showSqlType } from '../value/SqlType.js'
import type { Change } from './Change.js'

const given = (t: AnyTable, field: string, e: unknown, type: SqlType): AnyExpr => {
  const path = [qualifiedName(t), columnName(t, field)]
  if (!isExpr(e)) return refuse(validationError(path, 'the new value of a column is an expression'))
  if (e.node.tag === 'invalid') return refuse(e.node.error)
  return (
    asColumn(e, type) ??
    refuse(validationError(path, `the new value is ${showSqlType(e.type.sql)}, the column ${showSqlType(type)}: cast it`))
  )
}

/** Whether a change of type changes anything: another type, or other values. */
export const isRetyped = (t: AnyTable, { field, type, using }: Change & { readonly tag: 'changeType' }): boolean => {
  const old = t.types[field]?.sql
  return using !== null || old === undefined || showSqlType(old) !== showSqlType(type)
}

/** The new value of a column whose type changes. Refuses a conversion that has to be given. */
export const converted = (
  t: AnyTable,
  change: Change & { readonly tag: 'changeType' },
  row: { readonly [field: string]: AnyExpr },
): AnyExpr => {
  const { field, type, using } = change
  if (using !== null) return given(t, field, using(row), type)
  const old = row[field] as AnyExpr
  const same = asColumn(old, type)
  if (same !== null) return same
  const made = cast({ kind: 'column', type: { sql: type, nullable: true, refine: null } } as never)(old) as AnyExpr
  const path = [qualifiedName(t), columnName(t, field)]
  const from = showSqlType(old.type.sql)
  const impossible = validationError(path, `${from} can not become ${showSqlType(type)} by itself: give \`using\``)
  if (made.node.tag === 'invalid') return refuse(impossible)
  if (isText(old.type.sql) && !isText(type))
    return refuse(validationError(path, `not every ${from} is a ${showSqlType(type)}: say by \`using\` what becomes of the others`))
  return asColumn(made, type) ?? refuse(impossible)
}

/** The value of `fill` for a column, as a value of its type. */
export const filled = (
  t: AnyTable,
  field: string,
  type: SqlType,
  fill: (row: any) => AnyExpr,
  row: { readonly [field: string]: AnyExpr },
): AnyExpr => given(t, field, fill(row), type)
