/**
 * Every numbered example prints the text of the comment at its end; the demo runs, prints SQL, compares the engines, and replies to a
 * command line that it does not understand with a message and exit code 2.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { format } from 'node:util'
import * as assert from 'uvu/assert'
import { suite } from '../suite.js'

/** The root of the repository, from dist/test/live. */
const root = fileURLToPath(new URL('../../..', import.meta.url))

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** The environment without addresses of servers: the demo would use them. */
const embeddedOnly = Object.fromEntries(Object.entries({ ...process.env, NO_COLOR: '1' }).filter(([name]) => !name.endsWith('_URL')))

const node = (script: string, ...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'dist', 'examples', script), ...args], { env: embeddedOnly })
    let out = ''
    let err = ''
    child.stdout.setEncoding('utf8').on('data', chunk => {
      out += chunk
    })
    child.stderr.setEncoding('utf8').on('data', chunk => {
      err += chunk
    })
    child.on('error', reject)
    child.on('close', code => resolve({ code, out, err }))
  })

// --- The numbered examples ----------------------------------------------------------------------

const examples = suite('examples')

const numbered = readdirSync(join(root, 'examples')).filter(name => /^\d\d-.*\.ts$/.test(name))

/** The expected output of an example: the comment at its end. */
const promised = (name: string): string | undefined =>
  /\n\/\* prints\n([\s\S]*?)\*\/\n$/.exec(readFileSync(join(root, 'examples', name), 'utf8'))?.[1]

examples('are numbered without a gap', () =>
  assert.equal(
    numbered.map(name => Number(name.slice(0, 2))),
    numbered.map((_, i) => i + 1),
  ),
)

/** The output of an example, run in this process. */
const printedBy = async (script: string): Promise<string> => {
  const { main } = (await import(pathToFileURL(join(root, 'dist', 'examples', script)).href)) as { readonly main: () => Promise<void> }
  const { log } = console
  let out = ''
  console.log = (...values) => {
    out += `${format(...values)}\n`
  }
  try {
    await main()
  } finally {
    console.log = log
  }
  return out
}

for (const [i, name] of numbered.entries()) {
  examples(`${name} prints what it says`, async () => {
    const script = name.replace(/\.ts$/, '.js')
    assert.is(await printedBy(script), promised(name))
    if (i > 0) return
    const { code, out, err } = await node(script)
    assert.equal({ code, out, err }, { code: 0, out: promised(name), err: '' })
  })
}

examples.run()

// --- The demo -----------------------------------------------------------------------------------

const demo = suite('demo')

demo('prints a report as a table, with the number of rows and the time', async () => {
  const { code, out } = await node('demo.js', '--report', 'best-sellers')
  assert.match(out, /^sqlite: 15607 rows loaded in [\d.]+ ms$/m)
  assert.match(
    out,
    `
artist        revenue
------------  -------
Iron Maiden    138.60
U2             105.93
Metallica       90.09
Led Zeppelin    86.13
Lost            81.59

5 rows, `,
  )
  assert.is(code, 0)
})

demo('cuts long answers, and says how much is left', async () => {
  const { out } = await node('demo.js', '--report', 'never-sold', '--rows', '3')
  assert.match(out, '... and 1516 more\n\n1519 rows, ')
})

demo('finds the store in a file again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'query-ts-demo-'))
  try {
    const file = join(folder, 'store.sqlite')
    const first = await node('demo.js', '--url', `sqlite:${file}`, '--report', 'playlist-length')
    assert.match(first.out, '15607 rows loaded')
    assert.ok(existsSync(file))
    const second = await node('demo.js', '--url', `sqlite:${file}`, '--report', 'playlist-length')
    assert.match(second.out, 'the store is there already')
    assert.match(second.out, '484.1667')
    assert.is(second.code, 0)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

for (const dialect of ['postgres', 'mysql', 'mariadb', 'sqlite']) {
  demo(`--sql ${dialect} prints every report as one statement`, async () => {
    const { code, out } = await node('demo.js', '--sql', dialect)
    const statements = out.match(/^select[\s\S]*?;$/gim) ?? []
    assert.is(statements.length, 35)
    assert.is(code, 0)
  })
}

demo('--all compares the engines', async () => {
  const { code, out } = await node('demo.js', '--all', '--report', 'managers')
  assert.match(out, /^managers(?: +[\d.]+ ms =){3,4}$/m)
  assert.match(out, /1 report on memory, sqlite,(?: sqlite3,)? pglite: all answers are the same/)
  assert.is(code, 0)
})

const misunderstood: readonly (readonly [args: readonly string[], sentence: string])[] = [
  [['--report', 'best-seller'], 'there is no report "best-seller". Choose one of: best-sellers, revenue-by-country'],
  [['--sql', 'oracle'], 'there is no dialect "oracle". Choose one of: postgres, mysql, mariadb, sqlite'],
  [['--url', 'oracle://nobody'], 'there is no engine for "oracle://nobody". Choose one of: memory:'],
  [['--rows', 'many'], '"many" is not a number of rows'],
  [['--all', '--url', 'memory:'], '--url, --sql and --all exclude each other'],
  [['--fast'], 'fast'],
]

for (const [args, sentence] of misunderstood) {
  demo(`answers ${args.join(' ')} with a sentence and exit code 2`, async () => {
    const { code, out, err } = await node('demo.js', ...args)
    assert.is(code, 2)
    assert.is(out, '')
    assert.match(err, sentence)
    assert.not.match(err, /^\s+at /m)
  })
}

demo('a file that can not be opened is an error, not a stack trace', async () => {
  const { code, out, err } = await node('demo.js', '--url', `sqlite:${join(root, 'no', 'such', 'folder', 'store.sqlite')}`)
  assert.is(code, 1)
  assert.match(out + err, 'ConnectionError')
  assert.not.match(out + err, /^\s+at /m)
})

demo.run()
