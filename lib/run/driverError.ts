/**
 * A safe copy of what a driver, a socket, TLS or Node threw, for the `cause` of a `DbError`.
 *
 * Drivers attach everything to their errors: the statement with its values, the address with its password, details that
 * quote rows, certificates. A copy keeps what helps to find the cause and can't contain values: the name, codes, the names of
 * schema, table, column and constraint, the position in the statement, the address of a socket, the frames of the stack, and a
 * message without values (`withoutValues`; for codes whose messages are known to contain values, a fixed message).
 *
 * Law: a copy contains no value of a parameter, of a row or of an option, at any depth. Nested causes are copies.
 */
import type { DriverError } from '../core/value/DbError.js'
import { nameIn, type Sent, withoutValues } from './withoutValues.js'

type Fields = { readonly [field: string]: unknown }

/** Reads a field; undefined if its getter throws. */
const field = (of: unknown, name: string): unknown => {
  try {
    return (of as Fields | null | undefined)?.[name]
  } catch {
    return undefined
  }
}

const textIn = (of: unknown, names: readonly string[], shape: RegExp): string | undefined => {
  for (const name of names) {
    const value = field(of, name)
    if (typeof value === 'string' && shape.test(value)) return value
  }
  return undefined
}

const numberIn = (of: unknown, name: string): number | undefined => {
  const value = field(of, name)
  const n = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value
  return typeof n === 'number' && Number.isSafeInteger(n) ? n : undefined
}

const CODE = /^[A-Z][A-Z0-9_]{2,63}$|^[0-9A-Z]{5}$/
const STATE = /^[0-9A-Z]{5}$/
const WORD = /^[\p{L}_][\p{L}\d_]{0,63}$/u
const NAME = /^[\s\S]{1,256}$/

/** Replacements for messages of Postgres that contain values, or add nothing, by SQLSTATE. */
const OF_STATES: { readonly [state: string]: string } = {
  '22001': 'a value is too long for its type',
  '22003': 'a number is out of the range of its type',
  '22004': 'a null is not allowed here',
  '22007': 'a value is not a valid date or time',
  '22008': 'a date or time is out of range',
  '22009': 'a time zone is out of range',
  '22011': 'the length of a substring is negative',
  '22012': 'division by zero',
  '22013': 'an offset of a window frame is invalid',
  '22014': 'an argument of ntile is invalid',
  '22016': 'an argument of nth_value is invalid',
  '2201B': 'a regular expression is invalid',
  '2201E': 'an argument of a logarithm is invalid',
  '2201F': 'an argument of a power is invalid',
  '2201W': 'a limit is negative',
  '2201X': 'an offset is negative',
  '22021': 'a character does not exist in the encoding of the database',
  '22023': 'a value is not valid here',
  '22025': 'an escape sequence is invalid',
  '2202E': 'an array has the wrong dimensions or subscripts',
  '22030': 'a JSON object has a duplicate key',
  '22032': 'a text is not valid JSON',
  '22P02': 'a text is not valid for its type',
  '22P03': 'bytes are not valid for their type',
  '22P05': 'a character cannot be converted',
  '28000': 'the server refuses this user',
  '28P01': 'the server refuses this user or password',
  '3D000': 'the database does not exist',
}

/** The same for MySQL and MariaDB, by error number. */
const OF_NUMBERS: { readonly [errno: number]: string } = {
  1044: 'this user may not use the database',
  1045: 'the server refuses this user or password',
  1049: 'the database does not exist',
  1062: 'a row with the same key exists already',
  1130: 'the server refuses this host',
  1139: 'a regular expression is invalid',
  1264: 'a number is out of the range of its column',
  1265: 'a value does not fit its column',
  1292: 'a value is not valid for its type',
  1300: 'a text is invalid in its character set',
  1366: 'a value is not valid for the type of its column',
  1367: 'a value is not valid for its type',
  1406: 'a value is too long for its column',
  1411: 'a value is not a valid date or time',
  1525: 'a value is not valid for its type',
  1586: 'a row with the same key exists already',
  1690: 'a number is out of the range of its type',
  1698: 'the server refuses this user or password',
  1916: 'a number is out of the range of its type',
  1918: 'a value cannot be converted to its type',
  3140: 'a text is not valid JSON',
  3141: 'a text is not valid JSON',
  3143: 'a JSON path is invalid',
  3156: 'a JSON value cannot be converted to its type',
  3903: 'a JSON value cannot be converted to its type',
}

