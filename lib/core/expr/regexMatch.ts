/**
 * Regular expressions: `matches`, which `Expr` exports.
 *
 * The pattern is a plain text, parsed when the expression is built. The language is the common subset of all engines (`value/regex`); each
 * engine gets the pattern in its own syntax.
 *
 * Laws: `matches(e, p)` for p of letters only is `contains(e, p)`; `matches(e, '^p$')` is then `eq(e, p)`.
 */

import { argOfType, BOOLEAN, call, literalOf, TEXT } from '../syntax/operand.js'
import { type Expr, exprType, invalid, type Pred } from '../syntax/Syntax.js'
import { kindOf, textProblem } from '../value/Canonical.js'
import { attempting, validationError } from '../value/DbError.js'
import { parsed } from '../value/regex.js'
import { TEXTS } from '../value/typeSets.js'

/**
 * Whether a regular expression matches some part of the text; `^` and `$` match its start and end.
 *
 * It supports characters, `.` (any character, including line breaks), `[a-z]`, `[^a-z]`, `\d`, `\w`, `\s` (ASCII) and `\D`, `\W`, `\S`,
 * groups, `|`, `*`, `+`, `?`, `{n,m}`. It is case-sensitive. Anything else (look-around, back references, `\b`, a
 * repetition of a repetition) is a `ValidationError`, because engines differ.
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
