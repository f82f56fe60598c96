/**
 * What a pool needs from a driver: how to open a connection to a server, and what a connection can do.
 *
 * A `Connection` has one session; the pool lends it to one caller at a time, and closes it. That a connection is lost is known without
 * asking (connectionWatch.ts). Types only.
 */
import type { Capabilities } from '../../core/operation/Interpreter.js'
import type { DbError } from '../../core/value/DbError.js'
import type { Session } from '../session/sessionInterpreter.js'

/** One connection to a server. */
export interface Connection {
  readonly session: Session
  /** Whether it can no longer be used. Known without a round trip. */
  readonly isLost: () => boolean
  /** Whether the server replies. */
  readonly ping: () => Promise<boolean>
  /** Whether a transaction is open that the session has not begun. */
  readonly isOpen: () => Promise<boolean>
  /** Rolls such a transaction back. */
  readonly undo: () => Promise<void>
  /** Cuts the connection at once. Never fails. */
  readonly destroy: () => Promise<void>
  /** Ends the connection by the protocol, and cuts it if that takes too long. */
  readonly close: () => Promise<void>
}

/** How connections to a server are opened. */
export interface Server {
  /** Opens and prepares a connection; throws what the driver throws. If the signal is aborted before it is open, nothing is left open. */
  readonly connect: (signal: AbortSignal) => Promise<Connection>
  /** Classifies what `connect` has thrown. */
  readonly classify: (thrown: unknown) => DbError
  /** Whether a statement may be sent before the replies to earlier ones have arrived. */
  readonly pipelines: boolean
  readonly capabilities: Capabilities
}
