// Installs the servers on a Debian machine, once, into the cache folder:
// - Postgres with pgvector and MySQL from Debian sid, in a chroot made by debootstrap, so that nothing of sid touches the system;
// - MariaDB from the system's own packages. The `-core` packages have the server and no service, so none is started.
// - openssl, with which certificates.mjs makes the certificates of the servers.
// A marker is written into the chroot at the very end; a chroot without it is half-finished and is made again.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mirrorIn } from './mirror.mjs'
import { mustRun, run } from './processes.mjs'
import { cache, folder, say, Trouble } from './servers.mjs'

/** sid has one version of Postgres at a time. */
const packages = { postgres: ['postgresql-18', 'postgresql-18-pgvector'], mysql: ['mysql-server-core', 'mysql-client-core'] }

export const chroot = join(cache, 'sid')
const marker = join(chroot, 'query-ts-complete.json')

const mirror = release => {
  const more = '/etc/apt/sources.list.d'
  const files = ['/etc/apt/sources.list', ...(existsSync(more) ? readdirSync(more).map(name => join(more, name)) : [])]
  for (const file of files.filter(name => /\.(list|sources)$/.test(name) && existsSync(name))) {
    const found = mirrorIn(readFileSync(file, 'utf8'), release)
    if (found !== undefined) return found
  }
  throw new Trouble(`no mirror of Debian ${release} in /etc/apt/sources.list or /etc/apt/sources.list.d`)
}

const apt = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' } }
let updated = false
const aptInstall = async (...names) => {
  say(`installing ${names.join(', ')} ...`)
  if (!updated && !(await run(['apt-get', 'update', '-q'], apt)).ok)
    say('`apt-get update` failed: trying with the package lists that are there')
  updated = true
  await mustRun(['apt-get', 'install', '-qy', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', ...names], apt)
}

const removeChroot = () => {
  const mounted = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map(line => line.split(' ')[4] ?? '')
    .filter(path => path.startsWith(`${chroot}/`))
  if (mounted.length > 0)
    throw new Trouble(`${chroot} is half-finished, and in the way of making it anew are the mounts ${mounted.join(', ')}`)
  rmSync(chroot, { recursive: true, force: true })
}

/** Only debootstrap sees its mounts, and they vanish with it. It ends with this script, however that ends. */
const bootstrap = async wanted => {
  removeChroot()
  const { stdout } = await run(['apt-config', 'shell', 'proxy', 'Acquire::http::Proxy'])
  const proxy = /^proxy='(.+)'$/m.exec(stdout)?.[1]
  const env = { ...apt.env, ...(proxy === undefined ? {} : { http_proxy: proxy }) }
  const release = /^VERSION_CODENAME=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'stable'
  const include = wanted.flatMap(name => packages[name]).join(',')
  const argv = ['debootstrap', '--variant=minbase', `--include=${include}`, 'sid', chroot, mirror(release)]
  const answer = await run(['setpriv', '--pdeathsig', 'KILL', 'unshare', '--mount', '--propagation', 'private', ...argv], {
    env,
    timeout: 1_800_000,
  })
  const log = join(folder, 'install.log')
  writeFileSync(log, answer.text)
  return { ...answer, log }
}

const makeChroot = async () => {
  if (!existsSync('/usr/sbin/debootstrap')) await aptInstall('debootstrap')
  say(`installing Debian sid with Postgres and MySQL in ${chroot} (about 40 seconds, 600 MB) ...`)
  let mysql = true
  let made = await bootstrap(['postgres', 'mysql'])
  if (!made.ok && /^[EW]: .*mysql/m.test(made.text)) {
    say('sid has no MySQL that can be installed; going on without it ...')
    mysql = false
    made = await bootstrap(['postgres'])
  }
  if (!made.ok) throw new Trouble(`debootstrap failed: see ${made.log}\n${made.text.trim().split('\n').slice(-5).join('\n')}`)
  if (mysql) await mustRun(['chroot', chroot, 'useradd', '--system', '--no-create-home', '--shell', '/usr/sbin/nologin', 'mysql'])
  for (const name of ['postgres', 'mysql']) mkdirSync(join(chroot, 'srv', name), { recursive: true })
  writeFileSync(join(chroot, 'srv', 'password'), 'query\n')
  for (const left of ['var/cache/apt/archives', 'var/lib/apt/lists', 'var/lib/postgresql/18', 'usr/share/doc', 'usr/share/man'])
    rmSync(join(chroot, left), { recursive: true, force: true })
  writeFileSync(marker, `${JSON.stringify({ installed: new Date().toISOString(), mysql })}\n`)
}

/** Installs what the named servers need and returns the names of those that can't be installed. */
export const install = async names => {
  if (!(await run(['openssl', 'version'])).ok) await aptInstall('openssl')
  if (names.includes('mariadb') && !(existsSync('/usr/sbin/mariadbd') && existsSync('/usr/bin/mariadb')))
    await aptInstall('mariadb-server-core', 'mariadb-client-core')
  if (names.includes('mariadb') && !(await run(['id', 'mysql'])).ok)
    await mustRun(['useradd', '--system', '--no-create-home', '--shell', '/usr/sbin/nologin', 'mysql'])
  mkdirSync(join(cache, 'mariadb'), { recursive: true })
  if (!names.includes('postgres') && !names.includes('mysql')) return []
  if (!existsSync(marker)) await makeChroot()
  return JSON.parse(readFileSync(marker, 'utf8')).mysql || !names.includes('mysql') ? [] : ['mysql']
}
