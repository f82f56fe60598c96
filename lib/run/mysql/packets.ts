/**
 * Packets of MySQL: their size limit, and the warnings that the driver does not report.
 *
 * A statement is one packet of at most `max_allowed_packet` bytes. A value that is wrong in a result is only a warning, and of
 * warnings the packet that ends the result has the number, which mysql2 keeps to itself.
 */

/** Bytes of a packet for anything but values. */
export const PACKET_ROOM = 65_536

/** The statement does not fit into one packet. The server would end the connection, sometimes before it reports why. */
export class TooLarge extends Error {
  constructor(readonly limit: number) {
    super('larger than max_allowed_packet')
  }
}

/** A command of the driver, which is given packet after packet. */
interface Command {
  execute: (packet: { readonly isEOF: () => boolean; readonly eofWarningCount: () => number } | undefined, connection: unknown) => unknown
}

/**
 * Warnings that a value is wrong: an aggregate of texts was truncated (1260), a function returned null because its value was too large (1301), or
 * a pattern exceeded MariaDB's limit of steps and counted as not matching (1139).
 */
export const WRONG_VALUE: readonly unknown[] = [1260, 1301, 1139]

/** Statements with a regular expression: writes of MariaDB that a warning 1139 has to undo. */
export const REGEXP_IN_TEXT = /\bREGEXP\b/

/** Counts the warnings of a command; the function returns the number once the result has been read. */
export const countWarnings = (command: unknown): (() => number) => {
  const reading = command as Command
  const { execute } = reading
  let warnings = 0
  reading.execute = function (this: unknown, packet, connection) {
    if (packet?.isEOF() === true) warnings = packet.eofWarningCount()
    return execute.call(this, packet, connection)
  }
  return () => warnings
}

/** The number of bytes of texts and binary values; other values count as zero. */
export const byteLength = (values: readonly unknown[]): number =>
  values.reduce<number>((sum, v) => sum + (typeof v === 'string' ? Buffer.byteLength(v) : v instanceof Uint8Array ? v.length : 0), 0)
