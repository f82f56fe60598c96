/**
 * Unicode simple case mapping, for engines that know ASCII only.
 *
 * Decision 19: a character maps to one character or to itself, without regard to its neighbours and
 * to language: `ß` stays `ß`, a final sigma is a sigma. That is what Postgres's builtin provider does.
 */
const mapped = (s: string, map: (c: string) => string): string => {
  let result = ''
  for (const c of s) {
    const to = map(c)
    result += [...to].length === 1 ? to : c
  }
  return result
}

export const simpleCase = {
  lower: (s: string): string => mapped(s, c => c.toLowerCase()),
  upper: (s: string): string => mapped(s, c => c.toUpperCase()),
}
