/**
 * Texts without passwords.
 *
 * Errors of the library never repeat an address, but others do: the parser of the command line shows the arguments, a configuration may throw a text
 * with an address. What may be a password in such a text becomes `***`.
 *
 * Law: `hiding(hiding(s)) = hiding(s)`.
 */

/** A text whose addresses have no passwords. */
export const hiding = (text: string): string =>
  text
    .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:@/'"]*):[^\s'"]*@/gi, '$1:***@')
    .replace(/\b(password|passwd|pwd|sslpassword)(["']?\s*[=:]\s*["']?)[^\s&'",;]+/gi, '$1$2***')

/** A text in which the values of an option are hidden too: the arguments after `--database` and the like. */
export const hidingValues = (text: string, values: readonly string[]): string =>
  values.filter(v => v !== '').reduce((shown, value) => shown.replaceAll(value, '***'), hiding(text))
