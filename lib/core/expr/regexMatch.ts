/**
 * Texts that a regular expression matches: a part of `Expr`, which exports it.
 *
 * The pattern is a plain text, read when the expression is built; the language is that of `regex`, the part that engines mean
 * alike. Each engine gets it in its own words.
 *
 * Laws: `matches(e, p)` where p is letters only is `contains(e, p)`; `matches(e, '^p$')` is then `eq(e, p)`.
 */

import { argOfType, BOOLEAN, call, literalOf, TEXT } from '../syntax/operand.js'
import { type Expr, exprType, invalid, type Pred } from '../syntax/Syntax.js'
import { kindOf, textProblem } from '../value/Canonical.js'
import { attempting, validationError } from '../value/DbError.js'
import { parsed } from '../value/regex.js'
import { TEXTS } from '../value/typeSets.js'

/**
 * Whether a regular expression matches some part of the text; `^` and `$` are its beginning and end.
 *
 * It takes characters, `.` (any, a line's end too), `[a-z]`, `[^a-z]`, `\d`, `\w`, `\s` (of ASCII) and `\D`, `\W`, `\S`,
 * groups, `|`, `*`, `+`, `?`, `{n,m}`. Case counts: use `lower` on both. Anything else (look-around, back references, `\b`, a
 * repetition of a repetition) is a `ValidationError`, because engines differ on it.
 */
export const matches = <A extends string | null>(e: Expr<A>, pattern: string): Pred => {
  const value = argOfType('matches', e, TEXTS)
  if (value.node.tag === 'invalid') return { ...value, type: exprType(BOOLEAN) }
  const problem = typeof pattern === 'string' ? textProblem(pattern) : `expected a text, got ${kindOf(pattern)}`
  if (problem !== null) return invalid(validationError(['matches'], problem), exprType(BOOLEAN))
  const regex = attempting('matches', () => parsed(pattern))
  if (regex._tag === 'Left') return invalid(regex.left, exprType(BOOLEAN))
  return call('matches', [value, literalOf(exprType(TEXT), pattern)])
}
