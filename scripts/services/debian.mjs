// The three servers as processes of a Debian machine, run by root. Their data is in `.services/data/NAME`, bind-mounted to a
// place that the server's user can reach. The mounts are made in a mount namespace of the server: only it sees
// them and they vanish with it, so there is nothing to unmount, and deleting a chroot can't reach through them.
//
// They listen on the loopback addresses, IPv6 included where the machine has it, and offer TLS with the
// certificates of certificates.mjs. They are tuned for tests: nothing is synced to the disk. Commits survive a killed server (the operating system
// has them), not a power cut.
import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { authority, giveCertificates, makeCertificates } from './certificates.mjs'
import { chroot, install } from './install.mjs'
import { dataOf, end, gone, isTaken, launch, lineOf, logFile, logTail, mustRun, pidOf, run } from './processes.mjs'
import { cache, folder, loopback, repository, say, servers, Trouble } from './servers.mjs'

const sql = name => join(repository, 'scripts', 'services', `${name}.sql`)

const mounting = script => ['unshare', '--mount', '--propagation', 'private', 'sh', '-ec', script, 'sh']
const inChroot = (data, at, argv) => [
  ...mounting(
    'mount --bind /proc "$1/proc"; mount --rbind /dev "$1/dev"; mount --bind "$2" "$1$3"; root=$1; shift 3; exec chroot "$root" "$@"',
  ),
  ...[chroot, data, at, ...argv],
]
const onHost = (data, at, argv) => [...mounting('mount --bind "$1" "$2"; shift 2; exec "$@"'), data, at, ...argv]

const mysqlOptions = at => [
  ...['--user=mysql', `--datadir=${at}`, `--socket=${at}/server.sock`, `--pid-file=${at}/server.pid`, `--init-file=${at}/init.sql`],
  ...[`--ssl-ca=${at}/services-ca.pem`, `--ssl-cert=${at}/services-server.pem`, `--ssl-key=${at}/services-server.key`],
  ...[
    `--bind-address=${loopback.join(',')}`,
    '--skip-name-resolve',
    '--character-set-server=utf8mb4',
    '--skip-log-bin',
    '--max-connections=200',
  ],
  ...['--innodb-buffer-pool-size=64M', '--innodb-flush-log-at-trx-commit=2', '--innodb-flush-method=nosync'],
]
const mysqlClient = (name, program) => [
  ...[program, '--no-defaults', '--batch', '--skip-column-names', '-h127.0.0.1', `-P${servers[name].port}`, '-uquery'],
]
const mysqlReady = client => ({ argv: [...client, 'query_ts', '-e', 'SELECT version()'], input: () => '' })
const clients = {
  mysql: ['chroot', chroot, ...mysqlClient('mysql', 'mysql')],
  mariadb: mysqlClient('mariadb', '/usr/bin/mariadb'),
}

const postgresPrograms = '/usr/lib/postgresql/18/bin'
const asPostgres = argv => ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups', ...argv]
const postgresOptions = {
  listen_addresses: loopback.join(','),
  ssl: 'on',
  ssl_ca_file: 'services-ca.pem',
  ssl_cert_file: 'services-server.pem',
  ssl_key_file: 'services-server.key',
  unix_socket_directories: '',
  max_connections: 200,
  shared_buffers: '64MB',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
}

/**
 * How each server is installed and run: `at` is where it finds its data, `into` wraps a command so that it runs where the server
 * does, `initialize` fills an empty data folder, `ready` is a query that succeeds once the server is usable, `client` runs SQL.
 */
