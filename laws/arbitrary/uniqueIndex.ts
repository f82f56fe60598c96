/**
 * Unique indexes over a table, with their TypeScript.
 *
 * An index has one or two keys, columns or expressions over one, in either direction, and sometimes a condition. All are such that every
 * engine can index them, or declares that it can't: no text without a limit, no generated column, no function that an engine takes for
 * changing. Expressions map several values to one, or null to a value, so that rows collide that have no value in common.
 */
import fc from 'fast-check'
import type { AnyTable, ExprType, Index } from '../../lib/core/syntax/Syntax.js'
import { Expr, type Fn } from '../untyped.js'
import { member } from './Code.js'
import { smallValues, valueText } from './values.js'

/** A generated unique index. */
export interface GeneratedIndex {
  readonly index: Index
  readonly text: string
  /** The features that it has, to count them. */
  readonly uses: readonly ('expression' | 'condition' | 'two keys' | 'direction' | 'nullable')[]
}

interface Part {
  readonly text: string
  readonly of: Fn
  readonly isNullable: boolean
}

const BOUNDED = 'smallint int bigint boolean varchar char enum date time timestamp uuid numeric'.split(' ')

const own = (field: string, type: ExprType): Part => ({
  text: member('row', field),
  of: row => row[field],
  isNullable: type.nullable,
})

const applied = (part: Part, text: (inner: string) => string, f: Fn, isNullable = part.isNullable): Part => ({
  text: text(part.text),
  of: row => f(part.of(row)),
  isNullable,
})

const INTEGERS = ['smallint', 'int', 'bigint']

/** Expressions over a column. */
const expressions = (column: Part, type: ExprType): readonly Part[] => {
  const value = smallValues({ ...type, nullable: false })[0]
  const coalesced = column.isNullable
    ? [
        applied(
          column,
          t => `Expr.coalesce(${t}, ${valueText(value)})`,
          x => Expr.coalesce(x, value as string),
          false,
        ),
      ]
    : []
  const is = applied(
    column,
    t => `Expr.eq(${t}, ${valueText(value)})`,
    x => Expr.eq(x, value as string),
  )
  if (!INTEGERS.includes(type.sql.tag)) return [...coalesced, is]
  return [
    ...coalesced,
    is,
    applied(
      column,
      t => `Expr.rem(${t}, 2)`,
      x => Expr.rem(x, type.sql.tag === 'bigint' ? 2n : 2),
    ),
    applied(
      column,
      t => `Expr.abs(${t})`,
      x => Expr.abs(x),
    ),
  ]
}

/** Conditions on a column. */
const conditions = (column: Part, type: ExprType): readonly Part[] => {
  const values = smallValues({ ...type, nullable: false })
  return [
    applied(
      column,
      t => `Expr.isNotNull(${t})`,
      x => Expr.isNotNull(x),
    ),
    ...values.slice(0, 2).flatMap(value => [
      applied(
        column,
        t => `Expr.ne(${t}, ${valueText(value)})`,
        x => Expr.ne(x, value as string),
      ),
      applied(
        column,
        t => `Expr.eq(${t}, ${valueText(value)})`,
        x => Expr.eq(x, value as string),
      ),
    ]),
    ...(type.sql.tag === 'boolean' ? [column] : []),
  ]
}

/** Whether some generated index can be over a table. */
const fieldsOf = (t: AnyTable): readonly string[] =>
  Object.keys(t.columns).filter(f => BOUNDED.includes(t.types[f]?.sql.tag ?? '') && !t.columns[f]?.generated)

/** Unique indexes over a table; null if it has no columns for one. */
export const uniqueIndex = (t: AnyTable, name: string): fc.Arbitrary<GeneratedIndex> | null => {
  const fields = fieldsOf(t)
  if (fields.length === 0) return null
  const nat = fc.noBias(fc.nat(0xffff))
  const key = fc.record({ field: fc.constantFrom(...fields), how: nat, isDescending: fc.boolean() })
  const condition = fc.noBias(fc.option(fc.record({ field: fc.constantFrom(...fields), how: nat }), { freq: 2 }))
  return fc.record({ keys: fc.uniqueArray(key, { selector: k => k.field, minLength: 1, maxLength: 2 }), condition }).map(made => {
    const typed = (f: string): ExprType => t.types[f] as ExprType
    const keys = made.keys.map(({ field, how, isDescending }) => {
      const column = own(field, typed(field))
      const all = expressions(column, typed(field))
      const part = how % 5 < 2 ? column : (all[how % all.length] as Part)
      return { part, isDescending, isPlain: part === column }
    })
    const where = made.condition
    const choices = where === null ? [] : conditions(own(where.field, typed(where.field)), typed(where.field))
    const some = where === null ? null : (choices[where.how % choices.length] as Part)
    const on = keys.map(k => (k.isDescending ? `Expr.desc(${k.part.text})` : k.part.text)).join(', ')
    return {
      index: {
        name,
        columns: [],
        on: row => keys.map(k => (k.isDescending ? Expr.desc(k.part.of(row)) : k.part.of(row))),
        unique: true,
        where: some === null ? null : some.of,
        method: null,
      },
      text: `{ name: '${name}', unique: true, on: row => [${on}]${some === null ? '' : `, where: row => ${some.text}`} }`,
      uses: [
        ...(keys.every(k => k.isPlain) ? [] : (['expression'] as const)),
        ...(some === null ? [] : (['condition'] as const)),
        ...(keys.length > 1 ? (['two keys'] as const) : []),
        ...(keys.some(k => k.isDescending) ? (['direction'] as const) : []),
        ...(keys.some(k => k.part.isNullable) ? (['nullable'] as const) : []),
      ],
    }
  })
}
