import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { TestProject } from '../support/test-project.ts'

const COMPOSE = `name: caller
services:
  web:
    image: rootfs:/
    init: true
    command: [sleep, "1000"]
    environment: [NODE_OPTIONS]
`

test('settings for Node in the environment of the caller reach containers and do not affect tcompose', async () => {
  await using project = new TestProject({ compose: COMPOSE })
  const marker = join(project.folder, 'marker')
  project.write('required.cjs', `require('node:fs').writeFileSync(${JSON.stringify(marker)}, '')`)
  const env = { NODE_OPTIONS: `--require ${join(project.folder, 'required.cjs')}` }
  const up = await project.run(['up', '-d'], { env })
  expect([up.exitCode, up.stderr]).toEqual([0, expect.anything()])
  const ofContainer = await project.run(['exec', '-T', 'web', 'printenv', 'NODE_OPTIONS'], { env })
  expect(ofContainer.stdout).toBe(`${env.NODE_OPTIONS}\n`)
  const ofExec = await project.run(['exec', '-T', '-e', 'NODE_OPTIONS', 'web', 'printenv', 'NODE_OPTIONS'], {
    env: { NODE_OPTIONS: '--trace-warnings' },
  })
  expect(ofExec.stdout).toBe('--trace-warnings\n')
  const words = ['--env-file=/nowhere', '--experimental-config-file=/nowhere']
  const echo = await project.run(['exec', '-T', 'web', 'echo', ...words], { env })
  expect(echo.stdout).toBe(`${words.join(' ')}\n`)
  expect(existsSync(marker)).toBe(false)
})
