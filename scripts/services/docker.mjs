// The three servers as containers of docker-compose.yml. Their data lives as long as the container: `stop` and `kill` keep it,
// `docker compose down -v` deletes it.
import { run } from './processes.mjs'
import { repository, Trouble } from './servers.mjs'

const env = process.env

const compose = async (...args) => {
  const answer = await run(['docker', 'compose', '--project-directory', repository, ...args], { env, timeout: 1_800_000 })
  if (!answer.ok) throw new Trouble(`docker compose ${args.join(' ')}\n${answer.text.trim()}`)
  return answer.stdout.trim()
}

const isRunning = async name => (await compose('ps', '--status', 'running', '--quiet', name)) !== ''

const end = async (name, command) => {
  const ran = await isRunning(name)
  if (ran) await compose(command, name)
  return ran
}

export const docker = {
  title: 'containers',

  obstacle: async () => {
    const engine = await run(['docker', 'info', '--format', '{{.ServerVersion}}'], { env, timeout: 20_000 })
    if (!engine.ok || engine.stdout.trim() === '') return 'no Docker engine answers'
    return (await run(['docker', 'compose', 'version'], { env })).ok
      ? undefined
      : 'a Docker engine answers, but `docker compose` is not installed'
  },

  /** `--wait` waits for the health checks of docker-compose.yml, which run a real query. */
  install: async names => {
    await compose('up', '--detach', '--wait', ...names)
    return []
  },

  start: async name => `the container of ${name} answers`,

  /** The containers do not have our certificates: see docker-compose.yml. */
  authority: async () => undefined,

  stop: name => end(name, 'stop'),

  kill: name => end(name, 'kill'),

  state: async name => ((await isRunning(name)) ? 'container' : undefined),
}
