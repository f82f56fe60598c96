/**
 * The exported functions of the library, as code for the generators.
 *
 * `Q`, `Expr`, `Agg`, `Window`, `Column` and `C` are the names under which `query-ts` exports its modules. A combinator is looked up by
 * that name, so that generated code is code that a user can write, and its use is recorded. `t` is the record of the tables.
 */
import * as Agg from '../../lib/Agg.js'
import * as Column from '../../lib/Column.js'
import * as C from '../../lib/Command.js'
import type { AnyTable, ExprType } from '../../lib/core/syntax/Syntax.js'
import type { SqlType } from '../../lib/core/value/SqlType.js'
import * as Expr from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import * as Window from '../../lib/Window.js'
import { apply, type Code, member, pure, quoted } from './Code.js'

const modules = { Agg, C, Column, Expr, Q, Window } as const

export type ModuleName = keyof typeof modules

/** An exported value by name: `combinator('Expr', 'eq')`. */
export const combinator = (module: ModuleName, name: string): Code<any> => {
  const value = (modules[module] as { readonly [name: string]: unknown })[name]
  if (value === undefined) throw new Error(`${module} exports no ${name}`)
  return pure(`${module}.${name}`, value, [`${module}.${name}`])
}

/** `Expr.f(args)` */
export const call = (module: ModuleName, name: string, ...args: readonly Code<unknown>[]): Code<any> =>
  apply(combinator(module, name), ...args)

export const tableCode = (name: string, table: AnyTable): Code<AnyTable> => pure(member('t', name), table, [`t.${name}`])

const columnText = (sql: SqlType): Code<any> | null => {
  const named = (name: string, ...args: readonly unknown[]): Code<any> =>
    apply(combinator('Column', name), ...args.map(a => pure(typeof a === 'string' ? quoted(a) : String(a), a)))
  switch (sql.tag) {
    case 'numeric':
      return sql.sqlite === undefined ? named('numeric', sql.precision, sql.scale) : null
    case 'varchar':
    case 'char':
      return named(sql.tag, sql.length)
    case 'enum':
      return named('enumOf', ...sql.values)
    case 'text':
      return combinator('Column', sql.collation === undefined ? 'text' : 'storedText')
    case 'json':
      return combinator('Column', 'anyJson')
    case 'vector':
      return named('vector', sql.dimension)
    case 'array':
    case 'custom':
      return null
    default:
      return combinator('Column', sql.tag)
  }
}

/** The column of a type, as in `Column.varchar(8)`; null for a type without a constructor here. */
export const columnOf = (type: ExprType): Code<any> | null => {
  const column = type.refine === null ? columnText(type.sql) : null
  return column === null || !type.nullable ? column : call('Column', 'nullable', column)
}
