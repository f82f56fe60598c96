// The TLS certificates of the servers: an authority of our own, and one certificate for every name of the loopback
// address, made by openssl in `.services/tls`. The key of the authority is deleted, so it never signs anything else.
// Clients verify the servers with `ca.pem`.
import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mustRun, run } from './processes.mjs'
import { folder } from './servers.mjs'

const tls = join(folder, 'tls')
const made = name => join(tls, name)

export const authority = made('ca.pem')

const DAYS = '3650'
const MONTH = `${30 * 24 * 3600}`

/** Whether all exist and are valid for another month. */
const areValid = async () => {
  if (!['ca.pem', 'server.pem', 'server.key'].every(name => existsSync(made(name)))) return false
  for (const name of ['ca.pem', 'server.pem'])
    if (!(await run(['openssl', 'x509', '-in', made(name), '-noout', '-checkend', MONTH])).ok) return false
  return true
}

/** The folder appears whole or not at all. */
const make = async () => {
  if (await areValid()) return
  const half = `${tls}.half`
  for (const old of [half, tls]) rmSync(old, { recursive: true, force: true })
  mkdirSync(half, { recursive: true, mode: 0o700 })
  const at = name => join(half, name)
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  await mustRun([
    ...[
      'openssl',
      'req',
      '-x509',
      ...key,
      '-days',
      DAYS,
      '-subj',
      '/CN=query-ts test authority',
      '-keyout',
      at('ca.key'),
      '-out',
      at('ca.pem'),
    ],
    ...['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign'],
  ])
  await mustRun(['openssl', 'req', ...key, '-subj', '/CN=localhost', '-keyout', at('server.key'), '-out', at('server.csr')])
  writeFileSync(at('server.ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1\nextendedKeyUsage=serverAuth\n')
  await mustRun([
    ...['openssl', 'x509', '-req', '-in', at('server.csr'), '-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-set_serial', '2'],
    ...['-days', DAYS, '-extfile', at('server.ext'), '-out', at('server.pem')],
  ])
  for (const name of ['ca.key', 'server.csr', 'server.ext']) rmSync(at(name))
  chmodSync(half, 0o755)
  renameSync(half, tls)
}

let making
/** Makes the certificates unless valid ones exist; once for all servers that start together. */
export const makeCertificates = () => {
  making ??= make()
  return making
}

/** Copies them into the data of a server, which accepts a key only if no other user can read it. Done before each start. */
export const giveCertificates = (data, uid, gid) => {
  for (const [name, mode] of [
    ['ca.pem', 0o644],
    ['server.pem', 0o644],
    ['server.key', 0o600],
  ]) {
    const copy = join(data, `services-${name}`)
    rmSync(copy, { force: true })
    copyFileSync(made(name), copy)
    chmodSync(copy, mode)
    chownSync(copy, uid, gid)
  }
}
