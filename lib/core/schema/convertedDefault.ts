/**
 * The default of a column that gets another type.
 *
 * A literal becomes the same value of the new type where that is exact: a number of another width or scale, a text of another length, a whole
 * number as its text and back. Any other default is refused: nothing else says what later inserts should get. An expression, such as the
 * current time, stays where its values are values of the new type.
 *
 * Law: converting a default there and back yields the default.
 */
import { coerce, literalOf } from '../syntax/operand.js'
import type { AnyColumn, AnyExpr } from '../syntax/Syntax.js'
import { canonical, decimalOf, fitsColumn, unscaled } from '../value/Canonical.js'
import { isInteger, isNumber, isText, type SqlType, sameColumnType, showSqlType } from '../value/SqlType.js'

const digitsOf = (value: unknown): string => {
  const text = String(value)
  return /^-?\d+(\.\d+)?$/.test(text) ? text : ''
}

/** A number of a type by its decimal text; undefined if it is none. */
const number = (to: SqlType, text: string): unknown => {
  if (to.tag === 'float') {
    const scale = text.split('.')[1]?.length ?? 0
    return unscaled(digitsOf(Number(text)), scale) === unscaled(text, scale) ? Number(text) : undefined
  }
  const scale = to.tag === 'numeric' ? to.scale : 0
  const digits = unscaled(text, scale)
  if (digits === null) return undefined
  if (to.tag === 'bigint') return digits
  return to.tag === 'numeric' ? decimalOf(digits, scale) : Number(digits)
}

const fitsText = (to: SqlType, value: string): boolean => {
  const length = [...value].length
  if (to.tag === 'varchar') return length <= to.length
  if (to.tag === 'char') return length === to.length
  return to.tag !== 'enum' || to.values.includes(value)
}

const valueIn = (from: SqlType, to: SqlType, value: unknown): unknown => {
  if (isText(from) && isText(to)) return typeof value === 'string' && fitsText(to, value) ? value : undefined
  if (isNumber(from) && isNumber(to)) return number(to, digitsOf(value))
  if (isInteger(from) && isText(to)) return fitsText(to, String(value)) ? String(value) : undefined
  if (isText(from) && isInteger(to)) return /^(?:0|-?[1-9]\d{0,18})$/.test(String(value)) ? number(to, String(value)) : undefined
  return sameColumnType(from, to) ? value : undefined
}

const literalIn = (e: AnyExpr, value: unknown, to: SqlType): AnyExpr | null => {
  if (value === null) return coerce(e, to)
  const next = valueIn(e.type.sql, to, value)
  const checked = next === undefined ? null : canonical(to, next)
  return checked?.ok === true && fitsColumn(to, checked.value) ? literalOf({ ...e.type, sql: to, refine: null }, checked.value) : null
}

/** The default of a column as one of another type; undefined if there is none such. */
export const convertedDefault = ({ default: e, type }: AnyColumn, to: SqlType): AnyExpr | null | undefined => {
  if (e === null || showSqlType(type.sql) === showSqlType(to)) return e
  if (e.node.tag === 'literal') return literalIn(e, e.node.value, to) ?? undefined
  return sameColumnType(e.type.sql, to) || (isInteger(e.type.sql) && isInteger(to)) ? e : undefined
}
