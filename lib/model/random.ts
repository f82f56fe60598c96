/**
 * Random values.
 *
 * Engines have their own sources of randomness; only the form of these values is the same everywhere.
 */

const hex = (digits: number): string => Array.from({ length: digits }, () => Math.floor(Math.random() * 16).toString(16)).join('')

/** A random uuid (version 4). */
export const uuid4 = (): string => `${hex(8)}-${hex(4)}-4${hex(3)}-${'89ab'[Math.floor(Math.random() * 4)]}${hex(3)}-${hex(12)}`
