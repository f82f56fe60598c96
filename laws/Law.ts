/**
 * Laws: named equations that any test runner can check on random cases.
 *
 * A `Law` is a name (the equation), a sentence that states it, and a fast-check property. A rule set is laws with the rule sets it builds
 * on; a law that several of them share runs once. `run` returns data: which laws passed and, for those that failed, the shrunk case as
 * text with the seed and path that replay it.
 *
 * A property that only ever compares empty results shows nothing, so a law counts labels while it runs and may demand a coverage: a run
 * below it fails.
 */
import fc from 'fast-check'

/** Counts of labels, as `size 0` or `Q.where`. */
export type Coverage = ReadonlyMap<string, number>

/** Counts a label. */
export type Cover = (label: string) => void

/** The labels of cases that were compared, and of cases that a refusal left nothing to compare in. */
export const COMPARED = 'compared'
export const REFUSED = 'not compared'

export interface Law {
  /** The equation, written with the combinators of the library. */
  readonly name: string
  readonly statement: string
  /** The number of cases in one run of the property: they share a set-up. */
  readonly batch: number
  /** The share of `numRuns` this law runs: 1 for a law about one query, less if a case is many operations or there are many similar laws. */
  readonly share: number
  readonly property: (cover: Cover) => fc.IAsyncProperty<any>
  /** What the coverage of this many cases lacks, or null. */
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
 * A law from a check, which returns null if the case satisfies the law, or else a readable report. A check that throws fails as well.
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

/** A case that breaks a law. The message is the whole report, in place of a stack. */
class Failure extends Error {
  override readonly name = 'Failure'
  constructor(message: string) {
    super(message)
    this.stack = message
  }
}

export const ruleSet = (name: string, laws: readonly Law[], parents: readonly RuleSet[] = []): RuleSet => ({ name, parents, laws })

/** The laws of rule sets and of all their parents, each once. */
export const lawsOf = (...sets: readonly RuleSet[]): readonly Law[] => [
  ...new Set(sets.flatMap((s): readonly Law[] => [...lawsOf(...s.parents), ...s.laws])),
]

export interface RunOptions {
  readonly seed?: number
  /** The number of cases of a law whose share is 1. Default: 1000. Every law runs at least ten. */
  readonly numRuns?: number
  /** The path of a failure in a run of the same seed, from its report. */
  readonly path?: string
  /** Milliseconds after which shrinking stops. Default: 60,000. */
  readonly shrinkTime?: number
}

export interface Report {
  readonly law: string
  readonly outcome: 'passed' | 'failed'
  /** The number of cases that were run. */
  readonly cases: number
  readonly seed: number
  /** The path of the failing case, or null. */
  readonly path: string | null
  /** The failing case, or what the coverage lacks; null if the law passed. */
  readonly problem: string | null
  readonly coverage: Coverage
  readonly milliseconds: number
}

/** The smallest share of the cases of a law that must be compared. */
const LEAST = 0.8
/** With fewer cases no share is required. */
const FEW = 5

/** A complaint if too few cases were compared; null for a law that does not count them. */
const tooFew = (coverage: Coverage): string | null => {
  const [compared, refused] = [coverage.get(COMPARED) ?? 0, coverage.get(REFUSED) ?? 0]
  const all = compared + refused
  return all < FEW || compared >= LEAST * all
    ? null
    : `only ${compared} of ${all} cases were compared, the others were refused: at least ${LEAST * 100} % must be compared`
}

/** The smallest number of cases of a law. */
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

/** The property with a time limit on shrinking: when it is over, every further case counts as passed. */
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

/** A report as one line, followed by the failing case if there is one. */
export const reportText = (r: Report): string => {
  const head = `${r.outcome === 'passed' ? 'ok  ' : 'FAIL'} ${r.law}: ${r.cases} cases in ${(r.milliseconds / 1000).toFixed(1)} s`
  return r.problem === null ? head : `${head}, seed ${r.seed}${r.path === null ? '' : `, path ${r.path}`}\n${r.problem}`
}
