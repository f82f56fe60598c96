// Installs better-sqlite3, the driver of the `sqlite3` runner, for the tests: in a folder of its own, linked into
// node_modules. It is not a development dependency: without a prebuilt binary it has to be compiled, which takes a
// minute and a compiler, and `npm ci` should need neither.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const VERSION = '12.11.1'
const root = fileURLToPath(new URL('../', import.meta.url))
const folder = `${root}.services/native`
const link = `${root}node_modules/better-sqlite3`
const installed = `${folder}/node_modules/better-sqlite3`

if (!existsSync(`${installed}/build/Release/better_sqlite3.node`)) {
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/package.json`, JSON.stringify({ private: true, dependencies: { 'better-sqlite3': VERSION } }))
  const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock'], { cwd: folder, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
rmSync(link, { recursive: true, force: true })
symlinkSync(installed, link, 'dir')
console.error(`better-sqlite3 ${VERSION} is installed`)
