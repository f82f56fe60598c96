/**
 * Measuring: contenders in one run, interleaved, medians, ratios to the first.
 *
 * Machines are noisy and absolute times mean little. So each round runs every contender once, in
 * turn and every other round backwards, and the report is the median of the rounds' ratios. Each time comes
 * with the CPU time of this process, since a server on the same machine shares the cores.
 * A quarter as many rounds warm up. Each contender's result is compared with the first's before anything is timed, and used, so that
 * nothing is optimised away.
 */
import { performance } from 'node:perf_hooks'
import { isDeepStrictEqual } from 'node:util'

export interface Contender {
  readonly name: string
  /** The timed run; its result is compared with the other contenders'. */
  readonly run: () => Promise<unknown> | unknown
  /** The part of the result to compare, where drivers return the same in different forms. Not timed. */
  readonly answer?: (answer: any) => Promise<unknown> | unknown
  /** What has to be done before each run. Not timed. */
  readonly before?: () => Promise<unknown>
}

export interface Result {
  readonly name: string
  /** Median milliseconds of a run. */
  readonly milliseconds: number
  /** Median of the ratios to the first contender, within a round. */
  readonly ratio: number
  /** The same of the CPU time of this process. */
  readonly cpu: number
  readonly cpuRatio: number
}

interface Sample {
  readonly time: number
  readonly cpu: number
}

const median = (xs: readonly number[]): number => {
  const sorted = [...xs].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] as number
}

const sample = async (c: Contender): Promise<Sample> => {
  await c.before?.()
  const cpu = process.cpuUsage()
  const start = performance.now()
  await c.run()
  const time = performance.now() - start
  const { user, system } = process.cpuUsage(cpu)
  return { time, cpu: (user + system) / 1000 }
}

/** Runs every contender `rounds` times. Throws if their results differ. */
export const compare = async (contenders: readonly Contender[], rounds = 25): Promise<readonly Result[]> => {
  const [first] = contenders
  if (first === undefined) return []
  const answered = async (c: Contender): Promise<unknown> => {
    await c.before?.()
    const answer = await c.run()
    return c.answer === undefined ? answer : c.answer(answer)
  }
  const expected = await answered(first)
  for (const c of contenders) {
    if (!isDeepStrictEqual(await answered(c), expected)) throw new Error(`the results of ${c.name} and ${first.name} differ`)
  }
  // compilers need to have seen the code: a server runs for longer than a benchmark
  for (let round = 0; round < rounds / 4; round += 1) for (const c of contenders) await sample(c)
  const samples = new Map(contenders.map(c => [c.name, [] as Sample[]]))
  const backwards = [...contenders].reverse()
  for (let round = 0; round < rounds; round += 1) {
    for (const c of round % 2 === 0 ? contenders : backwards) samples.get(c.name)?.push(await sample(c))
  }
  const base = samples.get(first.name) as readonly Sample[]
  return contenders.map(({ name }) => {
    const own = samples.get(name) as readonly Sample[]
    const over = (what: keyof Sample): number => median(own.map((s, i) => s[what] / (base[i] as Sample)[what]))
    return {
      name,
      milliseconds: median(own.map(s => s.time)),
      ratio: over('time'),
      cpu: median(own.map(s => s.cpu)),
      cpuRatio: over('cpu'),
    }
  })
}

/** The results as lines of text: time, its ratio, CPU time, its ratio. */
export const show = (title: string, results: readonly Result[]): string =>
  [
    title,
    ...results.map(r =>
      [
        `  ${r.name.padEnd(44)}`,
        `${r.milliseconds.toFixed(3).padStart(10)} ms`,
        r.ratio.toFixed(2).padStart(8),
        `${r.cpu.toFixed(3).padStart(12)} ms CPU`,
        r.cpuRatio.toFixed(2).padStart(8),
      ].join(''),
    ),
  ].join('\n')
