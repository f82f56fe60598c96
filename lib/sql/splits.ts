/**
 * Splitting texts on engines without such a function: by replacing, and by quoting the whole text as JSON.
 *
 * Three marks m, y and z are characters that the separator does not contain; m neither occurs in an escape of JSON nor needs one. Each m
 * of the text becomes mz, so that my does not occur; each separator becomes my, and since it contains no mark, none is made or lost by
 * that. In the quoted text my and mz are unchanged, since escapes have no m: my becomes the end of one text and the beginning of the
 * next, mz becomes m again. Replacing compares bytes.
 */
import { type Args, atom, type CallPrinter } from './CallPrinter.js'
import { wordOf } from './dateSteps.js'
import { type Fragment, sql } from './Fragment.js'

/** Characters that are no letter of an escape, no digit, and need no escape; then private-use characters, more than a separator has. */
const MARKS: readonly string[] = [...'~^|@#', ...Array.from({ length: 200 }, (_, i) => String.fromCodePoint(0xe000 + i))]

const marksFor = (args: Args): readonly [string, string, string] => {
  const separator = wordOf(args, 1)
  return MARKS.filter(m => !separator.includes(m)).slice(0, 3) as [string, string, string]
}

/** The array, made from JSON text. Both the text and the JSON text get a binary collation. */
export const splitByMarks =
  (collation: string, asArray: (json: Fragment) => Fragment): CallPrinter =>
  args => {
    const [m, y, z] = marksFor(args)
    const whole = sql`CONVERT(${args.arg(0)} USING utf8mb4) COLLATE ${collation}`
    const marked = sql`replace(replace(${whole}, '${m}', '${m}${z}'), ${args.arg(1)}, '${m}${y}')`
    const quoted = sql`json_quote(${marked}) COLLATE ${collation}`
    return atom(asArray(sql`concat('[', replace(replace(${quoted}, '${m}${y}', '","'), '${m}${z}', '${m}'), ']')`))
  }
