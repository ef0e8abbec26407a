/** What separates a container from the host, by what an attacker would have to break out of. */
export type Isolation = 'process' | 'gvisor' | 'vm'

/** Namespaces and filters of the host's kernel; a kernel of its own that is a program; a virtual machine. */
export const ISOLATIONS: readonly Isolation[] = ['process', 'gvisor', 'vm']

/** Returns the class that `text` names, or undefined. */
export function parseIsolation(text: string | undefined): Isolation | undefined {
  return ISOLATIONS.find(name => name === text)
}
