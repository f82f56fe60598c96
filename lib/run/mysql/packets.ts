/**
 * What mysql2 sends and is sent, where that has a bound or says more than the driver tells.
 *
 * A statement is one packet of at most `max_allowed_packet`, and what is wrong about an answer is a warning, of which there is only the number in
 * the packet that ends it.
 */
/** What a packet holds besides values. */
export const PACKET_ROOM = 65_536

/** A statement is one packet; the server ends the connection over a larger one, sometimes before it says why. */
export class TooLarge extends Error {
  constructor(readonly limit: number) {
    super('larger than max_allowed_packet')
  }
}

/** A command of the driver, which is given packet after packet. It tells nobody how many warnings an answer has. */
interface Reading {
  execute: (packet: { readonly isEOF: () => boolean; readonly eofWarningCount: () => number } | undefined, connection: unknown) => unknown
}

/**
 * Warnings that a value is wrong: that an aggregate of texts was cut, that a function is null for the size of its value, or that a pattern
 * took more steps than MariaDB goes, and was taken not to match.
 */
export const WRONG: readonly unknown[] = [1260, 1301, 1139]

/** Writes that have to be undone where such a warning comes. */
export const MATCHES = /\bREGEXP\b/

/** The number of warnings of an answer, once it has been read. */
export const warningsOf = (command: unknown): (() => number) => {
  const reading = command as Reading
  const { execute } = reading
  let warnings = 0
  reading.execute = function (this: unknown, packet, connection) {
    if (packet?.isEOF() === true) warnings = packet.eofWarningCount()
    return execute.call(this, packet, connection)
  }
  return () => warnings
}

export const bytesOf = (params: readonly unknown[]): number =>
  params.reduce<number>((sum, p) => sum + (typeof p === 'string' ? Buffer.byteLength(p) : p instanceof Uint8Array ? p.length : 0), 0)