/** The same for TLS; messages of Node may contain names of the certificate. */
const OF_TLS: { readonly [code: string]: string } = {
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet',
  CERT_REVOKED: 'the certificate was revoked',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another host',
  HOSTNAME_MISMATCH: 'the certificate is for another host',
  SELF_SIGNED_CERT_IN_CHAIN: 'self-signed certificate in the chain',
  UNABLE_TO_GET_ISSUER_CERT: 'the issuer of the certificate is unknown',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the issuer of the certificate is unknown',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the issuer of the certificate is unknown',
}

/** The same for files. */
const OF_FILES: { readonly [code: string]: string } = {
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'the file or folder does not exist',
  ENOSPC: 'no space is left',
  ENOTDIR: 'a part of the path is not a folder',
  EPERM: 'the operation is not permitted',
  EROFS: 'the file system is read-only',
}

/** Errors of JavaScript itself: their messages may contain any value without quotes. */
const OF_LANGUAGE: readonly string[] = ['TypeError', 'RangeError', 'SyntaxError', 'ReferenceError', 'URIError', 'EvalError']

/** How the messages of SQLite's drivers in such errors begin: these contain no values. */
const OF_SQLITE_DRIVERS =
  /^(?:The (?:supplied SQL|bound|database)|This (?:database|statement)|Too (?:few|many) parameter|SQLite3 can only|Maximum call stack)/

/** Whether an error comes from RAISE in a function of the database, whatever its code is. */
export const isRaised = (thrown: unknown): boolean => field(thrown, 'routine') === 'exec_stmt_raise'

/** Whether a code is of the operating system or of Node. */
const isOfSystem = (thrown: unknown, code: string): boolean =>
  /^(?:E[A-Z]{2,}[0-9A-Z]*$|ERR_)/.test(code) && field(thrown, 'sqlState') === undefined

const nameOf = (thrown: unknown): string => {
  const name = field(thrown, 'name')
  return typeof name === 'string' && /^[A-Za-z]{1,40}$/.test(name) ? name : 'Error'
}

/** The message of the copy, without values. */
const messageOf = (thrown: unknown, code: string | undefined, sent: Sent, names: readonly string[]): string => {
  if (typeof thrown === 'string') return withoutValues(thrown, sent)
  if (!(thrown instanceof Error)) return 'the thrown value is not an Error'
  const [state, errno] = [code, field(thrown, 'errno')]
  const original = field(thrown, 'sqlMessage') ?? field(thrown, 'message')
  const message = typeof original === 'string' ? original : ''
  if (isRaised(thrown)) return withoutValues(message, sent, names)
  if (state !== undefined && STATE.test(state)) {
    const fixed = OF_STATES[state] ?? (state.startsWith('22') ? 'a value is not valid here' : undefined)
    if (fixed !== undefined) return fixed
    // numbers in the message are limits of the server
    if (state.startsWith('54')) return withoutValues(message, sent, [...names, ...(message.match(/\b\d+\b/g) ?? [])])
  }
  if (typeof errno === 'number' && OF_NUMBERS[errno] !== undefined) return OF_NUMBERS[errno]
  if (code !== undefined && OF_TLS[code] !== undefined) return OF_TLS[code]
  if (code !== undefined && isOfSystem(thrown, code) && !(typeof errno === 'number' && errno > 0)) {
    const what = [textIn(thrown, ['syscall'], WORD), code].filter(part => part !== undefined).join(' ')
    return OF_FILES[code] === undefined ? what : `${what}: ${OF_FILES[code]}`
  }
  if (OF_LANGUAGE.includes(nameOf(thrown)) && code === undefined && !OF_SQLITE_DRIVERS.test(message)) {
    return `a ${nameOf(thrown)} in the driver`
  }
  return withoutValues(message, sent, names)
}

