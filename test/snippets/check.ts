/**
 * The check behind a `// => text` in a code block: the printed output of the expression, or else its value, is compared with the text.
 */
import { format, inspect } from 'node:util'

/** Blanks are not compared, so that a long value may be wrapped. */
const squeeze = (text: string): string => text.replace(/\s+/g, ' ').trim()

export const check = async (expression: () => Promise<unknown>, expected: string, line: number): Promise<void> => {
  const printed: Array<string> = []
  const log = console.log
  console.log = (...args) => {
    printed.push(format(...args))
  }
  let actual: string
  try {
    const value = await expression()
    actual = printed.length > 0 ? printed.join('\n') : inspect(value, { depth: 12, maxArrayLength: null, maxStringLength: null })
  } finally {
    console.log = log
  }
  if (squeeze(actual) !== squeeze(expected)) throw new Error(`line ${line}: expected\n${expected}\nbut got\n${actual}`)
}
