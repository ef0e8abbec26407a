import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/**
 * Starts the resolver beyond the containers as a process, so that it answers while this one waits for others. `enter` are the
 * words before its command.
 */
export async function startUpstream(
  address: string,
  enter: readonly string[] = [],
): Promise<AsyncDisposable> {
  const [program = '', ...args] = [
    ...enter,
    process.execPath,
    join(import.meta.dirname, 'upstream.ts'),
    address,
  ]
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit').then(failed)])
  return {
    [Symbol.asyncDispose]: async () => {
      child.stdin.end()
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

function failed(): never {
  throw new Error('The resolver beyond the containers has ended')
}
