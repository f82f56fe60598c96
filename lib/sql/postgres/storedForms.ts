/**
 * How Postgres stores the expressions that most columns have: literal defaults, and the checks of enums and lengths.
 *
 * `isStoredAs(printed, stored)` is true where the stored text is known to come from the printed one; where it is false, nothing is known, and a
 * scratch table shows it. Facts of Postgres 18: test/live/diff.test.ts.
 */

const STRING = "'(?:[^']|'')*'"
const LIST = new RegExp(`^"((?:[^"]|"")+)" IN \\((${STRING}(?:, ${STRING})*)\\)$`)
const LENGTH = /^char_length\("((?:[^"]|"")+)"\) = (\d+)$/

/** A column as Postgres prints it: with quotes only where it needs them. */
const namesOf = (quoted: string): readonly string[] => [`"${quoted}"`, ...(/^[a-z_][a-z0-9_]*$/.test(quoted) ? [quoted] : [])]

/** Whether a printed text is stored as another one. */
export const isStoredAs = (printed: string, stored: string): boolean => {
  if (printed === stored) return true
  if (printed === 'TRUE' || printed === 'FALSE') return stored === printed.toLowerCase()
  const literal = new RegExp(`^${STRING}$`).test(printed) ? printed : /^-\d+(?:\.\d+)?$/.test(printed) ? `'${printed}'` : null
  if (literal !== null && !/-\d\d-\d\d[T ]/.test(literal))
    return stored.startsWith(`${literal}::`) && /^[a-z ]+$/.test(stored.slice(literal.length + 2))
  const [, column, values] = LIST.exec(printed) ?? []
  if (column !== undefined && values !== undefined) {
    const typed = (values.match(new RegExp(STRING, 'g')) ?? []).map(v => `${v}::text`)
    return namesOf(column).some(
      name => stored === (typed.length === 1 ? `(${name} = ${typed[0]})` : `(${name} = ANY (ARRAY[${typed.join(', ')}]))`),
    )
  }
  const [, of, length] = LENGTH.exec(printed) ?? []
  return of !== undefined && namesOf(of).some(name => stored === `(char_length((${name})::text) = ${length})`)
}
