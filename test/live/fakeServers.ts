/**
 * Servers that speak just enough of a protocol to refuse a client: by TLS with a certificate full of marks, or by an error full of marks.
 *
 * The certificate is self-signed, for another host, and expires in a hundred years.
 */
import { createServer, type Server, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { MARKS, PASSWORD, USER } from './marks.js'

const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgMYtzR/8rI/Rp2QBN
8pCeIgpON0pVPBm/x2i2KHiAR2uhRANCAAS6jEX+8jzYc0r9e6ecmyvMzc15ZV3T
Wbpiiq4Zt3wNhnajDef1JcmbWrPwfVmrtpN+5tzNfmZC4Eopcti40Nd4
-----END PRIVATE KEY-----
`

const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIICPzCCAeSgAwIBAgIUVJrqg8sbXm6frXa5yekW540ifZQwCgYIKoZIzj0EAwIw
YzEdMBsGA1UEAwwUb3B6cXdqdnhrMjl0LmludmFsaWQxFTATBgNVBAoMDG9wenF3
anZ4azI5dDErMCkGCSqGSIb3DQEJARYcb3B6cXdqdnhrMjl0QGV4YW1wbGUuaW52
YWxpZDAgFw0yNjExMjgwMDEzMDFaGA8yMTI2MTEwNDAwMTMwMVowYzEdMBsGA1UE
AwwUb3B6cXdqdnhrMjl0LmludmFsaWQxFTATBgNVBAoMDG9wenF3anZ4azI5dDEr
MCkGCSqGSIb3DQEJARYcb3B6cXdqdnhrMjl0QGV4YW1wbGUuaW52YWxpZDBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABLqMRf7yPNhzSv17p5ybK8zNzXllXdNZumKK
rhm3fA2GdqMN5/UlyZtas/B9Wau2k37m3M1+ZkLgSily2LjQ13ijdDByMB0GA1Ud
DgQWBBTY9ihRNGzkUT8IyMD2OY26AqFzOjAfBgNVHSMEGDAWgBTY9ihRNGzkUT8I
yMD2OY26AqFzOjAPBgNVHRMBAf8EBTADAQH/MB8GA1UdEQQYMBaCFG9wenF3anZ4
azI5dC5pbnZhbGlkMAoGCCqGSM49BAMCA0kAMEYCIQCjjhQ3SJevTRpQ300Kb04j
nsM/IGahgJA4pabuJj8QQgIhAPd39ZmFr99DY3eGE+ZD+bJfRwhNTAfbz4CurGrP
Ox3D
-----END CERTIFICATE-----
`

/** The error of a server that repeats everything it received. */
const SAID = `${USER} may not enter with "${PASSWORD}", '${MARKS.text}'`

const encrypted = (socket: Socket): void => {
  const secure = new TLSSocket(socket, { isServer: true, key: KEY, cert: CERTIFICATE })
  secure.on('error', () => socket.destroy())
}

/** Postgres: the first message asks for TLS, or is the startup message. */
const postgresAnswer = (offersTls: boolean) => (socket: Socket) => {
  socket.once('data', first => {
    const asksForTls = first.length >= 8 && first.readInt32BE(4) === 80_877_103
    if (asksForTls && offersTls) {
      socket.write('S')
      encrypted(socket)
      return
    }
    if (asksForTls) {
      socket.write('N')
      socket.once('data', () => socket.end(refusal()))
    } else socket.end(refusal())
  })
  const refusal = (): Buffer => {
    const field = (type: string, text: string): string => `${type}${text}\0`
    const fields = [
      ['S', 'FATAL'],
      ['V', 'FATAL'],
      ['C', '28P01'],
      ['M', SAID],
      ['D', SAID],
      ['H', SAID],
      ['W', SAID],
      ['q', SAID],
    ] as const
    const body = Buffer.from(`${fields.map(([type, text]) => field(type, text)).join('')}\0`)
    const head = Buffer.alloc(5)
    head.write('E')
    head.writeInt32BE(body.length + 4, 1)
    return Buffer.concat([head, body])
  }
}

const CLIENT_SSL = 0x0800
const CAPABILITIES = 0x000f_8201 | 0x0008_0000

/** MySQL: the server speaks first; a short answer of the client asks for TLS. */
const mysqlAnswer = (offersTls: boolean) => (socket: Socket) => {
  const packet = (sequence: number, body: Buffer): Buffer => {
    const head = Buffer.alloc(4)
    head.writeUIntLE(body.length, 0, 3)
    head[3] = sequence
    return Buffer.concat([head, body])
  }
  const capabilities = CAPABILITIES | (offersTls ? CLIENT_SSL : 0)
  const bytes = (n: number, size: number): Buffer => {
    const made = Buffer.alloc(size)
    made.writeUIntLE(n, 0, size)
    return made
  }
  socket.write(
    packet(
      0,
      Buffer.concat([
        Buffer.from([10]),
        Buffer.from('8.4.0\0'),
        bytes(7, 4),
        Buffer.from('abcdefgh\0'),
        bytes(capabilities & 0xffff, 2),
        Buffer.from([45]),
        bytes(2, 2),
        bytes(capabilities >>> 16, 2),
        Buffer.from([21]),
        Buffer.alloc(10),
        Buffer.from('ijklmnopqrst\0'),
        Buffer.from('mysql_native_password\0'),
      ]),
    ),
  )
  socket.once('data', first => {
    if (offersTls && first.length === 36) encrypted(socket)
    else socket.end(packet(Number(first[3]) + 1, Buffer.concat([Buffer.from([255]), bytes(1045, 2), Buffer.from(`#28000${SAID}`)])))
  })
}

export interface FakeServer {
  readonly certificate: string
  readonly port: number
  readonly close: () => Promise<void>
}

/** Listens on a port of this machine. */
export const fakeServer = async (protocol: 'postgres' | 'mysql', offersTls: boolean): Promise<FakeServer> => {
  const open = new Set<Socket>()
  const answer = protocol === 'postgres' ? postgresAnswer(offersTls) : mysqlAnswer(offersTls)
  const server: Server = createServer(socket => {
    open.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => open.delete(socket))
    answer(socket)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    certificate: CERTIFICATE,
    port: (server.address() as { readonly port: number }).port,
    close: () => {
      for (const socket of open) socket.destroy()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
}
