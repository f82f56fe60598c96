/**
 * Listening to signals that many wait for.
 *
 * Node warns of a leak at the eleventh listener of a signal, rightly for most; a signal of a program may have hundreds of
 * statements that wait for it. Here each signal gets one listener, which calls all who wait. Law: who has left is not called.
 */
const waiting = new WeakMap<AbortSignal, Set<() => void>>()

/** Calls `f` when the signal is aborted; the function that is returned ends that. A signal that is aborted already calls nothing. */
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
