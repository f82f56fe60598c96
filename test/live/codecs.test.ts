/**
 * Round trips: every column type, with its extremes, on every path into and out of every engine.
 *
 * A value is stored by insert, update, insertFrom and as the default of a column; it is read from its table, inside nested collections
 * (where it is part of JSON), from a correlated subquery and with returning; it is a literal in `of`, `values`, comparisons and prepared
 * queries; it is an element of arrays. Each path must return the canonical value; an engine refuses what `decisions/engines.ts` lists.
 * The kinds of columns and their values are in `decisions/kinds.ts`, the paths in `decisions/ways.ts`.
 */

import { hasEquality } from '../../lib/core/value/SqlType.js'
import type { Runner } from '../../lib/Interpreter.js'
import { suite } from '../suite.js'
import { isTrue, Refused } from './decisions/check.js'
import { engines, open } from './decisions/engines.js'
import { isElement, isLarge, type Kind, kinds } from './decisions/kinds.js'
import { asArray, asDefault, asLiteral, compared, filledTables, inserted, nested, type Way, written } from './decisions/ways.js'

/** The ways that a kind goes, by name. */
const waysOf = (kind: Kind): { readonly [name: string]: Way } => (isLarge(kind) ? waysOfLarge : waysOfMany(kind))

const waysOfLarge = { 'is read as it was inserted': inserted, 'is read inside collections, sub-queries and joins': nested }

const waysOfMany = (kind: Kind): { readonly [name: string]: Way } => ({
  ...(kind.stored && {
    'is read as it was inserted': inserted,
    'is read as it was written one by one, updated, copied and returned': written,
    'is read inside collections, sub-queries and joins': nested,
    'is the default of a column': asDefault,
  }),
  'is a literal': asLiteral,
  ...(kind.stored && hasEquality(kind.column.type.sql) && { 'is equal to itself and to no other': compared }),
  ...(kind.stored && isElement(kind.column) && { 'is an element of an array': asArray }),
})

for (const engine of engines) {
  const on = suite(`on ${engine.name}`)
  const tables = filledTables()
  let db: Runner | undefined
  on.before(async () => {
    db = await open(engine)
  })
  on.after(async () => {
    await db?.close()
  })
  for (const kind of kinds) {
    for (const [name, way] of Object.entries(waysOf(kind))) {
      on(`${kind.name} ${name}`, async () => {
        const gone = way(db as Runner, kind, tables)
        if (!(kind.name in engine.refuses)) return gone
        const thrown = await gone.catch((thrown: unknown) => thrown)
        isTrue(thrown instanceof Refused, `${engine.name} should refuse it: ${thrown}`)
      })
    }
  }
  on.run()
}

const all = suite('the kinds of columns')

all('every type has a kind', () => {
  const tags = new Set(kinds.map(k => k.column.type.sql.tag))
  const numbers = ['smallint', 'int', 'bigint', 'float', 'numeric'] as const
  const texts = ['text', 'varchar', 'char', 'uuid', 'enum', 'boolean'] as const
  const others = ['timestamp', 'timestampMicros', 'date', 'time', 'json', 'bytes', 'array', 'vector', 'custom'] as const
  for (const tag of [...numbers, ...texts, ...others]) isTrue(tags.has(tag), tag)
})

all.run()