const recipes = {
  postgres: {
    at: '/srv/postgres',
    into: inChroot,
    passwords: join(chroot, 'etc/passwd'),
    user: 'postgres',
    version: ['chroot', chroot, `${postgresPrograms}/postgres`, '--version'],
    // The default order of texts is that of a language, as on most installations: a query that relies on the order of bytes fails its test.
    initialize: asPostgres([
      ...[
        `${postgresPrograms}/initdb`,
        '-D',
        '/srv/postgres',
        '-U',
        'query',
        '--pwfile=/srv/password',
        '--auth=scram-sha-256',
        '--no-sync',
      ],
      ...['--encoding=UTF8', '--locale=C.UTF-8', '--locale-provider=icu', '--icu-locale=en-US'],
    ]),
    serve: asPostgres([
      ...[`${postgresPrograms}/postgres`, '-D', '/srv/postgres', '-p', `${servers.postgres.port}`],
      ...Object.entries(postgresOptions).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ]),
    ready: {
      argv: [
        'chroot',
        chroot,
        'psql',
        '-XqtA',
        '-v',
        'ON_ERROR_STOP=1',
        '-h',
        '127.0.0.1',
        '-p',
        `${servers.postgres.port}`,
        '-U',
        'query',
        'postgres',
      ],
      input: () => `${readFileSync(sql('postgres'), 'utf8')}\nSELECT version();\n`,
    },
    stopSignal: 'SIGINT', // "fast": ends the sessions instead of waiting for them
  },
  mysql: {
    at: '/srv/mysql',
    into: inChroot,
    passwords: join(chroot, 'etc/passwd'),
    user: 'mysql',
    version: ['chroot', chroot, 'mysqld', '--version'],
    initialize: ['mysqld', '--no-defaults', '--initialize-insecure', '--user=mysql', '--datadir=/srv/mysql'],
    serve: [
      'mysqld',
      '--no-defaults',
      ...mysqlOptions('/srv/mysql'),
      `--port=${servers.mysql.port}`,
      '--mysqlx=OFF',
      '--secure-file-priv=NULL',
    ],
    client: clients.mysql,
    ready: mysqlReady(clients.mysql),
    initFile: sql('mysql'),
    stopSignal: 'SIGTERM',
  },
  mariadb: {
    at: join(cache, 'mariadb'),
    into: onHost,
    passwords: '/etc/passwd',
    user: 'mysql',
    version: ['/usr/sbin/mariadbd', '--version'],
    initialize: [
      ...['mariadb-install-db', '--no-defaults', '--user=mysql', `--datadir=${join(cache, 'mariadb')}`],
      ...['--auth-root-authentication-method=normal', '--skip-test-db', '--force'],
    ],
    serve: ['/usr/sbin/mariadbd', '--no-defaults', ...mysqlOptions(join(cache, 'mariadb')), `--port=${servers.mariadb.port}`],
    client: clients.mariadb,
    ready: mysqlReady(clients.mariadb),
    initFile: sql('mysql'),
    stopSignal: 'SIGTERM',
  },
}

/** Fills an empty data folder, or one that was left half-filled or was filled by another version of the server. */
const prepareData = async name => {
  const { at, into, passwords, user, version, initialize, initFile } = recipes[name]
  const data = dataOf(name)
  const marker = join(folder, 'data', `${name}.version`)
  const current = (await mustRun(version)).stdout
  const [, uid, gid] = new RegExp(`^${user}:[^:]*:(\\d+):(\\d+):`, 'm').exec(readFileSync(passwords, 'utf8')) ?? []
  const filledBy = existsSync(marker) && existsSync(data) ? readFileSync(marker, 'utf8') : undefined
  if (filledBy !== current) {
    if (filledBy !== undefined) say(`${name}: the data are of another version (${filledBy.trim()}) and are thrown away`)
    rmSync(marker, { force: true })
    rmSync(data, { recursive: true, force: true })
    rmSync(logFile(name), { force: true })
    mkdirSync(data, { recursive: true, mode: 0o700 })
    chownSync(data, Number(uid), Number(gid))
    await mustRun(into(data, at, initialize))
    writeFileSync(marker, current)
  }
  // A killed server leaves these. It would take its old pid for alive as long as that is a zombie.
  for (const lock of ['postmaster.pid', 'server.pid', 'server.sock', 'server.sock.lock']) rmSync(join(data, lock), { force: true })
  await makeCertificates()
  giveCertificates(data, Number(uid), Number(gid))
  if (initFile === undefined) return
  copyFileSync(initFile, join(data, 'init.sql'))
  chmodSync(join(data, 'init.sql'), 0o644)
}

