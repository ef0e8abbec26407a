import assert from 'node:assert/strict'
import { againstDocker } from '../../support/container-view/against-docker.ts'
import { readView } from '../../support/container-view/container-view.ts'
import { GuestProject, ifBuilt } from './guest-project.ts'
import type { Check } from './main.ts'

const COMPOSE = 'name: view\nservices: { web: { image: "rootfs:/view", command: [/probe] } }\n'

/** What a container sees beside one of Docker, both in this machine. */
export const containerViewChecks: readonly Check[] = [
  {
    title: 'a container sees on v2 what one of Docker sees, but for what docs/security.md lists',
    run: ifBuilt(() => {
      const project = new GuestProject('view', COMPOSE)
      project.succeed('up', '--attach', 'web', '--exit-code-from', 'web')
      const own = readView(project.succeed('logs', '--no-log-prefix', '--no-color', 'web'))
      project.succeed('down')
      assert.ok(own.size > 100)
      assert.deepEqual(againstDocker(own, 'v2'), { unlisted: [], idle: [] })
    }),
  },
]
