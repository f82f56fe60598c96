/**
 * The types of this folder hold: the build has checked them.
 *
 * `positive.ts` and `negative.ts` are compiled with everything else, so that a build with a wrong type fails. Here a test checks that the
 * compiler has seen them, and that it would have complained.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { note, suite } from '../suite.js'

const types = suite('types')

const source = (name: string): string => readFileSync(fileURLToPath(new URL(`../../../test/types/${name}`, import.meta.url)), 'utf8')

types('the positive and negative files were compiled', async () => {
  await import('./positive.js')
  await import('./negative.js')
})

types('every expected error says why', () => {
  const lines = source('negative.ts')
    .split('\n')
    .filter(line => line.startsWith('// @ts-expect-error'))
  const bare = lines.filter(line => !/@ts-expect-error \S+ \S+/.test(line))
  assert.equal(bare, [])
  assert.ok(lines.length >= 25)
  note(`${lines.length} errors are expected, ${source('positive.ts').split('is<').length - 1} types are exact`)
})

types.run()
