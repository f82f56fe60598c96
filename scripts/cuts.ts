/**
 * `npm run cuts`: what runners return when the network fails, on servers that `npm run services` has started.
 *
 *     npm run cuts -- --engine postgres --every            every byte of a short session, each way to fail
 *     npm run cuts -- --engine postgres --every --tls      the same over TLS, where bytes are changed, too
 *     npm run cuts -- --every --step 20                    each twentieth of these cases, on every server
 *     npm run cuts -- --seconds 60 --seed 7                a seeded sample of the same
 *     npm run cuts -- --random 20 --seed 7                 20 long sessions of three connections with random faults
 *
 * Without `--engine` it runs on every available server. At the end it prints a table of the faults and of the writes applied, and
 * every rule that was broken. The exit code is 0 only if none was.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { array, command, flag, multioption, number, option, optional, run, string } from 'cmd-ts'
import { type ServerName, servers } from '../test/live/addresses.js'
import { longSessions } from '../test/live/cutLong.js'
import {
  atOnce,
  breaks,
  calibrate,
  everyCase,
  finish,
  runCase,
  sampleOf,
  type Tally,
  tableOf,
  tallyOf,
  watched,
} from '../test/live/cutRun.js'
import { type Site, SLACK, siteOf } from '../test/live/cutSite.js'

interface Wanted {
  readonly every: boolean
  readonly step: number
  readonly seconds: number
  readonly random: number
  readonly seed: number
  readonly width: number
}

const short = async (site: Site, { every, step, seconds, seed, width }: Wanted): Promise<Tally> => {
  const tally = tallyOf(`${site.label}, short`)
  const calibration = await calibrate(site)
  const sizes = calibration.links.map(({ toServer, toClient }) => `${toServer} to the server and ${toClient} back`).join('; ')
  console.log(`${site.label}: bytes of a session, by connection: ${sizes}`)
  const cases = every ? everyCase(site, calibration).filter((_, i) => i % step === 0) : sampleOf(site, calibration, seed)
  const until = every ? Number.POSITIVE_INFINITY : performance.now() + seconds * 1000
  await atOnce(width, cases, until, c => runCase(site, calibration, c, tally))
  finish(tally)
  return tally
}

const app = command({
  name: 'cuts',
  args: {
    engine: multioption({ type: array(string), long: 'engine', description: `one of ${servers.join(', ')}; default: all` }),
    tls: flag({ long: 'tls', description: 'by TLS' }),
    every: flag({ long: 'every', description: 'every byte of a short session' }),
    step: option({ type: number, long: 'step', defaultValue: () => 1, description: 'with --every: only each so many-th case; default: 1' }),
    seconds: option({
      type: number,
      long: 'seconds',
      defaultValue: () => 20,
      description: 'how long to sample short sessions; default: 20',
    }),
    random: option({ type: number, long: 'random', defaultValue: () => 0, description: 'long sessions instead of short ones' }),
    seed: option({ type: optional(number), long: 'seed', description: 'a number that names the run' }),
    width: option({ type: number, long: 'width', defaultValue: () => 32, description: 'how many sessions at a time; default: 32' }),
  },
  handler: async args => {
    const seed = args.seed ?? Math.floor(Math.random() * 2 ** 31)
    console.log(`seed ${seed}`)
    const tallies: Tally[] = []
    const watch = watched()
    const busy = monitorEventLoopDelay({ resolution: 10 })
    busy.enable()
    for (const name of args.engine.length === 0 ? servers : args.engine) {
      if (!servers.includes(name as ServerName)) throw new Error(`no server ${name}: choose one of ${servers.join(', ')}`)
      const site = await siteOf(name as ServerName, args.tls)
      const tally = args.random > 0 ? await longSessions(site, seed, args.random) : await short(site, { ...args, seed })
      await site.close()
      for (const seen of watch.seen.splice(0)) breaks(tally, site.label, seen)
      tallies.push(tally)
    }
    watch.stop()
    console.log(tableOf(tallies))
    console.log(`this process was delayed by ${(busy.max / 1e6).toFixed(0)} ms at most; the time limits allow ${SLACK} ms`)
    process.exitCode = tallies.some(t => t.broken.size > 0) ? 1 : 0
  },
})

await run(app, process.argv.slice(2))
