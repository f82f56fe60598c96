/**
 * Automata: whether a regular expression matches some part of a text, in linear time.
 *
 * All alternatives are followed at once: a state is the set of steps that can be reached. States are created as texts reach them and cached with
 * their transitions by kind of character, so that similar texts are matched by look-ups. Characters are of one kind if no step distinguishes
 * them. The number of cached states and steps is limited; beyond it the cache is cleared: an expression with 2^255 states takes as long as
 * following all alternatives, and no more memory.
 */
import { parsed, type Range, type Regex, within } from './regex.js'

type Step =
  | { readonly tag: 'set'; readonly ranges: readonly Range[]; readonly negated: boolean }
  | { readonly tag: 'any' | 'start' | 'end' | 'done' }
  | { readonly tag: 'go'; to: readonly number[] }

/** The steps of an expression; the last one is the end. */
const steps = (regex: Regex): readonly Step[] => {
  const made: Step[] = []
  const go = (to: readonly number[]): { readonly tag: 'go'; to: readonly number[] } => {
    const step = { tag: 'go' as const, to }
    made.push(step)
    return step
  }
  const add = (r: Regex): void => {
    switch (r.tag) {
      case 'all':
        r.parts.forEach(add)
        break
      case 'one': {
        const choice = go([])
        const ends = r.parts.map(part => {
          choice.to = [...choice.to, made.length]
          add(part)
          return go([])
        })
        for (const end of ends) end.to = [made.length]
        break
      }
      case 'repeat': {
        for (let i = 0; i < r.least; i += 1) add(r.part)
        if (r.most === null) {
          const loop = made.length
          const choice = go([])
          add(r.part)
          go([loop])
          choice.to = [loop + 1, made.length]
        } else {
          const choices = Array.from({ length: r.most - r.least }, () => {
            const choice = go([made.length + 1])
            add(r.part)
            return choice
          })
          for (const choice of choices) choice.to = [...choice.to, made.length]
        }
        break
      }
      default:
        made.push(r)
    }
  }
  add(regex)
  made.push({ tag: 'done' })
  return made
}

/** The kinds of characters: `kindOf` of a code point, and a code point of each kind. */
const kindsOf = (program: readonly Step[]): { readonly kindOf: (point: number) => number; readonly points: readonly number[] } => {
  const edges = new Set([0])
  for (const step of program) {
    if (step.tag !== 'set') continue
    for (const [low, high] of step.ranges) edges.add(low).add(high + 1)
  }
  const points = [...edges].sort((a, b) => a - b)
  const search = (point: number): number => {
    let [low, high] = [0, points.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((points[middle] as number) <= point) low = middle
      else high = middle - 1
    }
    return low
  }
  const plain = Array.from({ length: 128 }, (_, point) => search(point))
  return { kindOf: point => plain[point] ?? search(point), points }
}

/** Whether the characters of a kind advance a step, computed once for each set of characters. */
const acceptance = (points: readonly number[]): ((step: Step) => readonly boolean[]) => {
  const known = new Map<readonly Range[], { readonly inside: readonly boolean[]; readonly outside: readonly boolean[] }>()
  const [all, none] = [points.map(() => true), points.map(() => false)]
  return step => {
    if (step.tag !== 'set') return step.tag === 'any' ? all : none
    let both = known.get(step.ranges)
    if (both === undefined) {
      const inside = points.map(p => within(step.ranges, p))
      both = { inside, outside: inside.map(x => !x) }
      known.set(step.ranges, both)
    }
    return step.negated ? both.outside : both.inside
  }
}

/** A state: what a text has reached. */
interface State {
  /** The steps that are reached, in order, and those of them that read a character. */
  readonly after: Int32Array
  readonly waiting: Int32Array
  readonly isDone: boolean
  /** The next state for each kind of character. */
  readonly next: (State | undefined)[]
}

/** What advances a step: a character, nothing, the start of the text, or its end. */
const [READS, GOES, STARTS, ENDS] = [0, 1, 2, 3] as const

const MAX_STATES = 2_000
const MAX_KEPT = 200_000

const isSame = (a: Int32Array, b: Int32Array): boolean => {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false
  return true
}

