import { setTimeout as delay } from 'node:timers/promises'

/** Returns what `attempt` returns once it does not throw; after `timeoutMs` its last error is thrown. */
export async function eventually<T>(attempt: () => Promise<T>, timeoutMs = 15_000): Promise<T> {
  for (const deadline = Date.now() + timeoutMs; ; await delay(50)) {
    try {
      return await attempt()
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
  }
}
