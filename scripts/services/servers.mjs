// The three database servers: their names, ports and URLs, the folder of a repository that holds their files,
// and the log of this script. Standard output is for environment lines only, so that
// `eval "$(npm run -s services)"` is safe: messages go to standard error.
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'

export const repository = join(import.meta.dirname, '..', '..')

/** Logs, pid files, data and the environment lines; git ignores it. */
export const folder = join(repository, '.services')

/** The installed packages, shared by all clones on this machine. */
export const cache = process.env.QUERY_TS_SERVICES_DIR ?? '/var/cache/query-ts-services'

/** The loopback addresses of this machine: every server listens on all of them. */
export const loopback = [
  '127.0.0.1',
  ...(Object.values(networkInterfaces())
    .flat()
    .some(i => i?.address === '::1')
    ? ['::1']
    : []),
]

const server = (name, scheme, usualPort) => {
  const port = Number(process.env[`QUERY_TS_${name.toUpperCase()}_PORT`] ?? usualPort)
  return { name, port, variable: `${name.toUpperCase()}_URL`, url: `${scheme}://query:query@127.0.0.1:${port}/query_ts` }
}

/** docker-compose.yml publishes the same ports. */
export const servers = {
  postgres: server('postgres', 'postgres', 5433),
  mysql: server('mysql', 'mysql', 3307),
  mariadb: server('mariadb', 'mariadb', 3308),
}

export const environmentLines = names => names.map(name => `${servers[name].variable}=${servers[name].url}`)

/** The line that names the certificate of the authority that signed those of the servers. A path may need quotes in a shell. */
export const authorityLine = path => `SERVICES_CA=${/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`}`

export const say = line => process.stderr.write(`${line}\n`)

/** An error for the user to fix; shown without a stack. */
export class Trouble extends Error {}
