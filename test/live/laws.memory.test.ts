/** The laws on the model itself: its equations hold, and it agrees with a second instance of it. */
import * as E from 'fp-ts/lib/Either.js'
import { memory } from '../../lib/run/memory.js'
import { lawful } from './lawful.js'

await lawful({ engine: 'memory', open: async () => E.right(memory()), openWith: null, cases: 20, queries: 500 })
