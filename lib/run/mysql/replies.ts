/**
 * Which errors of mysql2 are replies of the server to the statement.
 *
 * A reply means that the statement failed and the session goes on. An error by which the server, or a proxy in front of it, ends the
 * session is not one, even if it comes as an error packet: whether the statement was carried out is then unknown.
 */

/**
 * Error numbers by which the session ends; they tell nothing about the statement. 1053 shutdown, 1080 and 1184 forced end, 1152 to 1161 network (their
 * SQLSTATE is 08S01), 1927 and 3169 killed, 4031 idle for too long; 2000 to 2999 are errors of clients, which proxies pass on;
 * 9000 to 9999 are ProxySQL's.
 */
const endsSession = (errno: number): boolean =>
  [1053, 1080, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 3169, 4031].includes(errno) ||
  (errno >= 2000 && errno < 3000) ||
  (errno >= 9000 && errno < 10_000)

/** After these the server closes the connection, although the statement has failed: a packet that is too large. */
const CLOSES: readonly number[] = [1153]

/** Whether a driver's error is a reply: the statement failed, and the session goes on. */
export const isMysqlReply = (thrown: unknown): boolean => {
  const { errno, sqlState, sqlMessage } = (thrown ?? {}) as { readonly [field: string]: unknown }
  const isReply = typeof errno === 'number' && errno > 0 && typeof sqlMessage === 'string'
  return isReply && !endsSession(errno) && !(typeof sqlState === 'string' && sqlState.startsWith('08') && !CLOSES.includes(errno))
}

/** Whether the server closes the connection after this reply. */
export const closesConnection = (thrown: unknown): boolean =>
  CLOSES.includes(Number((thrown as { readonly errno?: unknown } | null)?.errno))
