/**
 * The combinators of which generated queries and commands are made, and those that are left out.
 *
 * Every exported value of `Query`, `Expr`, `Agg`, `Window` and `Command` is in one of the two lists: a test compares them with the
 * exports of the modules. A long run of the laws fails if a combinator of the first list was never used.
 */
import * as Agg from '../../lib/Agg.js'
import * as C from '../../lib/Command.js'
import * as Expr from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import * as Window from '../../lib/Window.js'

const words = (text: string): readonly string[] => text.trim().split(/\s+/)

/** The combinators of queries, named as in `GeneratedQuery.uses`. */
export const queryVocabulary: readonly string[] = [
  ...words(`from of zero Do values prepare unnest where whereNotNull when map mapRow flatMap bind bindLeft let innerJoin leftJoin aggregate window distinct
    distinctOn fullJoin rollup cube groupingSets cte recursive closure
    unionAll union intersect except orderBy limit offset many first`).map(n => `Q.${n}`),
  ...words(`lit litOf nullOf eq ne lt lte gt gte same between inList notIn isNull isNotNull and or not plus minus times neg quot rem div
    concat lower upper length substring position like ilike contains startsWith endsWith escapeLike caseWhen coalesce nullIf cast
    trim trimStart trimEnd replace left right reverse padStart padEnd repeat abs sign floor ceil round power sqrt greatest least
    datePart dateTrunc localDate formatDate dateAdd daysBetween millisecondsBetween jsonAt jsonText jsonLength jsonType jsonObject jsonArray jsonContains
    byteLength hex unhex sha256 matches arrayLength arrayContains
    array arrayAny arrayEvery split arrayJoin isSome maybe exists inQuery scalar countOf asc desc nullsFirst nullsLast`).map(
    n => `Expr.${n}`,
  ),
  ...words('rowNumber rank denseRank percentRank cumeDist ntile lag lead firstValue lastValue nthValue over').map(n => `Window.${n}`),
  ...words('key count countAll countDistinct sum avg min max boolAnd boolOr mode percentileCont median arrayAgg stringAgg filter').map(
    n => `Agg.${n}`,
  ),
]

/** Combinators of commands. */
export const commandVocabulary: readonly string[] = words(
  'insert insertMany insertFrom update delete upsert upsertMany outcome updateMany updateFrom deleteUsing everywhere returning',
).map(n => `C.${n}`)

/** The combinators that are not generated, with the reason. */
export const leftOut: { readonly [name: string]: string } = {
  ...Object.fromEntries(
    words('all nonEmpty head option one count explain foldChunks stream page pageAt allBy optionBy').map(n => [
      `Q.${n}`,
      'a program: covered by the laws of interpreters',
    ]),
  ),
  ...Object.fromEntries(
    words('forUpdate forShare').map(n => [`Q.${n}`, 'for whole queries of tables only: covered by test/live/locks.test.ts']),
  ),
  'Expr.now': 'volatile: another value in each statement',
  'Expr.random': 'volatile: another value in each evaluation',
  'Expr.randomUuid': 'volatile: another value in each evaluation',
  'Q.sample': 'volatile: covered by test/live/volatile.test.ts',
  'Expr.raw': 'SQL text has no meaning in the model',
  'Q.stages': 'reads an explanation, which differs between engines',
  'Q.show': 'a text: covered by laws/show.ts',
  'C.changes': 'another result of every command: generated for laws/rowChanges.ts and laws/show.ts',
  'C.show': 'a text: covered by laws/show.ts',
  'C.run': 'a program: the laws of interpreters run every command with it',
  'C.getOrCreate': 'a program: a query, an upsert and a query in a transaction',
  'C.updateVersioned': 'a program: an update by key and version, in a transaction',
  'C.insertAll': 'a program: insertMany of chunks, in a transaction',
}

/** Exported names that are in neither list, and listed names that are not exported. */
export const forgotten = (): readonly string[] => {
  const exported = Object.entries({ Q, Expr, Agg, Window, C }).flatMap(([module, names]) => Object.keys(names).map(n => `${module}.${n}`))
  const listed = new Set([...queryVocabulary, ...commandVocabulary, ...Object.keys(leftOut)])
  return [...exported.filter(n => !listed.has(n)), ...[...listed].filter(n => !exported.includes(n))]
}
