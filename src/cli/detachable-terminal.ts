import type { Terminal } from '../app/index.ts'
import type { CliPorts } from './cli-ports.ts'
import { DEFAULT_DETACH_KEYS, parseDetachKeys } from './options/detach-keys.ts'

/** Returns the terminal of this process, which docker's keys leave; that is said as docker does. */
export function detachableTerminal(
  { openTerminal, stderr }: CliPorts,
  onDetached: () => void = () => {},
): Terminal {
  return {
    ...openTerminal(),
    detachKeys: parseDetachKeys(DEFAULT_DETACH_KEYS),
    onDetached: () => {
      stderr.write('\nread escape sequence\n')
      onDetached()
    },
  }
}
