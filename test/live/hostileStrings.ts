/**
 * Strings that try to be more than strings, from a seeded generator, so that failures are reproducible.
 *
 * Pieces of SQL, quotes of all kinds, escapes, comments, placeholders, wildcards, bidirectional and zero-width characters, combining marks,
 * astral characters; combined at random, some very long. All of them can be stored. `broken` makes those that can't (NUL, lone surrogates).
 */

const pieces: readonly string[] = [
  ...[
    "'",
    "''",
    '"',
    '""',
    '`',
    '``',
    '\\',
    '\\\\',
    "\\'",
    '\\"',
    '[',
    ']',
    '{',
    '}',
    '(',
    ')',
    ',',
    '.',
    ';',
    ' ',
    '  ',
    '\t',
    '\n',
    '\r\n',
    '\u00a0',
  ],
  ...[
    '--',
    '-- ',
    '/*',
    '*/',
    '#',
    '//',
    '<!--',
    '?',
    '??',
    '?1',
    '$1',
    '$2',
    '$$',
    '$a$',
    ':a',
    ':1',
    '@p',
    '@@version',
    '%s',
    '%(a)s',
    '$' + '{x}',
    '{{x}}',
  ],
  ...['%', '_', '!', '!%', '!!', '*', '^', '|', '||', '&', '=', '<>', '~', '+', '-', '0', '1', '00', '1e5', '0x27', 'NaN', '-1'],
  ...[
    "'; DROP TABLE canary; --",
    "' OR '1'='1",
    '" OR "1"="1',
    '1; DELETE FROM canary',
    "' UNION SELECT 1 --",
    '); DROP TABLE canary',
    '"; DROP TABLE "canary"; --',
    "\\'; DROP TABLE canary; --",
  ],
  ...[
    'DROP TABLE canary',
    'SELECT',
    'FROM',
    'WHERE',
    'NULL',
    'null',
    'undefined',
    'TRUE',
    'DEFAULT',
    'COMMIT',
    'ROLLBACK;',
    'BEGIN',
    'ATTACH',
    'pg_sleep(9)',
    "E'\\x27'",
    "X'27'",
    "U&'\\0027'",
    'chr(39)',
    'char(39)',
  ],
  ...[
    'canary',
    'constructor',
    '__proto__',
    'toString',
    'sqlite_master',
    'pg_catalog',
    'information_schema',
    'rowid',
    'user',
    'order',
    'table',
  ],
  ...[
    'é',
    'e\u0301',
    'ß',
    'İ',
    'ı',
    'ǅ',
    'Σ',
    'ς',
    '日本',
    '한',
    'ไ',
    'ا',
    '\u05d0',
    '😀',
    '👩‍👩‍👧',
    '🇩🇪',
    '\u{10ffff}',
    '\u{10000}',
    '\uffff',
    '\ufffd',
    '\ue000',
  ],
  ...[
    '\u200b',
    '\u200d',
    '\u200e',
    '\u200f',
    '\u202e',
    '\u2066',
    '\u2028',
    '\u2029',
    '\u0001',
    '\u001a',
    '\u001b[31m',
    '\u007f',
    '\u0085',
    '\u02bc',
    '\u2019',
    '\uff07',
    '\uff02',
    '\u0345',
    'a',
    'b',
    'Ab',
    'x y',
  ],
]

/** Random numbers from 0 to below 1, the same for the same seed. */
const random = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let x = Math.imul(state ^ (state >>> 15), 1 | state)
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Different strings that can be stored; the first ones are the pieces by themselves, and the empty one. */
export const hostileStrings = (count: number, seed = 7): readonly string[] => {
  const next = random(seed)
  const pick = (): string => pieces[Math.floor(next() * pieces.length)] as string
  const found = new Set<string>(['', ...pieces].slice(0, count))
  while (found.size < count) {
    const length = 1 + Math.floor(next() ** 2 * 12)
    const s = Array.from({ length }, pick).join('')
    found.add(next() < 0.003 ? s.repeat(1 + Math.floor(4_000 * next())) : s)
  }
  return [...found]
}

/** Different strings that can be names everywhere: none is empty or has more than 50 bytes, and they differ in more than case. */
export const hostileNames = (count: number, seed = 11): readonly string[] => {
  const names: string[] = []
  const used = new Set<string>()
  for (const s of hostileStrings(count * 3, seed)) {
    const same = s.toLowerCase().toUpperCase()
    if (s === '' || new TextEncoder().encode(s).length > 50 || used.has(same)) continue
    used.add(same)
    names.push(s)
  }
  return names.slice(0, count)
}

/** Strings that no engine stores as they are. */
export const broken = (count: number, seed = 13): readonly string[] => {
  const next = random(seed)
  const bad = ['\u0000', '\ud83d', '\ude00', '\udfff\ud800']
  return hostileStrings(count, seed).map((s, i) => {
    const at = Math.floor(next() * (s.length + 1))
    // Not into the middle of a pair, where a half could find another.
    const place = /[\udc00-\udfff]/.test(s[at] ?? '') ? 0 : at
    const mark = bad[i % bad.length] as string
    return `${s.slice(0, place)}.${mark}.${s.slice(place)}`
  })
}
