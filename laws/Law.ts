/**
 * Laws: equations with names, tested on random cases under any test runner.
 *
 * A `Law` is a name (the equation), a sentence that states it and a property of fast-check. A rule set
 * is laws with the rule sets that they build on; a law that several of them share runs once. `run`
 * answers data: what passed, and for what failed the case, shrunk, as text, with what replays it.
 *
 * A property that is true of nothing but empty results shows nothing, so a law counts labels while it
 * runs, and may demand something of them: then a run that does not cover enough has failed.
 */
import fc from 'fast-check'

/** Counts of labels, as `size 0` or `Q.where`. */
export type Coverage = ReadonlyMap<string, number>

/** Counts a label, or one of a share. */
export type Cover = (label: string) => void

/** The labels of cases in which there was something to compare, and of the others. */
export const COMPARED = 'compared'
export const REFUSED = 'not compared'

export interface Law {
  /** The equation, in the words of the library. */
  readonly name: string
  readonly statement: string
  /** How many cases one run of the property looks at: a set-up is shared by a batch. */
  readonly batch: number
  /** The part of the cases asked for that this law takes: 1 for a law about one query, less where a case is many operations or there are many laws like it. */
  readonly share: number
  readonly property: (cover: Cover) => fc.IAsyncProperty<any>
  /** What is missing in the coverage of so many cases, or null. */
  readonly demand: (coverage: Coverage, cases: number) => string | null
}

export interface RuleSet {
  readonly name: string
  readonly parents: readonly RuleSet[]
  readonly laws: readonly Law[]
}

export interface LawOptions {
  readonly batch?: number
  readonly share?: number
  readonly demand?: Law['demand']
}

/**
 * A law from a check: null when the case satisfies it, or else what went wrong, as a person wants to
 * read it. What the check throws is a failure too.
 */
export const law = <A>(
  name: string,
  statement: string,
  arbitrary: fc.Arbitrary<A>,
  check: (a: A, cover: Cover) => Promise<string | null> | string | null,
  { batch = 1, share = 1, demand = () => null }: LawOptions = {},
): Law => ({
  name,
  statement,
  batch,
  share,
  demand,
  property: cover =>
    fc.asyncProperty(arbitrary, async a => {
      const problem = await check(a, cover)
      if (problem !== null) throw new Failure(problem)
    }),
})

/** A case that breaks a law. Its message is the whole report, so it needs no stack. */
class Failure extends Error {
  override readonly name = 'Failure'
  constructor(message: string) {
    super(message)
    this.stack = message
  }
}

export const ruleSet = (name: string, laws: readonly Law[], parents: readonly RuleSet[] = []): RuleSet => ({ name, parents, laws })

/** The laws of rule sets and of all that they build on, each once. */
export const lawsOf = (...sets: readonly RuleSet[]): readonly Law[] => [
  ...new Set(sets.flatMap((s): readonly Law[] => [...lawsOf(...s.parents), ...s.laws])),
]

export interface RunOptions {
  readonly seed?: number
  /** Cases of a law whose share is 1; 1000 unless told. No law looks at fewer than ten. */
  readonly numRuns?: number
  /** The place of a failure in a run of the same seed, as a report names it. */
  readonly path?: string
  /** Milliseconds after which a failing case is reported as far as it is shrunk; 60,000 unless told. */
  readonly shrinkTime?: number
}

export interface Report {
  readonly law: string
  readonly outcome: 'passed' | 'failed'
  /** How many cases were looked at. */
  readonly cases: number
  readonly seed: number
  /** Where the failing case is; null when there is none. */
  readonly path: string | null
  /** What is wrong: the case, or what the coverage lacks. */
  readonly problem: string | null
  readonly coverage: Coverage
  readonly milliseconds: number
}

/** The least part of the cases of a law that has to be compared. */
const LEAST = 0.8
/** Of fewer cases no part is asked for. */
const FEW = 5

/** What is missing where too little was compared; null where it was enough, or where the law compares nothing with an engine. */
const tooFew = (coverage: Coverage): string | null => {
  const [compared, refused] = [coverage.get(COMPARED) ?? 0, coverage.get(REFUSED) ?? 0]
  const all = compared + refused
  return all < FEW || compared >= LEAST * all
    ? null
    : `only ${compared} of ${all} cases were compared, the others were refused: ${LEAST * 100} % have to be`
}

/** The least cases of a law: fewer say next to nothing. */
const LEAST_CASES = 10

const runOne = async (l: Law, options: RunOptions): Promise<Report> => {
  const counts = new Map<string, number>()
  let failedAt: number | null = null
  const started = performance.now()
  const shrinkTime = options.shrinkTime ?? 60_000
  const counted = l.property(label => {
    if (failedAt === null) counts.set(label, (counts.get(label) ?? 0) + 1)
  })
  const property = untilShrunk(
    counted,
    () => failedAt !== null && performance.now() - failedAt > shrinkTime,
    () => {
      failedAt ??= performance.now()
    },
  )
  const runs = Math.ceil(Math.max(LEAST_CASES, (options.numRuns ?? 1000) * l.share) / l.batch)
  const details = await fc.check(property, {
    numRuns: runs,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.path === undefined ? {} : { path: options.path }),
  })
  const cases = details.numRuns * l.batch
  const thrown = details.errorInstance
  const text = thrown instanceof Failure ? thrown.message : thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
  const lacking = details.failed || options.path !== undefined ? null : (tooFew(counts) ?? l.demand(counts, cases))
  return {
    law: l.name,
    outcome: details.failed || lacking !== null ? 'failed' : 'passed',
    cases,
    seed: details.seed,
    path: details.counterexamplePath,
    problem: details.failed ? text : lacking,
    coverage: counts,
    milliseconds: performance.now() - started,
  }
}

/** The property, with the end of shrinking: once time is up every further case counts as passed. */
const untilShrunk = <A>(property: fc.IAsyncProperty<A>, isOver: () => boolean, failed: () => void): fc.IAsyncProperty<A> => {
  const run = property.run.bind(property)
  return Object.assign(Object.create(property) as fc.IAsyncProperty<A>, {
    run: async (a: A) => {
      if (isOver()) return null
      const problem = await run(a)
      if (problem !== null) failed()
      return problem
    },
  })
}

/** Runs laws one after the other. */
export const run = async (laws: readonly Law[], options: RunOptions = {}): Promise<readonly Report[]> => {
  const reports: Report[] = []
  for (const l of laws) reports.push(await runOne(l, options))
  return reports
}

/** A report as lines: one, or with the failing case. */
export const reportText = (r: Report): string => {
  const head = `${r.outcome === 'passed' ? 'ok  ' : 'FAIL'} ${r.law}: ${r.cases} cases in ${(r.milliseconds / 1000).toFixed(1)} s`
  return r.problem === null ? head : `${head}, seed ${r.seed}${r.path === null ? '' : `, path ${r.path}`}\n${r.problem}`
}
