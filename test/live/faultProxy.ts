/**
 * A TCP proxy in front of a server that fails on purpose, at a chosen byte.
 *
 * Armed with a schedule, it forwards everything before byte n of one direction of one connection, then cuts (FIN to both sides), resets
 * (RST to both), goes silent (forwards nothing more in either direction and keeps the sockets open), delays both directions, or flips one
 * bit of that byte and goes on. A chunk is split exactly at byte n. A schedule strikes once; before and after, and for other connections,
 * the proxy is transparent. It does not inspect what it forwards, so TLS passes as ciphertext. `mode` changes what happens to all
 * connections, also to open ones: `slam` closes each as soon as it is accepted, `mute` forwards nothing.
 *
 * It counts bytes, connections, and the client sockets that are still open. It has no back-pressure: sessions are short.
 */
import { connect, createServer, type Socket } from 'node:net'

export type Direction = 'toServer' | 'toClient'
export type Action = 'cut' | 'reset' | 'silence' | 'delay' | 'corrupt'

export interface Schedule {
  /** The k-th connection that is accepted after arming, from 0; or whichever connection carries byte n of all since arming. */
  readonly connection: number | 'any'
  readonly direction: Direction
  /** The first byte that is not forwarded (or is corrupted), from 0. */
  readonly byte: number
  readonly action: Action
  /** Of a delay. */
  readonly milliseconds?: number
  /** Strikes when byte n arrives (default), or as soon as all bytes before it have passed: nothing may be under way then. */
  readonly when?: 'arrives' | 'passed'
}

export interface Struck {
  readonly at: number
  /** Its place in `links`. */
  readonly link: number
  /** The bytes that this connection had forwarded. */
  readonly forwarded: { readonly [d in Direction]: number }
}

export interface FaultProxy {
  readonly port: number
  readonly arm: (schedule: Schedule) => void
  readonly disarm: () => void
  /** When and where the last schedule struck, or null: it has not, or not yet. */
  readonly struck: () => Struck | null
  readonly mode: (mode: 'pass' | 'slam' | 'mute') => void
  /** When each connection was accepted, by `performance.now()`. */
  readonly accepted: readonly number[]
  /** The bytes that each connection has forwarded. */
  readonly links: readonly { readonly [d in Direction]: number }[]
  /** The bytes that all have forwarded. */
  readonly forwarded: (direction: Direction) => number
  /** How many sockets of clients are open. */
  readonly open: () => number
  /** By which ports the server knows the connections. */
  readonly serverPorts: () => readonly number[]
  /** Resets what is open and listens no more. */
  readonly close: () => Promise<void>
}

/** RST. While a FIN is under way libuv refuses that (EINVAL), and Node would keep the handle for ever: such a socket is only closed. */
const reset = (socket: Socket): void => {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy()
  else socket.resetAndDestroy()
}

const opposite: { readonly [d in Direction]: Direction } = { toServer: 'toClient', toClient: 'toServer' }

