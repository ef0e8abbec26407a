import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { TestProject } from '../support/test-project.ts'

test('login of a user who may not read config.json names the file, and does not require root', async () => {
  using folder = temporaryFolder()
  const config = join(folder.path, 'docker')
  mkdirSync(config, { mode: 0o700 })
  writeFileSync(join(config, 'config.json'), '{}', { mode: 0o600 })
  await using project = new TestProject({
    env: { DOCKER_CONFIG: config, HOME: '/nowhere', XDG_CONFIG_HOME: '/nowhere' },
  })
  const { exitCode, stderr } = await project.runAs(1000, ['login', '127.0.0.1:1'])
  expect(exitCode).toBe(1)
  expect(stderr).toContain(`error[TC3009]: Cannot read "${config}/config.json": this user may not read it`)
  expect(stderr).not.toContain('sudo')
})
