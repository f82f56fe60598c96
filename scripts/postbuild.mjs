// After tsc: (1) removes outputs whose source is gone, so that a deleted test or module cannot linger in dist;
// (2) writes dist-es6, the output for bundlers: the same modules with `fp-ts/lib/` and `io-ts/lib/` read from `/es6/`,
// because the CommonJS in /lib/ cannot be tree-shaken (57 KB against 0.6 KB for one `pipe`).
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

const filesBelow = folder =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter(e => e.isFile())
        .map(e => join(e.parentPath ?? e.path, e.name))
    : []

const compiledFolders = ['lib', 'laws', 'test', 'bench', 'examples', 'scripts']
for (const folder of compiledFolders) {
  for (const file of filesBelow(join('dist', folder))) {
    const stem = file.replace(/(\.d\.ts|\.js)(\.map)?$/, '')
    const outputOfTsc = stem !== file
    if (outputOfTsc && !existsSync(`${relative('dist', stem)}.ts`)) rmSync(file)
  }
}

const toEs6 = text =>
  text
    .replace(/((?:from|import)\s*\(?\s*['"])(fp-ts|io-ts)\/lib\//g, '$1$2/es6/')
    .replace(/((?:from|import)\s*\(?\s*['"])io-ts(['"])/g, '$1io-ts/es6/index.js$2')

const written = new Set()
for (const folder of ['lib', 'laws']) {
  for (const file of filesBelow(join('dist', folder)).filter(f => f.endsWith('.js'))) {
    const target = join('dist-es6', relative('dist', file))
    written.add(target)
    if (existsSync(target) && statSync(target).mtimeMs >= statSync(file).mtimeMs) continue
    mkdirSync(dirname(target), { recursive: true })
    // No source maps here: the rewritten lines keep their numbers, and dist has the maps.
    writeFileSync(target, toEs6(readFileSync(file, 'utf8')).replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'))
  }
}
for (const file of filesBelow('dist-es6')) if (!written.has(file)) rmSync(file)