/** Listens on a free port of `at`. */
export const faultProxy = (host: string, port: number, at = '127.0.0.1'): Promise<FaultProxy> => {
  let mode: 'pass' | 'slam' | 'mute' = 'pass'
  let armed: Schedule | null = null
  let struck: Struck | null = null
  let firstArmed = 0
  let sinceArmed = { toServer: 0, toClient: 0 }
  const accepted: number[] = []
  const links: { toServer: number; toClient: number }[] = []
  const ports: number[] = []
  const sockets = new Set<Socket>()
  const clients = new Set<Socket>()
  const mutes = new Set<() => void>()

  const accept = (client: Socket): void => {
    accepted.push(performance.now())
    const index = links.length
    const count = { toServer: 0, toClient: 0 }
    links.push(count)
    clients.add(client)
    const upstream = mode === 'slam' ? null : connect({ host, port, allowHalfOpen: true })
    const sides: { readonly [d in Direction]: Socket | null } = { toServer: upstream, toClient: client }
    let state: 'open' | 'delayed' | 'dead' = mode === 'mute' ? 'dead' : 'open'
    const delayed: (() => void)[] = []
    mutes.add(() => {
      state = 'dead'
    })

    const forward = (direction: Direction, bytes: Buffer, then?: () => void): void => {
      const to = sides[direction]
      count[direction] += bytes.length
      sinceArmed[direction] += bytes.length
      if (bytes.length > 0 && to?.writable === true) to.write(bytes, then === undefined ? undefined : () => then())
      else then?.()
    }
    const each = (f: (socket: Socket) => void): void => {
      for (const socket of [client, upstream]) if (socket !== null && !socket.destroyed) f(socket)
    }
    /** `head` is what still passes, `rest` begins with the byte that is struck. */
    const strike = (schedule: Schedule, direction: Direction, head: Buffer, rest: Buffer): void => {
      armed = null
      const { action, milliseconds = 100 } = schedule
      if (action === 'delay') state = 'delayed'
      else if (action !== 'corrupt') state = 'dead'
      forward(direction, head, () => {
        if (action === 'reset') each(reset)
      })
      struck = { at: performance.now(), link: index, forwarded: { ...count } }
      if (action === 'cut') each(socket => socket.end())
      if (action === 'delay') {
        if (rest.length > 0) delayed.push(() => pass(direction, rest))
        setTimeout(() => {
          if (state === 'delayed') state = 'open'
          for (const step of delayed.splice(0)) step()
        }, milliseconds)
      }
      if (action === 'corrupt') {
        const wrong = Buffer.from(rest)
        wrong[0] = (wrong[0] ?? 0) ^ (1 << (schedule.byte % 8))
        forward(direction, wrong)
      }
    }
    const isArmed = (schedule: Schedule, direction: Direction): boolean =>
      schedule.direction === direction && (schedule.connection === 'any' || schedule.connection === index - firstArmed)
    const pass = (direction: Direction, bytes: Buffer): void => {
      if (state === 'delayed') delayed.push(() => pass(direction, bytes))
      if (state !== 'open') return
      const at =
        armed === null || !isArmed(armed, direction)
          ? Number.POSITIVE_INFINITY
          : armed.byte - (armed.connection === 'any' ? sinceArmed[direction] : count[direction])
      if (armed !== null && (armed.when === 'passed' ? at <= bytes.length : at < bytes.length)) {
        strike(armed, direction, bytes.subarray(0, Math.max(0, at)), bytes.subarray(Math.max(0, at)))
      } else forward(direction, bytes)
    }
    const ended = (direction: Direction): void => {
      if (state === 'delayed') {
        delayed.push(() => ended(direction))
        return
      }
      if (state === 'open') sides[direction]?.end()
    }
    const closed = (direction: Direction, isError: boolean): void => {
      if (state === 'delayed') {
        delayed.push(() => closed(direction, isError))
        return
      }
      const other = sides[direction]
      // where the proxy is dead to its client, the server must not hear of it either
      if (state !== 'open' || other === null || other.destroyed) return
      if (isError) reset(other)
      else other.destroy()
    }

    for (const [socket, direction] of [
      [client, 'toServer'],
      [upstream, 'toClient'],
    ] as const) {
      if (socket === null) continue
      sockets.add(socket)
      socket.setNoDelay(true)
      let isError = false
      socket.on('error', () => {
        isError = true
      })
      socket.on('data', bytes => pass(direction, bytes))
      socket.on('end', () => {
        if (socket === client) clients.delete(client)
        ended(direction)
      })
      socket.on('close', () => {
        sockets.delete(socket)
        if (socket === client) clients.delete(client)
        closed(direction, isError)
      })
    }
    upstream?.once('connect', () => {
      if (upstream.localPort !== undefined) ports.push(upstream.localPort)
    })
    if (mode === 'slam') client.destroy()
    else if (armed?.when === 'passed' && armed.byte === 0 && armed.connection === index - firstArmed) {
      strike(armed, opposite[armed.direction], Buffer.alloc(0), Buffer.alloc(0))
    }
  }

  const server = createServer({ allowHalfOpen: true }, accept)
  const proxy = (): FaultProxy => ({
    port: (server.address() as { readonly port: number }).port,
    arm: schedule => {
      armed = schedule
      struck = null
      firstArmed = links.length
      sinceArmed = { toServer: 0, toClient: 0 }
    },
    disarm: () => {
      armed = null
    },
    struck: () => struck,
    mode: next => {
      mode = next
      if (next === 'slam') for (const socket of sockets) socket.destroy()
      if (next === 'mute') for (const mute of mutes) mute()
    },
    accepted,
    links,
    forwarded: direction => links.reduce((sum, link) => sum + link[direction], 0),
    open: () => clients.size,
    serverPorts: () => ports,
    close: async () => {
      armed = null
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      for (const socket of sockets) reset(socket)
      await closed
    },
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, at, () => resolve(proxy()))
  })
}
