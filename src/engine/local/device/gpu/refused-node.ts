import type { BrokenChain } from './gpu-finding.ts'
import type { SystemRoot } from './system-root.ts'

/** Returns the first of `nodes` that this process may not open, as the link that is missing; undefined if it may open all. */
export function refusedNode(root: SystemRoot, nodes: readonly string[]): BrokenChain | undefined {
  const refused = nodes.find(path => root.refusal(path) !== undefined)
  if (refused === undefined) return undefined
  return {
    link: 'permission',
    reason: `this process may not open ${refused}: ${root.refusal(refused)}`,
    remedy: 'Run tcompose as root on the machine itself, or give the container it runs in this device',
  }
}
