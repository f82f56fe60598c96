// `npm run services`: real Postgres, MySQL and MariaDB for the tests, from Docker if its daemon is running, from Debian packages
// otherwise (docs/services.md).
//   npm run services                        installs what is missing, starts what is not running, prints environment lines
//   npm run services -- start NAME...       the same for some of them
//   npm run services -- stop [NAME...]      stops what was started here, and nothing else
//   npm run services -- kill NAME           SIGKILL, for tests of faults
//   npm run services -- restart NAME
//   npm run services -- status              exit code 1 unless all run
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { debian } from './services/debian.mjs'
import { docker } from './services/docker.mjs'
import { authorityLine, cache, environmentLines, folder, say, servers, Trouble } from './services/servers.mjs'

const all = Object.keys(servers)
const environmentFile = join(folder, 'env')

const usage = `usage: npm run services [-- start NAME... | stop [NAME...] | kill NAME... | restart NAME... | status]
names: ${all.join(', ')}`

/** The way to run servers on this machine: the first that is possible. */
const choose = async () => {
  const obstacles = []
  for (const way of [docker, debian]) {
    const obstacle = await way.obstacle()
    if (obstacle === undefined) return way
    obstacles.push(obstacle)
  }
  throw new Trouble(
    `No servers can be started here: ${obstacles.join('; ')}.\n` +
      'Start Docker, or use Debian as root, or set POSTGRES_URL, MYSQL_URL and MARIADB_URL to servers of your own;\n' +
      'each needs a database and a user who may create databases, Postgres also the extension pgvector.',
  )
}

/** Only one of these scripts runs at a time on this machine; the kernel releases the lock however the script ends. */
const alone = () => {
  if (process.platform !== 'linux' || process.getuid() !== 0 || process.env.QUERY_TS_SERVICES_LOCKED !== undefined) return
  mkdirSync(cache, { recursive: true })
  const again = (...options) => {
    const [command, ...args] = ['flock', '--close', ...options, join(cache, 'lock'), process.execPath, ...process.argv.slice(1)]
    return spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, QUERY_TS_SERVICES_LOCKED: 'yes' } }).status
  }
  let status = again('--nonblock', '--conflict-exit-code', '75')
  if (status === 75) {
    say('waiting for another `npm run services` to finish ...')
    status = again()
  }
  process.exit(status ?? 1)
}

const commands = {
  start: async (way, names) => {
    const missing = await way.install(names)
    const there = names.filter(name => !missing.includes(name))
    const outcomes = await Promise.allSettled(there.map(name => way.start(name)))
    const failures = outcomes.flatMap((outcome, index) => (outcome.status === 'rejected' ? [[there[index], outcome.reason]] : []))
    outcomes.forEach((outcome, index) => {
      if (outcome.status === 'fulfilled') say(`ok   ${there[index]}: ${outcome.value}`)
    })
    for (const [name, reason] of failures) say(`FAIL ${name}: ${reason instanceof Trouble ? reason.message : reason.stack}`)
    for (const name of missing)
      say(
        `MISSING ${name}: the packages of sid could not be had when ${cache}/sid was made. To try again: stop, delete that folder, start.`,
      )
    const running = []
    for (const name of all) if ((await way.state(name)) !== undefined) running.push(name)
    const authority = await way.authority(running)
    const lines = [...environmentLines(running), ...(authority === undefined ? [] : [authorityLine(authority)])]
    writeFileSync(environmentFile, lines.map(line => `${line}\n`).join(''))
    if (lines.length > 0) console.log([...lines, `export ${lines.map(line => line.slice(0, line.indexOf('='))).join(' ')}`].join('\n'))
    return missing.length + failures.length === 0
  },

  stop: async (way, names) => {
    for (const name of names) say((await way.stop(name)) ? `stopped ${name}` : `${name} was not running`)
    if (names.length === all.length) rmSync(environmentFile, { force: true })
    return true
  },

  kill: async (way, names) => {
    for (const name of names) say((await way.kill(name)) ? `killed ${name}` : `${name} was not running`)
    return true
  },

  restart: async (way, names) => (await commands.stop(way, names)) && commands.start(way, names),

  status: async (way, names) => {
    const states = await Promise.all(names.map(name => way.state(name)))
    names.forEach((name, index) => {
      say(`${name.padEnd(8)}  ${states[index] === undefined ? 'not running' : `running, ${states[index]}, ${servers[name].url}`}`)
    })
    return states.every(state => state !== undefined)
  },
}

const [command = 'start', ...given] = process.argv.slice(2)
const mayBeAll = ['start', 'stop', 'status']
const known =
  Object.hasOwn(commands, command) && given.every(name => all.includes(name)) && (given.length > 0 || mayBeAll.includes(command))
if (!known) {
  say(usage)
  process.exit(2)
}
if (command !== 'status') alone()
try {
  const way = await choose()
  mkdirSync(folder, { recursive: true })
  const ok = await commands[command](way, given.length > 0 ? given : all)
  process.exitCode = ok ? 0 : 1
} catch (error) {
  if (!(error instanceof Trouble)) throw error
  say(error.message)
  process.exitCode = 1
}
