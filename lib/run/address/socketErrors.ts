/**
 * Errors of sockets, name resolution and TLS, in words.
 *
 * Node and OpenSSL report a code; what a person needs is where, what and what to do. The texts of the errors themselves are not
 * repeated: those of TLS hold parts of certificates. Codes of the drivers for the same troubles are here, too.
 * Source of the codes: Node's documentation of `tls` (X509 certificate error codes) and errno(3).
 */
import { connectionError, type DbError } from '../../core/value/DbError.js'
import { driverError } from '../driverError.js'

const LATE = 'no answer in time: is the address right, and does a firewall let it through?'
const LOST = 'the connection was lost'

const WORDS: { readonly [code: string]: string } = {
  ECONNREFUSED: 'connection refused: nothing is listening on this host and port; is the server running?',
  ENOTFOUND: 'there is no host of this name',
  EAI_AGAIN: 'the name of the host could not be resolved now: is the network up?',
  ENOENT: 'there is no such socket: is the server running, and is this its path?',
  EACCES: 'permission to connect was denied',
  ETIMEDOUT: LATE,
  CONNECT_TIMEOUT: LATE,
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'there is no route to the network',
  EADDRNOTAVAIL: 'no local address is left for a connection to it',
  EMFILE: 'this process has no file descriptor left for a connection: raise its limit, or use a smaller max',
  ENFILE: 'this machine has no file descriptor left for a connection',
  ECONNRESET: 'the server reset the connection',
  ECONNABORTED: 'the connection was aborted',
  ENETDOWN: 'the network is down',
  ENETRESET: 'the network reset the connection',
  EPIPE: LOST,
  ERR_STREAM_DESTROYED: LOST,
  ERR_STREAM_WRITE_AFTER_END: LOST,
  CONNECTION_CLOSED: LOST,
  CONNECTION_ENDED: LOST,
  CONNECTION_DESTROYED: LOST,
  PROTOCOL_CONNECTION_LOST: LOST,
}

const UNVERIFIED = 'its certificate is not signed by an authority that is trusted here: give that authority as ca (sslrootcert, ssl-ca)'

const TLS: { readonly [code: string]: string } = {
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host: connect by a name that the certificate has',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNVERIFIED,
  SELF_SIGNED_CERT_IN_CHAIN: UNVERIFIED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNVERIFIED,
  UNABLE_TO_GET_ISSUER_CERT: UNVERIFIED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNVERIFIED,
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  CERT_REVOKED: 'its certificate was revoked',
  HOSTNAME_MISMATCH: 'its certificate is for another host: connect by a name that the certificate has',
  TLS_NOT_OFFERED: 'the server does not offer it: turn TLS on there, or off here (sslmode, ssl-mode)',
  TLS_UNEXPECTED_BYTES: 'the server sent plain bytes after it had agreed to encrypt: somebody may be in between',
}

/** An error of this module's table, for what is found out without a socket's error. */
export const socketTrouble = (code: keyof typeof WORDS | keyof typeof TLS): Error =>
  Object.assign(new Error(WORDS[code] ?? TLS[code]), { code })

const TLS_CODE =
  /^(?:ERR_TLS_|ERR_SSL_|ERR_OSSL_|ERR_CRYPTO_|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO_|TLS_|HOSTNAME_|INVALID_CA|PATH_LENGTH|ERROR_IN_CERT|CRL_)/

/** An error of a socket as a `ConnectionError`, or null when it is none. */
export const socketError = (target: string, thrown: unknown): DbError | null => {
  const code = (thrown as { readonly code?: unknown } | null)?.code
  const inner = (thrown as { readonly errors?: readonly unknown[] } | null)?.errors?.[0]
  if (typeof code !== 'string') return inner === undefined ? null : socketError(target, inner)
  const words = WORDS[code]
  if (words !== undefined) return connectionError(target, words, driverError(thrown))
  return TLS_CODE.test(code) ? connectionError(target, `TLS: ${TLS[code] ?? `the handshake failed (${code})`}`, driverError(thrown)) : null
}
