/**
 * Checks what a server sends up to its first ReadyForQuery, before the driver reads it.
 *
 * Any program may listen on the port: another server, a load balancer, an attacker. The driver trusts its bytes, and a
 * message that it does not expect ends the process (by a rejection inside the driver that can't be handled). So until the session is
 * ready only the messages of a start-up pass, and only authentication methods that the driver supports; after that nothing is
 * checked. Source: Postgres documentation, "Message Flow: Start-up" and "SASL Authentication".
 */
import type { Socket } from 'node:net'

/** The code of errors about the start-up of a server; their message is for users. */
export const HANDSHAKE = 'POSTGRES_HANDSHAKE'

const problem = (message: string): Error => Object.assign(new Error(message), { code: HANDSHAKE })

const NO_SERVER = problem('what listens there is not a Postgres server')
const UNKNOWN_METHOD = problem(
  'the server requires an authentication method that the driver does not support; it supports scram-sha-256, md5 and password',
)
const WRONG_SCRAM = problem('the server sent an invalid SCRAM-SHA-256 message')

/** The maximum length of a message of the start-up. */
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

/** Destroys the stream with an error if what arrives is not a start-up. */
export const watchHandshake = (stream: Socket): void => {
  let rest: Buffer = Buffer.alloc(0)
  let method: number | null = null
  /** `ready` if the session is, an error if it can't become ready. */
  const check = (chunk: Buffer): 'more' | 'ready' | Error => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= 5) {
      const [tag, length] = [String.fromCharCode(rest[0] as number), rest.readUInt32BE(1)]
      if (!'RSKNEZv'.includes(tag) || length < 4 || length > LONGEST) return NO_SERVER
      if (rest.length < length + 1) return 'more'
      const body = rest.subarray(5, length + 1)
      rest = rest.subarray(length + 1)
      // nothing was sent yet to which more could be a reply
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
  // listeners are called by `emit`, so this is the only place before them
  stream.emit = (event: string | symbol, ...args: any[]): boolean => {
    if (event === 'data') {
      const found = check(args[0] as Buffer)
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
