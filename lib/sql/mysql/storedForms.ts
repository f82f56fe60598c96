/**
 * How MySQL and MariaDB store the expressions that most columns have: literal defaults, and the checks of enums and lengths.
 *
 * `isStoredAs(printed, stored)` is true where the stored text is known to come from the printed one; where it is false, nothing is known, and a
 * temporary table shows it. Facts of MySQL 9.7 and MariaDB 10.11: test/live/diff.test.ts.
 */

const STRING = "'(?:[^'\\\\]|'')*'"
const LIST = new RegExp(`^(\`(?:[^\`]|\`\`)+\`) IN \\((${STRING}(?:, ${STRING})*)\\)$`)
const BRACKETED = new RegExp(`^\\((${STRING})\\)$`)

/** A string as the engines store it: with a character set, and a backslash before a quote. */
const forms = (literal: string): readonly string[] => {
  const inner = literal.slice(1, -1).replaceAll("''", "\\'")
  return [`_utf8mb4'${inner}'`, `'${inner}'`]
}

/** Whether a printed text is stored as another one. */
export const isStoredAs = (printed: string, stored: string): boolean => {
  if (printed === stored) return true
  if (printed === 'TRUE' || printed === 'FALSE') return stored === (printed === 'TRUE' ? '1' : '0')
  const [, value] = BRACKETED.exec(printed) ?? []
  if (value !== undefined) return forms(value).some(f => stored === `(${f})` || stored === f)
  const [, column, values] = LIST.exec(printed) ?? []
  if (column !== undefined && values !== undefined) {
    const each = (values.match(new RegExp(STRING, 'g')) ?? []).map(forms)
    return [0, 1].some(i => {
      const list = each.map(f => f[i])
      const text = list.length === 1 ? `${column} = ${list[0]}` : `${column} in (${list.join(',')})`
      return stored === `(${text})` || stored === text
    })
  }
  return /^char_length\(`(?:[^`]|``)+`\) <?= \d+$/.test(printed) && stored === `(${printed})`
}
