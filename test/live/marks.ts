/**
 * Marks: values that are planted as secrets, and the search for them.
 *
 * A mark is found in any form that an engine, a driver or Node gives it: escaped, truncated, in another case, as hexadecimal digits, as
 * base64, as a list of numbers. A long text is found by any eight consecutive letters of it.
 */
import { inspect } from 'node:util'

/** Longer than any place where a server cuts, and with all that has a meaning somewhere. */
const TEXT =
  'kvzqoxjm81wh"pdgzrutf94y\'bncegxsl52a\\ikxvywmo71)=(zqarftdj58,{hwksnpvb36}:%zzxlqe;--uyjtmrgk<&>`cofwzvxd`$1?smqbhnkl#@/ltqxrwvz'

export const MARKS = {
  text: TEXT,
  /** Fits into every column. */
  short: 'wqzjxkvbp7',
  int: 918_273_645,
  big: 7_182_736_455_463_728n,
  decimal: '7391648.26',
  float: 0.648_239_175_5,
  day: '2037-11-23',
  uuid: '7b3e91d4-5c82-4fa6-9e17-d2a85b60c3f9',
  bytes: new Uint8Array([0xde, 0xca, 0x9b, 0x17, 0xe4, 0x52, 0xaf, 0x36, 0xc1, 0x7d]),
  json: { member: 'jrmqzvtkwx', zkeyqwvxjt: 82_736_451 },
} as const

/** Marks without special characters, for the passwords, users and options of addresses. */
export const PASSWORD = 'pjwqkzvx73tm'
export const USER = 'usqzjvkwx51p'
export const OPTION = 'opzqwjvxk29t'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** Each eight characters in a row of what has no character that is escaped somewhere. */
const windows = (text: string): readonly string[] =>
  text.split(/[^A-Za-z0-9]+/).flatMap(part => Array.from({ length: Math.max(0, part.length - 7) }, (_, i) => part.slice(i, i + 8)))

const ofText = (text: string): readonly string[] => [...windows(text), hex(Buffer.from(text)).slice(0, 24)]

/** Forms without blanks, in lower case: so is what they are looked for in. */
const FORMS: readonly (readonly [string, readonly string[]])[] = [
  ['text', ofText(MARKS.text)],
  ['short text', ofText(MARKS.short)],
  ['password', ofText(PASSWORD)],
  ['user', ofText(USER)],
  ['option', ofText(OPTION)],
  ['integer', ['918273645', '918,273,645', '918_273_645', MARKS.int.toString(16)]],
  ['bigint', ['7182736455463728', MARKS.big.toString(16), '7.182736455']],
  ['decimal', ['7391648']],
  ['float', ['6482391755']],
  ['day', ['2037-11-23', '20371123', 'nov232037', String(Date.UTC(2037, 10, 23))]],
  ['uuid', [MARKS.uuid, MARKS.uuid.replaceAll('-', '')]],
  ['bytes', [hex(MARKS.bytes).slice(0, 12), Buffer.from(MARKS.bytes).toString('base64').slice(0, 10), [...MARKS.bytes].slice(0, 5).join()]],
  ['JSON member', [...windows(MARKS.json.member), '82736451']],
  ['JSON key', windows('zkeyqwvxjt')],
]

const FULL = { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true, maxStringLength: null, maxArrayLength: null } as const

const asJson = (value: unknown): string => {
  try {
    return String(JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? String(v) : v)))
  } catch {
    return ''
  }
}

/** Message, stack and fields of an error and of all that hangs on it. */
const chain = (value: unknown, seen: Set<unknown> = new Set()): string => {
  if (typeof value === 'function' || value === null || typeof value !== 'object') return String(value)
  if (seen.has(value)) return ''
  seen.add(value)
  const own = Reflect.ownKeys(value).map(key => {
    try {
      return `${String(key)} ${chain((value as { readonly [k: PropertyKey]: unknown })[key], seen)}`
    } catch {
      return ''
    }
  })
  return [value instanceof Error ? String(value) : '', ...own].join('\n')
}

/** The marks in a text. */
export const marksIn = (text: string): readonly string[] => {
  const wanted = text.toLowerCase().replaceAll(/\s+/g, '')
  return FORMS.flatMap(([name, forms]) => (forms.some(form => wanted.includes(form.toLowerCase())) ? [name] : []))
}

/** The ways of showing a value in which a mark is found, each with the mark. */
export const leaks = (value: unknown): readonly string[] => {
  const shown: readonly (readonly [string, string])[] = [
    ['JSON.stringify', asJson(value)],
    ['util.inspect', inspect(value, FULL)],
    ['fields', chain(value)],
  ]
  return [...new Set(shown.flatMap(([way, text]) => marksIn(text).map(mark => `${mark} by ${way}`)))]
}
