/**
 * Abort listeners for signals that many statements share.
 *
 * Node warns of a leak at the eleventh listener of a signal; a signal of a program may have hundreds of statements that
 * wait for it. Here each signal gets one listener, which calls all callbacks. Law: a callback that was removed is not called.
 */
const waiting = new WeakMap<AbortSignal, Set<() => void>>()

/** Calls `f` when the signal is aborted; the returned function removes `f`. A signal that is already aborted does not call it. */
export const onAbort = (signal: AbortSignal, f: () => void): (() => void) => {
  let all = waiting.get(signal)
  if (all === undefined) {
    const created = new Set<() => void>()
    all = created
    waiting.set(signal, created)
    signal.addEventListener('abort', () => {
      for (const each of [...created]) each()
    })
  }
  const own = (): void => f()
  all.add(own)
  return () => void all.delete(own)
}
