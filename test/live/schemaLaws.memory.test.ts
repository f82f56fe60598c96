/** The laws of schema changes on the model itself: what its steps mean is what its image and its constraints say. */
import * as E from 'fp-ts/lib/Either.js'
import { memory } from '../../lib/run/memory.js'
import { lawfulSchemas } from './lawfulSchemas.js'

await lawfulSchemas({ engine: 'memory', chains: 1000, open: async () => E.right(memory()) })
