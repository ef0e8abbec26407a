import { join } from 'node:path'
import type { Roots } from '../../state/layout.ts'

/** Folders and files of one build while it runs commands. */
export interface RunSessionLayout {
  /** All below is lost at a reboot. */
  readonly folder: string
  readonly keeperSocket: string
  readonly keeperLock: string
  readonly keeperLog: string
  /** The network namespace of steps that reach the outside. */
  readonly netns: string
  /** The network namespace of steps without a network. */
  readonly isolatedNetns: string
}

/** Returns the folder that holds one folder for each build that runs commands. */
export function runSessionsFolder(roots: Roots): string {
  return join(roots.run, 'builds')
}

/** Returns where the session called `name` has its files. */
export function runSessionLayout(roots: Roots, name: string): RunSessionLayout {
  const folder = join(runSessionsFolder(roots), name)
  return {
    folder,
    keeperSocket: join(folder, 'keeper.sock'),
    keeperLock: join(folder, 'keeper.lock'),
    keeperLog: join(folder, 'keeper.log'),
    netns: join(folder, 'netns'),
    isolatedNetns: join(folder, 'isolated-netns'),
  }
}

const PREFIX = 'build.'

/**
 * Returns the name that takes the place of a project's in the names of kernel objects. A project's has no dot.
 */
export function ownerOfSession(name: string): string {
  return `${PREFIX}${name}`
}

/** Returns the session's name; undefined for the owner of other kernel objects. */
export function sessionOfOwner(owner: string): string | undefined {
  return owner.startsWith(PREFIX) ? owner.slice(PREFIX.length) : undefined
}
