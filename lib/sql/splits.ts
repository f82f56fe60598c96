/**
 * Texts as arrays of their parts, on engines that have no such function: by replacing, and by quoting the whole text as JSON.
 *
 * Three marks m, y and z are characters that the separator does not have; m is none that an escape of JSON has, nor needs one. Each m of
 * the text becomes mz, so that my is nowhere; each separator becomes my, and none is made or lost by that, for it has neither. The
 * quoted text has its my and mz where they were, since escapes have no m: my becomes the end of a text and the beginning of
 * another, mz becomes m again. What is replaced is compared byte by byte.
 */
import { type Args, atom, type CallPrinter } from './CallPrinter.js'
import { wordOf } from './dateSteps.js'
import { type Fragment, sql } from './Fragment.js'

/** No letter of an escape, no digit, nothing that is quoted; then characters for private use, of which there are more than a separator has. */
const MARKS: readonly string[] = [...'~^|@#', ...Array.from({ length: 200 }, (_, i) => String.fromCodePoint(0xe000 + i))]

const marksFor = (args: Args): readonly [string, string, string] => {
  const separator = wordOf(args, 1)
  return MARKS.filter(m => !separator.includes(m)).slice(0, 3) as [string, string, string]
}

/** The array, made of JSON text. Both the text and JSON's are given a collation of bytes. */
export const splitByMarks =
  (collation: string, asArray: (json: Fragment) => Fragment): CallPrinter =>
  args => {
    const [m, y, z] = marksFor(args)
    const whole = sql`CONVERT(${args.arg(0)} USING utf8mb4) COLLATE ${collation}`
    const marked = sql`replace(replace(${whole}, '${m}', '${m}${z}'), ${args.arg(1)}, '${m}${y}')`
    const quoted = sql`json_quote(${marked}) COLLATE ${collation}`
    return atom(asArray(sql`concat('[', replace(replace(${quoted}, '${m}${y}', '","'), '${m}${z}', '${m}'), ']')`))
  }
