import { mkdirSync, readFileSync } from 'node:fs'
import { release } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from '../../scripts/project-root.ts'
import { detectCgroups } from '../../src/linux/cgroup/detect-cgroups.ts'
import { buildProbe, differences, dockerView, readView } from '../support/container-view/container-view.ts'
import { TestProject } from '../support/test-project.ts'

const compose = 'name: view\nservices: { web: { image: "rootfs:./image", command: [/probe] } }\n'

/** First cells of the table in docs/security.md: names of facts, `*` for the rest of a name. */
const KNOWN = readFileSync(join(projectRoot, 'docs/security.md'), 'utf8')
  .split('## Held against Docker')[1]
  ?.split('\n## ')[0]
  ?.split('\n')
  .filter(line => line.startsWith('| `'))
  .flatMap(line => [...(line.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))

/** These follow from the kernel too. */
const OF_THE_KERNEL = /^call |^(?:access|mount|parameter) \/?(?:proc|sys|net|kernel|fs)\b|^node \/dev\//
const OF_CONTROL_GROUPS = /^cgroup |\/sys\/fs\/cgroup/

test('a container sees what one of Docker sees, but for what docs/security.md lists', async () => {
  await using project = new TestProject({ compose })
  mkdirSync(join(project.folder, 'image'))
  buildProbe(join(project.folder, 'image'))
  await project.succeed('up', '--attach', 'web', '--exit-code-from', 'web')
  const seen = await project.succeed('logs', '--no-log-prefix', '--no-color', 'web')
  const docker = dockerView()
  const own = readView(seen)
  expect(own.size).toBeGreaterThan(100)
  const isSameKernel = release().startsWith(`${docker.kernel}.`)
  const hasSameGroups = detectCgroups(path => readFileSync(path, 'utf8')).kind === docker.cgroups
  const isComparable = (name: string) =>
    (isSameKernel || !OF_THE_KERNEL.test(name)) && (hasSameGroups || !OF_CONTROL_GROUPS.test(name))
  const found = [...differences(docker, own)].filter(([name]) => isComparable(name))
  expect(found.filter(([name]) => !KNOWN?.some(known => matches(known, name)))).toEqual([])
  const idle = KNOWN?.filter(known => isComparable(known) && !found.some(([name]) => matches(known, name)))
  expect(idle).toEqual([])
})

function matches(known: string, name: string): boolean {
  return known.endsWith('*') ? name.startsWith(known.slice(0, -1)) : known === name
}
