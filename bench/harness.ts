/**
 * Measuring: contenders in one run, interleaved, medians, ratios to the first.
 *
 * Machines are noisy and absolute times mean little, so that each round runs every contender once, in
 * turn, and what is reported is the median of the rounds' ratios. Each contender's answer is checked
 * to be the same as the first's before anything is timed, and used, so that nothing is optimised away.
 */
import { performance } from 'node:perf_hooks'
import { isDeepStrictEqual } from 'node:util'

export interface Contender {
  readonly name: string
  /** What is timed; its answer is compared with the other contenders'. */
  readonly run: () => Promise<unknown> | unknown
}

export interface Result {
  readonly name: string
  /** Median milliseconds of a run. */
  readonly milliseconds: number
  /** Median of the ratios to the first contender, within a round. */
  readonly ratio: number
}

const median = (xs: readonly number[]): number => {
  const sorted = [...xs].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] as number
}

/** Runs every contender `rounds` times. Throws when their answers differ: then there is nothing to compare. */
export const compare = async (contenders: readonly Contender[], rounds = 25): Promise<readonly Result[]> => {
  const [first] = contenders
  if (first === undefined) return []
  const expected = await first.run()
  for (const c of contenders) {
    if (!isDeepStrictEqual(await c.run(), expected)) throw new Error(`${c.name} answers otherwise than ${first.name}`)
  }
  const times = new Map(contenders.map(c => [c.name, [] as number[]]))
  for (let round = 0; round < rounds; round += 1) {
    for (const c of contenders) {
      const start = performance.now()
      await c.run()
      times.get(c.name)?.push(performance.now() - start)
    }
  }
  const base = times.get(first.name) as readonly number[]
  return contenders.map(({ name }) => {
    const own = times.get(name) as readonly number[]
    return { name, milliseconds: median(own), ratio: median(own.map((t, i) => t / (base[i] as number))) }
  })
}

/** The results as lines of text. */
export const show = (title: string, results: readonly Result[]): string =>
  [title, ...results.map(r => `  ${r.name.padEnd(44)}${r.milliseconds.toFixed(3).padStart(10)} ms${r.ratio.toFixed(2).padStart(8)}`)].join(
    '\n',
  )
