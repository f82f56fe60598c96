/**
 * docs/combinators.md agrees with the code, and has every combinator. `live/combinators.test.ts` runs its examples.
 *
 *     npm run docs:combinators      writes it; so does UPDATE_SNAPSHOTS=1 npm test -- pure/combinators
 */
import { readFileSync, writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { note, suite } from '../suite.js'
import { missing, page } from './combinators/page.js'
import { source } from './sql/snapshot.js'

const file = new URL('../../docs/combinators.md', source(''))

/** The tables of the examples, as their source has them. */
const tables = (readFileSync(source('combinators/store.ts'), 'utf8').match(/const \w+ = table\([\s\S]*?\n\}\)/g) ?? []).join('\n\n')

const written = suite('docs/combinators.md')

written('every combinator has a meaning, and an example', async () => assert.is((await missing()).join('\n'), ''))

written('is what the code says', async () => {
  const now = await page(tables)
  if ((process.env.UPDATE_SNAPSHOTS ?? '') !== '') {
    writeFileSync(file, now)
    note('docs/combinators.md is written')
  }
  const there = readFileSync(file, 'utf8')
  const at = now.split('\n').findIndex((line, i) => line !== there.split('\n')[i])
  assert.ok(now === there, `docs/combinators.md is stale at line ${at + 1}: run npm run docs:combinators and read the difference`)
})

written.run()
