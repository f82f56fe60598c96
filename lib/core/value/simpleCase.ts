/**
 * Unicode simple case mapping: one character to one character.
 *
 * Decision 19: a character is mapped independently of its neighbours and the language: `ß` stays `ß`, a final sigma is a sigma. JavaScript uses
 * the full mapping (`'ß'.toUpperCase()` is `'SS'`). Where its result is one character, that is the simple mapping; of the others, those below
 * have a simple mapping in Unicode's UnicodeData.txt (dotted capital I, Greek letters with iota subscript), the rest map to themselves.
 * Postgres's builtin provider (`pg_c_utf8`) does the same, and the laws compare both.
 */
const eachCharacter = (s: string, map: (c: string) => string): string => {
  let result = ''
  for (const c of s) {
    const to = map(c)
    result += [...to].length === 1 ? to : special(c)
  }
  return result
}

/** The simple mapping of a character whose full mapping has several characters. */
const special = (c: string): string => {
  const code = c.codePointAt(0) as number
  if (code === 0x130) return 'i'
  if (code >= 0x1f80 && code <= 0x1faf && code % 16 < 8) return String.fromCodePoint(code + 8)
  if (code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3) return String.fromCodePoint(code + 9)
  return c
}

/** A text in lower case, character by character. */
export const lowerCase = (s: string): string => eachCharacter(s, c => c.toLowerCase())

/** A text in upper case, character by character. */
export const upperCase = (s: string): string => eachCharacter(s, c => c.toUpperCase())
