/**
 * Fragments: SQL text with places for parameters.
 *
 * A `Fragment` is a list of texts and slots. Values are never text: they are slots, numbered in
 * their order when the whole statement is known. Where a dialect numbers its placeholders, a slot
 * that occurs twice has one number, so that an engine sees that a group key and a selected
 * expression are the same.
 *
 * Fragments form a monoid under `join('')`.
 */
import type { ExprType } from '../core/syntax/Syntax.js'

/** A parameter: a value that is known now, or a named one of a prepared query. */
export type Slot =
  | { readonly tag: 'value'; readonly value: unknown; readonly type: ExprType }
  | { readonly tag: 'named'; readonly name: string; readonly type: ExprType; readonly isRowCount?: true }

type Piece = string | Slot | Fragment

/** A piece may be a fragment of two or more pieces, which is not copied into the enclosing one. */
export interface Fragment {
  readonly pieces: readonly Piece[]
}

const isFragment = (p: Piece): p is Fragment => typeof p === 'object' && 'pieces' in p

/** The pieces of a fragment inside another one; a fragment of several pieces is not copied. */
const FEW = 8

const fragment = (parts: Iterable<string | Fragment>): Fragment => {
  const pieces: Piece[] = []
  for (const part of parts) {
    if (typeof part === 'string') {
      if (part !== '') pieces.push(part)
    } else if (part.pieces.length > FEW) pieces.push(part)
    else pieces.push(...part.pieces)
  }
  const [only] = pieces
  return pieces.length === 1 && only !== undefined && isFragment(only) ? only : { pieces }
}

/** The slot of a fragment that is a single slot, else undefined. */
export const slotOf = ({ pieces: [only, ...more] }: Fragment): Slot | undefined =>
  more.length === 0 && typeof only === 'object' && !isFragment(only) ? only : undefined

/** SQL text. */
export const text = (s: string): Fragment => ({ pieces: [s] })

/** A parameter. */
export const slot = (s: Slot): Fragment => ({ pieces: [s] })

/** A template of texts and fragments. Plain strings in it are SQL text: only for keywords and quoted identifiers. */
export const sql = (texts: TemplateStringsArray, ...parts: readonly (Fragment | string)[]): Fragment =>
  fragment(texts.flatMap((t, i) => (i === 0 ? [t] : [parts[i - 1] as Fragment | string, t])))

/** Fragments with a separator between them. */
export const join = (parts: readonly Fragment[], separator: string): Fragment =>
  fragment(parts.flatMap((p, i) => (i === 0 ? [p] : [separator, p])))

/** Fragments with commas between them. */
export const list = (parts: readonly Fragment[]): Fragment => join(parts, ', ')

/** Texts with fragments between them. */
export const interleaved = (texts: readonly string[], parts: readonly Fragment[]): readonly Fragment[] =>
  texts.flatMap((t, i) => (parts[i] === undefined ? [text(t)] : [text(t), parts[i]]))

/** A fragment in brackets. */
export const parens = (f: Fragment): Fragment => sql`(${f})`

/** A fragment if the condition holds, else the empty one. */
export const optional = (condition: boolean, f: () => Fragment): Fragment => (condition ? f() : { pieces: [] })

/** SQL text with its slots in the order of the placeholders. */
export interface Flat {
  readonly text: string
  readonly slots: readonly Slot[]
}

/** Numbers the slots. With `reuse`, a slot that occurs twice keeps its number. */
export const flatten = (f: Fragment, placeholder: (n: number, s: Slot) => string, reuse: boolean): Flat => {
  const slots: Slot[] = []
  const numbers = new Map<Slot, number>()
  let result = ''
  // a loop: fragments are nested as deeply as queries
  const waiting: Piece[] = [f]
  for (let piece = waiting.pop(); piece !== undefined; piece = waiting.pop()) {
    if (typeof piece === 'string') {
      result += piece
      continue
    }
    if (isFragment(piece)) {
      for (let i = piece.pieces.length; i > 0; i -= 1) waiting.push(piece.pieces[i - 1] as Piece)
      continue
    }
    let n = reuse ? numbers.get(piece) : undefined
    if (n === undefined) {
      n = slots.push(piece)
      numbers.set(piece, n)
    }
    result += placeholder(n, piece)
  }
  return { text: result, slots }
}
