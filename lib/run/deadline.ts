/**
 * A bound on waiting for a server that does not answer at all.
 *
 * A server gives a statement up by itself when it takes longer than `statementTimeout`; one that is stopped, or behind a
 * broken network, can't. Some time after its limit the connection is given up here, and the statement with it: whether
 * it was carried out is not known.
 */

/** Milliseconds that a server has for saying that a statement took too long. */
const GRACE = 2_000

/** What is thrown in place of an answer that did not come. */
export class NoAnswer extends Error {
  readonly code = 'NO_ANSWER'
  constructor() {
    super('the server did not answer')
  }
}

/** The answer, if it comes in time; else `give up` is called and `NoAnswer` thrown. Without a limit it is waited for. */
export const answered = async <A>(limit: number | undefined, pending: PromiseLike<A>, giveUp: () => void): Promise<A> => {
  if (limit === undefined) return pending
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      giveUp()
      reject(new NoAnswer())
    }, limit + GRACE)
  })
  try {
    return await Promise.race([pending, late])
  } finally {
    clearTimeout(timer)
  }
}
