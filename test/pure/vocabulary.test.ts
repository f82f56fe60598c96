/**
 * The vocabulary of the generators: every exported combinator, except those that are left out for a reason.
 *
 * A combinator that is not generated is one that no law covers. The list of those left out is in laws/arbitrary/vocabulary.ts; that each
 * of the others occurs in a long run is demanded by the laws of interpreters.
 */
import * as assert from 'uvu/assert'
import { misnamed } from '../../laws/arbitrary/index.js'
import * as Expr from '../../lib/Expr.js'
import { combinators } from '../../lib/show/combinators.js'
import { suite } from '../suite.js'

const test = suite('vocabulary')

test('what is left out is exported', () => assert.equal(misnamed(), []))

test('`show` knows the names of all combinators of expressions', () =>
  assert.equal(Object.keys(combinators).sort(), Object.keys(Expr).sort()))

test.run()
