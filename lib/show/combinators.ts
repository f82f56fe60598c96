/**
 * The combinators of expressions by name, as the face `Expr` exports them.
 *
 * `show` looks combinators up here: to call one and compare the node, and to keep variables from taking its name. Nothing inside lib imports
 * a face, so the families are put together again; a test compares the names with those of the face.
 */
import * as arrays from '../core/expr/arrays.js'
import * as bytes from '../core/expr/bytes.js'
import { cast, round } from '../core/expr/casts.js'
import * as dates from '../core/expr/dates.js'
import * as general from '../core/expr/Expr.js'
import * as jsonBuild from '../core/expr/jsonBuild.js'
import * as jsonContains from '../core/expr/jsonContains.js'
import * as jsonPath from '../core/expr/jsonPath.js'
import * as membership from '../core/expr/membership.js'
import * as numbers from '../core/expr/numbers.js'
import * as regexMatch from '../core/expr/regexMatch.js'
import * as texts from '../core/expr/texts.js'
import { now, random, randomUuid } from '../core/syntax/volatile.js'

const { templateProblem: _, ...expressions } = general

/** Every combinator that the face `Expr` exports, by name. */
export const combinators = {
  ...arrays,
  ...bytes,
  ...dates,
  ...expressions,
  ...jsonBuild,
  ...jsonContains,
  ...jsonPath,
  ...membership,
  ...regexMatch,
  ...numbers,
  ...texts,
  ...{ cast, round, now, random, randomUuid },
}
