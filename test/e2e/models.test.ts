import { chmodSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { TestProject } from '../support/test-project.ts'

const COMPOSE = `
name: models
services:
  chat:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    models:
      llm: { endpoint_var: CHAT_URL }
models:
  llm: { model: ai/llm }
`
const SHOW = ['exec', '-T', 'chat', 'sh', '-c', 'echo $CHAT_URL $LLM_MODEL']

test('a service has the address of its model that config.json names, and is recreated when that changes', async () => {
  await using project = new TestProject({
    compose: COMPOSE,
    files: { 'config.json': '{"models": {"ai/llm": "http://10.0.0.5:8000/v1"}}' },
    env: { TCOMPOSE_CONFIG: 'config.json' },
  })
  await project.succeed('up', '-d')
  expect(await project.succeed(...SHOW)).toBe('http://10.0.0.5:8000/v1 ai/llm\n')
  expect(await project.succeed('plan')).toContain('Nothing to do')
  project.write('config.json', '{"models": {"*": {"endpoint": "http://10.0.0.6/v1", "name": "llm-8b"}}}')
  expect(await project.succeed('plan')).toContain('configuration changed: environment')
  await project.succeed('up', '-d')
  expect(await project.succeed(...SHOW)).toBe('http://10.0.0.6/v1 llm-8b\n')
})

test('the plugin docker-model is asked for the address and sets the model up; without it the line is named', async () => {
  await using project = new TestProject({ compose: COMPOSE })
  project.environment['DOCKER_CONFIG'] = join(project.folder, 'docker')
  project.environment['HOME'] = project.folder
  const refused = await project.run(['up', '-d'])
  expect(refused.exitCode).toBe(1)
  expect(refused.stderr).toContain('Cannot use model "llm" (ai/llm): no address is set')
  expect(refused.stderr).toMatch(/compose\.yaml:11/)
  expect(await project.succeed('ls', '-a', '-q')).toBe('')
  const plugin = 'docker/cli-plugins/docker-model'
  project.write(
    plugin,
    '#!/bin/sh\necho "$@" >> calls\n[ $1 = status ] && echo \'{"endpoint": "http://runner/v1"}\'\n[ $1 = ls ] && echo "[]"\nexit 0\n',
  )
  chmodSync(join(project.folder, plugin), 0o755)
  await project.succeed('up', '-d')
  expect(await project.succeed(...SHOW)).toBe('http://runner/v1 ai/llm\n')
  expect(readFileSync(join(project.folder, 'calls'), 'utf8')).toContain('pull ai/llm\nconfigure ai/llm\n')
})
