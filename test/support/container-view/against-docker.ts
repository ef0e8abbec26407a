import { readFileSync } from 'node:fs'
import { release } from 'node:os'
import { join } from 'node:path'
import { projectRoot } from '../../../scripts/project-root.ts'
import { type ContainerView, differences, dockerView, type StoredView } from './container-view.ts'

/** What a container sees beside one of Docker. */
export interface Comparison {
  /** What differs without a row in docs/security.md: names of facts, each with Docker's value and the own one. */
  readonly unlisted: readonly (readonly [name: string, values: readonly [string, string]])[]
  /** Names of that table that nothing matches; one that ends in `*` stands for all that begin so. */
  readonly idle: readonly string[]
}

/** Compares what a container of this host sees with what is stored of Docker's, for the same version of control groups. */
export function againstDocker(own: ContainerView, cgroups: StoredView['cgroups']): Comparison {
  const docker = dockerView(cgroups)
  const isSameKernel = release().startsWith(`${docker.kernel}.`)
  const isComparable = (name: string) => isSameKernel || !OF_THE_KERNEL.test(name)
  const found = [...differences(docker, own)].filter(([name]) => isComparable(name))
  const rows = listedRows(cgroups)
  return {
    unlisted: found.filter(([name]) => !rows.some(row => matches(row, name))),
    idle: rows.filter(row => isComparable(row) && !found.some(([name]) => matches(row, name))),
  }
}

/** These follow from the kernel too. */
const OF_THE_KERNEL = /^call |^(?:access|mount|parameter) \/?(?:proc|sys|net|kernel|fs)\b|^node \/dev\//

/** The rows that count for `cgroups`: their second cell says on which of the two hosts something differs. */
function listedRows(cgroups: StoredView['cgroups']): readonly string[] {
  const page = readFileSync(join(projectRoot, 'docs/security.md'), 'utf8')
  const section = page.split('## Held against Docker')[1]?.split('\n## ')[0] ?? ''
  return section
    .split('\n')
    .filter(line => line.startsWith('| `'))
    .map(line => line.slice(2).split(' | '))
    .filter(([, host]) => host === cgroups || host === 'both')
    .flatMap(([names = '']) => [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))
}

function matches(row: string, name: string): boolean {
  return row.endsWith('*') ? name.startsWith(row.slice(0, -1)) : row === name
}
