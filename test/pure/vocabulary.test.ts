/**
 * The vocabulary of the generators is complete: every exported combinator is generated, or left out for a reason.
 *
 * A combinator that is not generated is one that no law covers. The lists are in laws/arbitrary/vocabulary.ts; that each of them occurs
 * in a long run is a separate test.
 */
import * as assert from 'uvu/assert'
import { forgotten } from '../../laws/arbitrary/index.js'
import * as Expr from '../../lib/Expr.js'
import { combinators } from '../../lib/show/combinators.js'
import { suite } from '../suite.js'

const test = suite('vocabulary')

test('names every exported combinator once', () => assert.equal(forgotten(), []))

test('`show` knows the names of all combinators of expressions', () =>
  assert.equal(Object.keys(combinators).sort(), Object.keys(Expr).sort()))

test.run()
