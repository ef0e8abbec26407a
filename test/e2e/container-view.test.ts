import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { detectCgroups } from '../../src/linux/cgroup/detect-cgroups.ts'
import { againstDocker } from '../support/container-view/against-docker.ts'
import { buildProbe, readView } from '../support/container-view/container-view.ts'
import { TestProject } from '../support/test-project.ts'

const compose = 'name: view\nservices: { web: { image: "rootfs:./image", command: [/probe] } }\n'

test('a container sees what one of Docker sees, but for what docs/security.md lists', async () => {
  await using project = new TestProject({ compose })
  mkdirSync(join(project.folder, 'image'))
  buildProbe(join(project.folder, 'image'))
  await project.succeed('up', '--attach', 'web', '--exit-code-from', 'web')
  const own = readView(await project.succeed('logs', '--no-log-prefix', '--no-color', 'web'))
  expect(own.size).toBeGreaterThan(100)
  const { kind } = detectCgroups(path => readFileSync(path, 'utf8'))
  expect(againstDocker(own, kind)).toEqual({ unlisted: [], idle: [] })
})
