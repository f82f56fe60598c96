/**
 * Steps on MySQL and MariaDB while others use the tables: each ALTER demands its algorithm.
 *
 * With the algorithm demanded, the engine refuses what would lock more than the table of algorithms states. Each statement commits, so each
 * is a batch of its own, to be recorded by itself; a write of rows and the look for nulls before NOT NULL are batches, too.
 *
 * What is not here: rows that do not fit (`schema/hazards`), lock time-outs (the runner's).
 */
import { type Effect, HARMLESS, type Online, type Part, type WorkBatch } from '../OnlineSteps.js'
import { type Algorithm, type Algorithms, type AlterKind, CLAUSES, kindOfStep, kindsOfChange } from './algorithms.js'

/** The kinds of the statements of a part that alters a table. */
export const kindsOfPart = (part: Part): readonly AlterKind[] => {
  if (part.tag === 'change') return kindsOfChange(part.change, part.parts)
  const kind = part.tag === 'step' ? kindOfStep(part.step) : null
  return kind === null ? [] : [kind]
}

/** A statement that demands an algorithm. MariaDB's DROP INDEX takes none, so it becomes an ALTER TABLE. */
export const demanding = (statement: string, algorithm: Algorithm): string => {
  const clauses = CLAUSES[algorithm]
  if (/^CREATE (UNIQUE )?INDEX /.test(statement)) return `${statement} ${clauses.join(' ')}`
  const [, index, table] = /^DROP INDEX (`(?:[^`]|``)*`) ON (.*)$/s.exec(statement) ?? []
  return `${index === undefined ? statement : `ALTER TABLE ${table} DROP INDEX ${index}`}, ${clauses.join(', ')}`
}

const EFFECTS: { readonly [algorithm in Algorithm]: Effect } = {
  instant: HARMLESS,
  inplace: HARMLESS,
  rebuild: { rewrites: true, blocks: 'nothing' },
  shared: { rewrites: false, blocks: 'writes' },
  copy: { rewrites: true, blocks: 'writes' },
}

/** Steps on an engine of the family, by its algorithms. */
export const onlineBy = (algorithms: Algorithms): Online => ({
  effect: part => {
    if (part.tag === 'command') return { rewrites: true, blocks: 'writes' }
    const effects = kindsOfPart(part).map(kind => EFFECTS[algorithms[kind]])
    return {
      rewrites: effects.some(e => e.rewrites),
      blocks: effects.some(e => e.blocks === 'writes') ? 'writes' : 'nothing',
    }
  },
  batches: (part, statements) => {
    const kinds = kindsOfPart(part)
    if (kinds.length === 0) return null
    return statements.map((sql, i): WorkBatch => {
      const kind = kinds[i]
      return {
        work: [{ tag: 'sql', sql: kind === undefined ? sql : demanding(sql, algorithms[kind]) }],
        transactional: false,
        remains: null,
        again: null,
      }
    })
  },
})
