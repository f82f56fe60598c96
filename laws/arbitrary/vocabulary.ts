/**
 * The combinators that generated queries and commands are made of, and those that are left out.
 *
 * Every exported value of `Query`, `Expr`, `Agg`, `Window` and `Command` is in one of the two lists, so that a new
 * combinator can't be forgotten: a test compares them with what the modules export. A long run of the
 * laws fails when one of the first list was never used.
 */
import * as Agg from '../../lib/Agg.js'
import * as C from '../../lib/Command.js'
import * as Expr from '../../lib/Expr.js'
import * as Q from '../../lib/Query.js'
import * as Window from '../../lib/Window.js'

const words = (text: string): readonly string[] => text.trim().split(/\s+/)

/** Combinators of queries, as `GeneratedQuery.uses` names them. */
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

/** What is not generated, and why. */
export const leftOut: { readonly [name: string]: string } = {
  ...Object.fromEntries(
    words('all nonEmpty head option one count explain foldChunks stream page pageAt allBy optionBy').map(n => [
      `Q.${n}`,
      'a program: the laws of interpreters are about it',
    ]),
  ),
  ...Object.fromEntries(words('forUpdate forShare').map(n => [`Q.${n}`, 'for whole queries of tables only: an equation is about them'])),
  'Expr.now': 'another value in each statement',
  'Expr.random': 'another value in each evaluation',
  'Expr.randomUuid': 'another value in each evaluation',
  'Q.sample': 'it answers another choice each time: test/live/volatile.test.ts',
  'Expr.raw': 'SQL text has no meaning in the model',
  'Q.stages': "of an explanation, which is the engine's own",
  'Q.show': 'text: its law is laws/show.ts',
  'C.show': 'text: its law is laws/show.ts',
  'C.run': 'a program: the laws of interpreters run every command by it',
  'C.getOrCreate': 'a program: a look, an upsert, and a look again, in a transaction',
  'C.updateVersioned': 'a program: an update by key and version, in a transaction',
  'C.insertAll': 'a program: insertMany of chunks, in a transaction',
}

/** Exported names that are in neither list, and names in the lists that nothing exports. */
export const forgotten = (): readonly string[] => {
  const exported = Object.entries({ Q, Expr, Agg, Window, C }).flatMap(([module, names]) => Object.keys(names).map(n => `${module}.${n}`))
  const listed = new Set([...queryVocabulary, ...commandVocabulary, ...Object.keys(leftOut)])
  return [...exported.filter(n => !listed.has(n)), ...[...listed].filter(n => !exported.includes(n))]
}
