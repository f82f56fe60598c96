/**
 * What SQLite says of how it runs a query: the rows of EXPLAIN QUERY PLAN, read as a tree.
 *
 * Each row has a number, that of the row above it, and a sentence, of which the first words say what is done: `SCAN album`,
 * `SEARCH album USING INDEX album_artist_id_idx (artist_id=?)`. It tells no numbers of rows, and has no way to run the query for it.
 *
 * Sentences are made for people, and change: one that is not known keeps its words as a label, and has nothing but that.
 */
import { type Access, type Stage, stage } from '../../core/operation/Interpreter.js'
import type { Explaining } from '../Dialect.js'

/** What is read, and by what; a table function, a constant row and a nameless derived table are no tables. */
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

export const sqliteExplain: Explaining = {
  prefix: 'EXPLAIN QUERY PLAN',
  analyze: null,
  columns: 4,
  read: answer => {
    const raw = answer.map(([id, parent, , detail]): Row => ({ id: Number(id), parent: Number(parent), detail: String(detail) }))
    const roots = below(raw, 0)
    return { root: roots.length === 1 ? (roots[0] as Stage) : stage('QUERY PLAN', roots), raw }
  },
}
