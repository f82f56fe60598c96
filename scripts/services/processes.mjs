// Child processes: commands that end, and servers that stay. A server is identified by its pid and its start time (a pid
// alone may belong to another process by now), both in `.services/NAME.pid`; nothing else is ever signalled.
import { spawn } from 'node:child_process'
import { openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { folder, loopback, Trouble } from './servers.mjs'

const environment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', TZ: 'UTC' }

/** Runs a command to its end and returns { ok, stdout, text }, where text is everything it wrote. */
export const run = ([command, ...args], { env = environment, input = '', timeout = 600_000 } = {}) =>
  new Promise(resolve => {
    const child = spawn(command, args, { env, timeout, stdio: ['pipe', 'pipe', 'pipe'] })
    let stdout = ''
    let text = ''
    child.stdout.on('data', chunk => {
      stdout += chunk
      text += chunk
    })
    child.stderr.on('data', chunk => {
      text += chunk
    })
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    child.on('error', error => resolve({ ok: false, stdout, text: `${text}${error.message}` }))
    child.on('close', status => resolve({ ok: status === 0, stdout, text }))
  })

/** The same, for a command that must succeed. */
export const mustRun = async (argv, options) => {
  const answer = await run(argv, options)
  if (!answer.ok) throw new Trouble(`failed: ${argv.join(' ')}\n${answer.text.trim().split('\n').slice(-20).join('\n')}`)
  return answer
}

/** When a process was started, in clock ticks since boot; undefined if there is none (a zombie does not count). */
const startOf = pid => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

const pidFile = name => join(folder, `${name}.pid`)
export const logFile = name => join(folder, `${name}.log`)

export const logTail = name => readFileSync(logFile(name), 'utf8').trimEnd().split('\n').slice(-20).join('\n')

/** The pid of the server that was started here and is still running. */
export const pidOf = name => {
  try {
    const [pid, started] = readFileSync(pidFile(name), 'utf8').trim().split(' ')
    return startOf(pid) === started ? Number(pid) : undefined
  } catch {
    return undefined
  }
}

/** The command line of a process; empty if there is none. */
export const lineOf = pid => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replace(/\0$/, '').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}

/** Starts a server that outlives this script. Every wrapper in `argv` must end in `exec`: its pid is then the server's. */
export const launch = (name, [command, ...args]) =>
  new Promise((resolve, reject) => {
    const log = openSync(logFile(name), 'a')
    const child = spawn(command, args, { cwd: '/', env: environment, detached: true, stdio: ['ignore', log, log] })
    child.on('error', error => reject(new Trouble(`${name}: ${error.message}`)))
    child.on('spawn', () => {
      writeFileSync(pidFile(name), `${child.pid} ${startOf(child.pid)}\n`)
      child.unref()
      resolve()
    })
  })

/** Where a server keeps its data; its processes have this as their working directory. */
export const dataOf = name => join(folder, 'data', name)

/** The processes that work in a server's data, also if their main process is gone. Zombies do not count. */
const workersOf = name => {
  const data = statSync(dataOf(name), { throwIfNoEntry: false })
  return readdirSync('/proc').filter(entry => {
    try {
      const { dev, ino } = statSync(`/proc/${entry}/cwd`)
      return dev === data?.dev && ino === data.ino
    } catch {
      return false // no process, or gone since
    }
  })
}

/** Waits until no process of this server is left. */
export const gone = async name => {
  for (const began = Date.now(); pidOf(name) !== undefined || workersOf(name).length > 0; await delay(50))
    if (Date.now() - began > 60_000)
      throw new Trouble(`${name} has not ended after a minute (processes ${workersOf(name).join(', ')}): see ${logFile(name)}`)
}

/** Signals the main process and waits until all are gone. Returns false if it was not running. */
export const end = async (name, signal) => {
  const pid = pidOf(name)
  if (pid !== undefined) {
    process.kill(pid, signal)
    await gone(name)
  }
  rmSync(pidFile(name), { force: true })
  return pid !== undefined
}

const listens = (port, host) =>
  new Promise(resolve => {
    const socket = connect(port, host)
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })

/** Whether something listens on this port of a loopback address. */
export const isTaken = async port => (await Promise.all(loopback.map(host => listens(port, host)))).includes(true)
