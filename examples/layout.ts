/**
 * Breaks an SQL statement into lines: one for each clause and each selected column, subqueries indented.
 *
 * It knows only quotes, parentheses and the words that begin a clause. In parentheses that hold no query (the
 * arguments of a function, with an order perhaps) nothing is broken.
 */
const tokens =
  /"(?:[^"]|"")*"|`(?:[^`]|``)*`|'(?:[^']|'')*'|\(|\)|, |(?<=\)) (?=SELECT\b)| (?=(?:(?:LEFT |CROSS |(?<!(?:LEFT|CROSS) ))JOIN|FROM|WHERE|GROUP BY|HAVING|ORDER BY|LIMIT|OFFSET|UNION|INTERSECT|EXCEPT)\b)/g

interface Inside {
  readonly query: boolean
  /** The indentation of its lines. */
  readonly margin: number
  /** Whether its selected columns are being read: they are indented one more step, and so are their subqueries. */
  selecting: boolean
}

export const layout = (sql: string): string => {
  const inside: Inside[] = [{ query: true, margin: 0, selecting: sql.startsWith('SELECT') }]
  const newLine = (steps: number): string => `\n${'  '.repeat(steps)}`
  return sql.replace(tokens, (token, at: number) => {
    const here = inside[inside.length - 1] as Inside
    const margin = here.margin + (here.selecting ? 1 : 0)
    if (token === '(') {
      const query = sql.startsWith('SELECT', at + 1)
      inside.push(query ? { query, margin: margin + 1, selecting: true } : { ...here, query })
      return query ? `(${newLine(margin + 1)}` : token
    }
    if (token === ')') {
      inside.pop()
      return here.query ? `${newLine(here.margin - 1)})` : token
    }
    if (!here.query) return token
    if (token === ', ') return here.selecting ? `,${newLine(margin)}` : token
    if (token !== ' ') return token
    here.selecting = sql.startsWith(' UNION', at) || sql.startsWith(' SELECT', at)
    return newLine(here.margin)
  })
}
