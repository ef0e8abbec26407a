import type { SecuritySettings } from '../../../../model/service.ts'
import type { RunOperation } from '../../../../planner/build/build-graph.ts'

/** Returns what a command may do: as much as a service by default, or all. */
export function runSecurity({ security }: Pick<RunOperation, 'security'>): SecuritySettings {
  return {
    privileged: security === 'insecure',
    capAdd: [],
    capDrop: [],
    noNewPrivileges: false,
    seccomp: { kind: 'default' },
    unmaskSystemPaths: false,
  }
}