/** Whether a server was started as it would be started now, and not by an earlier version of this script. */
const isCurrent = name => {
  const line = lineOf(pidOf(name))
  return line !== '' && ` ${recipes[name].serve.join(' ')}`.endsWith(` ${line}`)
}

/** Waits until a real query succeeds; returns the version that the server reports. */
const answer = async name => {
  const { argv, input } = recipes[name].ready
  const env = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', PGPASSWORD: 'query', MYSQL_PWD: 'query' }
  for (const began = Date.now(); ; await delay(100)) {
    const { ok, stdout, text } = await run(argv, { env, input: input(), timeout: 10_000 })
    if (ok) return stdout.trim().split('\n').at(-1)
    if (pidOf(name) === undefined) throw new Trouble(`${name} ended while it was starting; the end of ${logFile(name)}:\n${logTail(name)}`)
    if (Date.now() - began > 60_000)
      throw new Trouble(
        `${name} runs and has not answered a query for a minute: ${text.trim()}\nThe end of ${logFile(name)}:\n${logTail(name)}`,
      )
  }
}

/**
 * MySQL and MariaDB compute named time zones from tables that are empty at first. The tool of MySQL writes them for both; in MariaDB
 * `Offset` is a keyword, and its own engine for these tables is slow where every statement is synced.
 */
const loadTimeZones = async name => {
  const { client } = recipes[name]
  if (client === undefined) return
  const env = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', MYSQL_PWD: 'query' }
  const mysql = input => mustRun([...client, 'mysql'], { env, input })
  if ((await mysql('SELECT count(*) FROM time_zone_name')).stdout.trim() !== '0') return
  const made = await run(['chroot', chroot, 'mysql_tzinfo_to_sql', '/usr/share/zoneinfo'])
  if (!made.ok) return say(`${name}: no time zones (there is no mysql_tzinfo_to_sql in ${chroot})`)
  const tables = ['time_zone', 'time_zone_name', 'time_zone_transition', 'time_zone_transition_type']
  await mysql(
    [
      ...(name === 'mariadb' ? tables.map(table => `ALTER TABLE ${table} ENGINE=InnoDB;`) : []),
      'SET autocommit = 0;',
      made.stdout.replaceAll(', Offset,', ', `Offset`,'),
      'COMMIT;',
    ].join('\n'),
  )
}

const isDebian = () => existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))

export const debian = {
  title: 'processes of this machine',

  /** Why this way is not possible on this machine, if it is not. */
  obstacle: async () => {
    if (!isDebian()) return 'this is not Debian'
    if (process.getuid() !== 0) return 'this is Debian, but only root can install servers'
    if (!(await run(['unshare', '--mount', '--propagation', 'private', 'true'])).ok)
      return 'root may not mount here (a container without CAP_SYS_ADMIN)'
    return undefined
  },

  install,

  start: async name => {
    const { port } = servers[name]
    const { into, at, serve } = recipes[name]
    if (pidOf(name) === undefined) {
      await gone(name)
      if (await isTaken(port))
        throw new Trouble(
          `${name}: port ${port} is taken by something that was not started from here; \`ss -ltnp\` tells by what. ` +
            `End that, or choose another port with QUERY_TS_${name.toUpperCase()}_PORT.`,
        )
      await prepareData(name)
      await launch(name, into(dataOf(name), at, serve))
    } else if (!isCurrent(name))
      say(
        `${name}: runs with other options than it would be started with now (TLS may be missing): \`npm run services -- restart ${name}\``,
      )
    const version = await answer(name)
    await loadTimeZones(name)
    return version
  },

  /** The certificate that verifies the running servers; undefined if one of them may not have TLS. */
  authority: async names => (names.length > 0 && names.every(isCurrent) ? authority : undefined),

  stop: name => end(name, recipes[name].stopSignal),

  kill: name => end(name, 'SIGKILL'),

  state: async name => {
    const pid = pidOf(name)
    return pid === undefined ? undefined : `pid ${pid}`
  },
}
