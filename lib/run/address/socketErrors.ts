/**
 * Messages for errors of sockets, name resolution and TLS.
 *
 * Node and OpenSSL report a code; a message should tell where it failed, why, and what to do. The texts of the errors themselves are not
 * repeated, because those of TLS contain parts of certificates. Codes of the drivers for the same failures are included.
 * Source of the codes: Node's documentation of `tls` (X509 certificate error codes) and errno(3).
 */
import { connectionError, type DbError } from '../../core/value/DbError.js'
import { driverError } from '../driverError.js'

const LATE = 'no reply in time: check the address, and whether a firewall blocks the connection'
const LOST = 'the connection was lost'

const MESSAGES: { readonly [code: string]: string } = {
  ECONNREFUSED: 'connection refused: nothing is listening on this host and port; is the server running?',
  ENOTFOUND: 'the host name does not exist',
  EAI_AGAIN: 'the host name could not be resolved: is the network up?',
  ENOENT: 'the socket does not exist: is the server running, and is the path right?',
  EACCES: 'permission denied',
  ETIMEDOUT: LATE,
  CONNECT_TIMEOUT: LATE,
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'there is no route to the network',
  EADDRNOTAVAIL: 'no local port is free for the connection',
  EMFILE: 'this process has no file descriptors left: raise its limit, or lower max',
  ENFILE: 'this machine has no file descriptors left',
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

const UNVERIFIED = "the server's certificate is not signed by a trusted authority: pass that authority as ca (sslrootcert, ssl-ca)"

const TLS: { readonly [code: string]: string } = {
  ERR_TLS_CERT_ALTNAME_INVALID: "the server's certificate is for another host: connect by a name in the certificate",
  DEPTH_ZERO_SELF_SIGNED_CERT: UNVERIFIED,
  SELF_SIGNED_CERT_IN_CHAIN: UNVERIFIED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNVERIFIED,
  UNABLE_TO_GET_ISSUER_CERT: UNVERIFIED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNVERIFIED,
  CERT_HAS_EXPIRED: "the server's certificate has expired",
  CERT_NOT_YET_VALID: "the server's certificate is not valid yet",
  CERT_REVOKED: "the server's certificate was revoked",
  HOSTNAME_MISMATCH: "the server's certificate is for another host: connect by a name in the certificate",
  TLS_NOT_OFFERED: 'the server does not support it: enable TLS on the server, or disable it here (sslmode, ssl-mode)',
  TLS_UNEXPECTED_BYTES: 'the server sent plain bytes after it had agreed to encrypt: the connection may be intercepted',
}

/** An error with a code of this module, for failures without an error of a socket. */
export const socketTrouble = (code: keyof typeof MESSAGES | keyof typeof TLS): Error =>
  Object.assign(new Error(MESSAGES[code] ?? TLS[code]), { code })

const TLS_CODE =
  /^(?:ERR_TLS_|ERR_SSL_|ERR_OSSL_|ERR_CRYPTO_|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO_|TLS_|HOSTNAME_|INVALID_CA|PATH_LENGTH|ERROR_IN_CERT|CRL_)/

/** An error of a socket as a `ConnectionError`, or null for other errors. */
export const socketError = (target: string, thrown: unknown): DbError | null => {
  const code = (thrown as { readonly code?: unknown } | null)?.code
  const inner = (thrown as { readonly errors?: readonly unknown[] } | null)?.errors?.[0]
  if (typeof code !== 'string') return inner === undefined ? null : socketError(target, inner)
  const message = MESSAGES[code]
  if (message !== undefined) return connectionError(target, message, driverError(thrown))
  return TLS_CODE.test(code) ? connectionError(target, `TLS: ${TLS[code] ?? `the handshake failed (${code})`}`, driverError(thrown)) : null
}
