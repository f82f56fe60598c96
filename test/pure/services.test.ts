/**
 * `npm run services` (scripts/services.mjs) without its servers: the addresses are the same wherever they are written, and the mirror is
 * found in both formats of apt's sources. The servers themselves are covered by test/live.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import * as assert from 'uvu/assert'
import { suite } from '../suite.js'

interface Server {
  readonly name: string
  readonly port: number
  readonly variable: string
  readonly url: string
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')
const script = (name: string) => import(pathToFileURL(join(root, 'scripts', 'services', name)).href)
const text = (path: string): string => readFileSync(join(root, path), 'utf8')

const addresses = suite('services: addresses')

addresses.before(() => {
  for (const name of ['POSTGRES', 'MYSQL', 'MARIADB']) delete process.env[`QUERY_TS_${name}_PORT`]
})

addresses('docker-compose.yml publishes the ports of the URLs and names the URLs', async () => {
  const { servers }: { servers: Record<string, Server> } = await script('servers.mjs')
  const compose = text('docker-compose.yml')
  assert.equal(Object.keys(servers), ['postgres', 'mysql', 'mariadb'])
  for (const { name, port, variable, url } of Object.values(servers)) {
    const [, ownPart = ''] = new RegExp(`^  ${name}:\\n((?:    .*\\n|\\n)+)`, 'm').exec(compose) ?? []
    assert.match(ownPart, `127.0.0.1:\${QUERY_TS_${name.toUpperCase()}_PORT:-${port}}:`)
    assert.match(compose, `${variable}=${url}\n`)
    const { username, password, pathname } = new URL(url)
    assert.equal([username, password, pathname], ['query', 'query', '/query_ts'])
  }
})

addresses('docs/services.md names the same URLs', async () => {
  const { environmentLines }: { environmentLines: (names: ReadonlyArray<string>) => ReadonlyArray<string> } = await script('servers.mjs')
  for (const line of environmentLines(['postgres', 'mysql', 'mariadb'])) assert.match(text('docs/services.md'), line)
})

addresses('each server of docker-compose.yml has a health check, and no port is open to the network', () => {
  const compose = text('docker-compose.yml')
  const count = (pattern: RegExp): number => [...compose.matchAll(pattern)].length
  assert.is(count(/^ {4}image: /gm), 5)
  assert.is(count(/^ {4}healthcheck:/gm), 5)
  assert.is(count(/^ {4}ports: \['127\.0\.0\.1:/gm), 5)
})

addresses('the path of the authority is one word of a shell, whatever is in it', async () => {
  const { authorityLine }: { authorityLine: (path: string) => string } = await script('servers.mjs')
  assert.is(authorityLine('/a/.services/tls/ca.pem'), 'SERVICES_CA=/a/.services/tls/ca.pem')
  const odd = "/it's a $HOME/ca.pem"
  const { stdout } = spawnSync('sh', ['-c', `${authorityLine(odd)}; printf %s "$SERVICES_CA"`], { encoding: 'utf8' })
  assert.is(stdout, odd)
  assert.match(text('docs/services.md'), 'SERVICES_CA=')
})

addresses('docker-compose.yml says what it lacks', () => assert.match(text('docker-compose.yml'), 'SERVICES_CA is not set'))

addresses.run()

const mirror = suite('services: the mirror of Debian')

const mirrorIn = async (sources: string): Promise<string | undefined> => (await script('mirror.mjs')).mirrorIn(sources, 'bookworm')

mirror('in one-line format, with options, after comments and other archives', async () => {
  const sources = `# deb http://old.example/debian bookworm main
deb http://security.example/debian-security bookworm-security main
deb-src http://source.example/debian bookworm main
deb [arch=amd64 signed-by=/usr/share/keyrings/x.gpg] https://mirror.example/debian bookworm main contrib
`
  assert.is(await mirrorIn(sources), 'https://mirror.example/debian')
})

mirror('in paragraphs', async () => {
  const sources = `Types: deb
# a comment
URIs: http://security.example/debian-security
Suites: bookworm-security
Components: main

Types: deb deb-src
URIs: http://mirror.example/debian http://second.example/debian
Suites: bookworm bookworm-updates
Components: main
`
  assert.is(await mirrorIn(sources), 'http://mirror.example/debian')
})

mirror('is not found among the archives of others', async () => {
  assert.is(await mirrorIn('deb https://deb.example/node_20.x nodistro main\n'), undefined)
  assert.is(await mirrorIn('Types: deb\nURIs: http://x.example\nSuites: trixie\n'), undefined)
  assert.is(await mirrorIn(''), undefined)
})

mirror.run()