/** A matcher: whether an expression matches some part of a text. */
const matcher = (regex: Regex): ((text: string) => boolean) => {
  const program = steps(regex)
  const { kindOf, points } = kindsOf(program)
  const accepts = program.map(acceptance(points))
  /** The steps that read a character. */
  const readers = Int32Array.from(program.flatMap(({ tag }, at) => (tag === 'set' || tag === 'any' ? [at] : [])))
  const found = new Int32Array(readers.length)
  const marks = new Uint8Array(program.length)
  const stack = new Int32Array(program.length + 1)
  const anchors = Uint8Array.from(program, ({ tag }) => (tag === 'go' ? GOES : tag === 'start' ? STARTS : tag === 'end' ? ENDS : READS))
  const onward = program.map((step, at) =>
    Int32Array.from(step.tag === 'go' ? step.to : step.tag === 'start' || step.tag === 'end' ? [at + 1] : []),
  )

  /** Marks the steps that are reached from the given ones, and from the first, without a character; returns whether the end is among them. Loops over numbers, because this is the hot path. */
  const reach = (after: Int32Array, isStart: boolean, isEnd: boolean): boolean => {
    let top = 1
    marks.fill(0)
    marks[0] = 1
    stack[0] = 0
    for (let i = 0; i < after.length; i += 1) {
      stack[top] = after[i] as number
      marks[after[i] as number] = 1
      top += 1
    }
    while (top > 0) {
      top -= 1
      const at = stack[top] as number
      const to = onward[at] as Int32Array
      const isOpen = anchors[at] === GOES || (anchors[at] === STARTS && isStart) || (anchors[at] === ENDS && isEnd)
      for (let i = 0; isOpen && i < to.length; i += 1) {
        const next = to[i] as number
        if (marks[next] === 1) continue
        marks[next] = 1
        stack[top] = next
        top += 1
      }
    }
    return marks[program.length - 1] === 1
  }

  const stateAt = (after: Int32Array, isStart: boolean): State => {
    const isDone = reach(after, isStart, false)
    let count = 0
    for (let i = 0; i < readers.length; i += 1) {
      const at = readers[i] as number
      if (marks[at] === 1) {
        found[count] = at
        count += 1
      }
    }
    return { after, waiting: found.slice(0, count), isDone, next: [] }
  }

  let states = new Map<number, State[]>()
  let [count, kept] = [0, 0]

  /** The cached state of a set of steps. */
  const known = (after: Int32Array): State => {
    let hash = 0x811c9dc5
    for (let i = 0; i < after.length; i += 1) hash = Math.imul(hash ^ (after[i] as number), 0x01000193)
    const before = states.get(hash)?.find(s => isSame(s.after, after))
    if (before !== undefined) return before
    if (count >= MAX_STATES || kept > MAX_KEPT) {
      states = new Map()
      ;[count, kept] = [0, 0]
    }
    const made = stateAt(after.slice(), false)
    states.set(hash, [...(states.get(hash) ?? []), made])
    count += 1
    kept += made.after.length + made.waiting.length + points.length
    return made
  }

  const read = new Int32Array(program.length)

  const following = (state: State, kind: number): State => {
    let length = 0
    for (let i = 0; i < state.waiting.length; i += 1) {
      const at = state.waiting[i] as number
      if (accepts[at]?.[kind] !== true) continue
      read[length] = at + 1
      length += 1
    }
    return known(read.subarray(0, length))
  }

  const first = stateAt(new Int32Array(0), true)

  return text => {
    let state = first
    for (const c of text) {
      if (state.isDone) return true
      const kind = kindOf(c.codePointAt(0) as number)
      const there = state.next[kind] ?? following(state, kind)
      state.next[kind] = there
      state = there
    }
    return state.isDone || reach(state.after, text === '', true)
  }
}

const MAX_MATCHERS = 100

const matchers = new Map<string, (text: string) => boolean>()

/** The matcher of a pattern, made once for all rows of a statement. Refuses invalid patterns; call inside `attempting`. */
export const matching = (pattern: string): ((text: string) => boolean) => {
  const known = matchers.get(pattern)
  if (known !== undefined) return known
  if (matchers.size >= MAX_MATCHERS) matchers.clear()
  const made = matcher(parsed(pattern))
  matchers.set(pattern, made)
  return made
}
