import { lstatSync } from 'node:fs'
import type { BuildSsh } from '../../../model/build.ts'
import type { RunAgent } from './run/run-request.ts'

/** Returns the SSH agents that a build gives to its commands. One that is nowhere is left out. */
export function readAgents(
  agents: readonly BuildSsh[],
  environment: ReadonlyMap<string, string>,
): ReadonlyMap<string, RunAgent> {
  return new Map(
    agents.flatMap(({ id, paths }) => {
      const agent = agentOf(paths, environment.get('SSH_AUTH_SOCK'))
      return agent === undefined ? [] : [[id, agent] as const]
    }),
  )
}

function agentOf([first, ...others]: readonly string[], ownAgent: string | undefined): RunAgent | undefined {
  if (first === undefined) {
    return ownAgent === undefined || ownAgent === '' ? undefined : { kind: 'socket', path: ownAgent }
  }
  const isSocket = lstatSync(first, { throwIfNoEntry: false })?.isSocket() === true
  return isSocket ? { kind: 'socket', path: first } : { kind: 'keys', paths: [first, ...others] }
}
