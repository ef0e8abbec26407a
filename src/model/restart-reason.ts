import type { RestartCause } from './observed-state.ts'

/** Returns why a policy starts a container again, e.g. `exit code 1`. */
export function restartReason({ kind, exitCode }: RestartCause): string {
  switch (kind) {
    case 'unhealthy':
      return 'unhealthy'
    case 'out-of-memory':
      return 'out of memory'
    case 'ended':
      return `exit code ${exitCode}`
  }
}
