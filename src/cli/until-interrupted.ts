import type { CommandContext } from './command-context.ts'

/**
 * Returns what `work` returns, for work that cannot be cancelled and leaves nothing half-done: the first Ctrl-C stops
 * the waiting.
 *
 * @throws {Error} If the first Ctrl-C comes before `work` is done.
 */
export async function untilInterrupted<T>({ ports }: CommandContext, work: Promise<T>): Promise<T> {
  const { first } = ports.interrupts
  const interrupted = Promise.withResolvers<never>()
  const onAbort = (): void => interrupted.reject(new Error('Interrupted'))
  first.addEventListener('abort', onAbort, { once: true })
  if (first.aborted) onAbort()
  try {
    return await Promise.race([work, interrupted.promise])
  } finally {
    first.removeEventListener('abort', onAbort)
  }
}
