/**
 * What a code block in a doc comment may use without importing it. Blocks in README.md and docs/ import for themselves,
 * since readers copy them. A name that a block declares itself is not taken from here.
 */
export { flow, pipe } from 'fp-ts/lib/function.js'
