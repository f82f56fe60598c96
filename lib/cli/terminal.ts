/**
 * Colours and progress on a terminal.
 *
 * Both are for people: where a stream is no terminal, or NO_COLOR is set and not empty, texts are plain; a spinner is shown only where stderr is a
 * terminal. This is the only file that knows the package of the spinner.
 *
 * Nothing is written to stdout here.
 */
import { styleText } from 'node:util'
import yoctoSpinner from 'yocto-spinner'
import type { Paint } from './World.js'

const plain = (s: string): string => s

/** The colours for a stream. */
export const paintFor = (isTerminal: boolean, noColor: string | undefined): Paint => {
  const has = isTerminal && (noColor === undefined || noColor === '')
  const painting = (style: Parameters<typeof styleText>[0]) =>
    has ? (s: string): string => styleText(style, s, { validateStream: false }) : plain
  return { bold: painting('bold'), dim: painting('dim'), red: painting('red'), green: painting('green'), yellow: painting('yellow') }
}

/** Shows what is being done on a terminal; null ends it. */
export const progressOn = (stream: NodeJS.WriteStream): ((text: string | null) => void) => {
  if (!stream.isTTY) return () => undefined
  // a signal ends a run in `main`, which releases what is held
  const spinner = yoctoSpinner({ stream, handleSignals: false })
  return text => {
    if (text === null) spinner.stop()
    else {
      spinner.text = text
      if (!spinner.isSpinning) spinner.start()
    }
  }
}