const FRAME = /^ {4}at .*(?::\d+:\d+\)?|<anonymous>\)?|native\)?|\(wasm:\/\/.*\)?)$/

/** The frames of a stack; none if they can't be separated from the message, which may contain such lines itself. */
const framesOf = (thrown: unknown): readonly string[] => {
  const [stack, message] = [field(thrown, 'stack'), field(thrown, 'message')]
  if (typeof stack !== 'string' || typeof message !== 'string') return []
  const at = message === '' ? stack.search(/\n/) : stack.indexOf(message)
  if (at < 0 || (message === '' && stack.slice(0, at).includes(':'))) return []
  return stack
    .slice(at + message.length)
    .split('\n')
    .filter(line => FRAME.test(line))
}

const DEEPEST = 4

/** The safe copy; a copy is returned unchanged. `sent` is the statement that failed. */
export const driverError = (thrown: unknown, sent: Sent = { sql: '' }): DriverError => copy(thrown, sent, 0)

const copies = new WeakSet<object>()

const copy = (thrown: unknown, sent: Sent, depth: number): DriverError => {
  if (typeof thrown === 'object' && thrown !== null && copies.has(thrown)) return thrown as DriverError
  const code = textIn(thrown, ['code'], CODE)
  const objects = {
    schema: textIn(thrown, ['schema_name', 'schema'], NAME),
    table: textIn(thrown, ['table_name', 'table'], NAME),
    column: textIn(thrown, ['column_name', 'column'], NAME),
    constraint: textIn(thrown, ['constraint_name', 'constraint'], NAME),
  }
  // a RAISE may set any text as a name
  const isName = (name: string | undefined): name is string => name !== undefined && (!isRaised(thrown) || nameIn(sent, name) === name)
  const known = Object.fromEntries(Object.entries(objects).filter(([, name]) => isName(name)))
  const names = Object.values(known).filter(isName)
  const message = messageOf(thrown, code, sent, names)
  const inner = field(thrown, 'errors')
  const cause = field(thrown, 'cause')
  const fields = {
    name: nameOf(thrown),
    code,
    errno: numberIn(thrown, 'errno'),
    sqlState: textIn(thrown, ['sqlState'], STATE) ?? (code !== undefined && STATE.test(code) ? code : undefined),
    severity: textIn(thrown, ['severity_local', 'severity'], WORD),
    routine: textIn(thrown, ['routine'], WORD),
    ...known,
    position: numberIn(thrown, 'position'),
    syscall: textIn(thrown, ['syscall'], WORD),
    address: textIn(thrown, ['address'], /^[\w.:%-]{1,64}$/),
    port: numberIn(thrown, 'port'),
    errors: depth < DEEPEST && Array.isArray(inner) ? inner.slice(0, 20).map(e => copy(e, sent, depth + 1)) : undefined,
    cause: depth < DEEPEST && cause !== undefined && cause !== null ? copy(cause, sent, depth + 1) : undefined,
  }
  const safe = new Error(message)
  const stack = [`${fields.name}: ${message}`, ...framesOf(thrown)].join('\n')
  const shown = Object.entries(fields).filter(([, value]) => value !== undefined)
  for (const [name, value] of shown) {
    Object.defineProperty(safe, name, { value, enumerable: name !== 'name' && name !== 'cause', configurable: true, writable: true })
  }
  Object.defineProperty(safe, 'stack', { value: stack, enumerable: false, configurable: true, writable: true })
  copies.add(safe)
  return safe as DriverError
}
