/**
 * Looks at what a server sends before its first ReadyForQuery, before the driver does.
 *
 * Whatever listens on the port may answer: another server, a balancer, an attacker. The driver takes such bytes as they come, and a
 * message that it does not expect ends the process (a rejection inside of it that nobody can handle). So until the session is
 * ready only the messages of a start-up pass, and only those ways to authenticate that the driver knows; after that nothing is
 * looked at any more. Source: Postgres documentation, "Message Flow: Start-up" and "SASL Authentication".
 */
import type { Socket } from 'node:net'

/** An error that says what is wrong with the server. */
export const HANDSHAKE = 'POSTGRES_HANDSHAKE'

const problem = (message: string): Error => Object.assign(new Error(message), { code: HANDSHAKE })

const NO_SERVER = problem('what answers there is no Postgres server')
const UNKNOWN_METHOD = problem(
  'the server asks for a way to authenticate that the driver does not know; it knows scram-sha-256, md5 and password',
)
const WRONG_SCRAM = problem('the server answers with what is no SCRAM-SHA-256')

/** The longest message of a start-up: one that is longer is none. */
const LONGEST = 65_536

const OK = 0
const CLEAR = 3
const MD5 = 5
const SASL = 10
const SASL_CONTINUE = 11
const SASL_FINAL = 12

const authentication = (body: Buffer, before: number | null): Error | null => {
  if (body.length < 4) return NO_SERVER
  const text = body.toString('latin1', 4)
  switch (body.readUInt32BE(0)) {
    case OK:
    case CLEAR:
      return null
    case MD5:
      return body.length === 8 ? null : NO_SERVER
    case SASL:
      return text.split('\0').includes('SCRAM-SHA-256') ? null : UNKNOWN_METHOD
    case SASL_CONTINUE:
      return before === SASL && /^r=[^,]+,s=[A-Za-z0-9+/]+=*,i=[1-9]\d{0,6}$/.test(text) ? null : WRONG_SCRAM
    case SASL_FINAL:
      return before === SASL_CONTINUE && /^v=[A-Za-z0-9+/]+=*$/.test(text) ? null : WRONG_SCRAM
    default:
      return UNKNOWN_METHOD
  }
}

/** Destroys the stream with an error instead of handing over what is no start-up. */
export const watchHandshake = (stream: Socket): void => {
  let rest: Buffer = Buffer.alloc(0)
  let method: number | null = null
  /** `ready` when the session is, an error when it can't be. */
  const look = (chunk: Buffer): 'more' | 'ready' | Error => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= 5) {
      const [tag, length] = [String.fromCharCode(rest[0] as number), rest.readUInt32BE(1)]
      if (!'RSKNEZv'.includes(tag) || length < 4 || length > LONGEST) return NO_SERVER
      if (rest.length < length + 1) return 'more'
      const body = rest.subarray(5, length + 1)
      rest = rest.subarray(length + 1)
      // nothing was asked yet that it could go on to answer
      if (tag === 'Z') return body.length === 1 && !/^[^SN]/.test(rest.toString('latin1', 0, 1)) ? 'ready' : NO_SERVER
      if (tag === 'v' || (tag === 'K' && body.length !== 8)) return NO_SERVER
      if (tag !== 'R') continue
      const wrong = authentication(body, method)
      if (wrong !== null) return wrong
      method = body.readUInt32BE(0)
    }
    return rest.length > 0 && !'RSKNEZv'.includes(String.fromCharCode(rest[0] as number)) ? NO_SERVER : 'more'
  }
  const emit = stream.emit
  // listeners are called with what is emitted, so this is the one place before them
  stream.emit = (event: string | symbol, ...args: any[]): boolean => {
    if (event === 'data') {
      const found = look(args[0] as Buffer)
      if (found instanceof Error) {
        stream.emit = emit
        stream.removeAllListeners('data')
        stream.destroy(found)
        return true
      }
      if (found === 'ready') stream.emit = emit
    }
    return emit.apply(stream, [event, ...args] as never)
  }
}
