/**
 * EXPLAIN QUERY PLAN of SQLite: rows, read as a tree.
 *
 * Each row has a number, that of its parent, and a sentence whose first words name the operation: `SCAN album`,
 * `SEARCH album USING INDEX album_artist_id_idx (artist_id=?)`. There are no numbers of rows, and it can't run the query.
 *
 * The sentences are for people, and change between versions: an unknown one becomes a stage with that label only.
 */
import { type Access, type Stage, stage } from '../../core/operation/Interpreter.js'
import type { Explaining } from '../Dialect.js'

/** The table that is read, and its access; a table function, a constant row and a derived table without a name are not tables. */
const READS = /^(SCAN|SEARCH) (?!\d+ CONSTANT|CONSTANT|\()(?:TABLE )?(.+?)(?: AS (\S+))?(?: USING (.+?))?(?: LEFT-JOIN)?$/

const USED = /^(?:AUTOMATIC )?(?:PARTIAL )?(?:COVERING )?INDEX(?: (\S+))?|^(INTEGER PRIMARY KEY|PRIMARY KEY)/

const accessOf = (verb: string, using: string | undefined): Access => {
  if (verb === 'SCAN') return using === undefined ? 'scan' : 'index'
  return /\([^)]*[<>]/.test(using ?? '') ? 'range' : 'lookup'
}

const stageOf = (sentence: string, inputs: readonly Stage[]): Stage => {
  const [, verb, table, alias, using] = READS.exec(sentence) ?? []
  if (verb === undefined || table === undefined || / VIRTUAL TABLE /.test(sentence)) return stage(sentence, inputs)
  const [, index, key] = USED.exec(using ?? '') ?? []
  const isMade = using?.startsWith('AUTOMATIC') === true
  return {
    ...stage(sentence, inputs),
    table: alias ?? table,
    index: isMade || index?.startsWith('(') === true ? null : (index ?? key ?? null),
    access: accessOf(verb, using),
    detail: using ?? null,
  }
}

interface Row {
  readonly id: number
  readonly parent: number
  readonly detail: string
}

const below = (rows: readonly Row[], parent: number): readonly Stage[] =>
  rows.filter(r => r.parent === parent && r.id !== parent).map(r => stageOf(r.detail, below(rows, r.id)))

/** EXPLAIN QUERY PLAN. */
export const sqliteExplain: Explaining = {
  prefix: 'EXPLAIN QUERY PLAN',
  analyze: null,
  columns: 4,
  read: reply => {
    const raw = reply.map(([id, parent, , detail]): Row => ({ id: Number(id), parent: Number(parent), detail: String(detail) }))
    const roots = below(raw, 0)
    return { root: roots.length === 1 ? (roots[0] as Stage) : stage('QUERY PLAN', roots), raw }
  },
}
