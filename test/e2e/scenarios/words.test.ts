import { expect, test } from 'vitest'
import { TestProject } from '../../support/test-project.ts'

const GOOD = `
name: words
services:
  web:
    image: rootfs:/
    command: ["true"]
    ports: ["\${PORT:-8080}:80"]
  slow:
    image: rootfs:/
    command: ["true"]
    healthcheck: { test: "true", start_interval: 1s }
    networks: [far]
networks:
  far: { external: true }
`
const PARTIAL = `
name: words
services:
  half: { ports: ["80"], models: [llm] }
  off: { profiles: [extra] }
models:
  llm: { model: maker/small }
`

/** Words that scripts look for, in cases that need no container. */
test.for([
  { args: ['up', 'wbe'], code: 1, says: 'no such service: wbe' },
  { args: ['events', 'wbe'], code: 1, says: 'no such service: wbe' },
  { args: ['ps', 'wbe'], code: 1, says: 'no such service: wbe' },
  { args: ['up', '--exit-code-from', 'wbe'], code: 1, says: 'no such service: wbe' },
  {
    args: ['up', 'slow'],
    code: 1,
    says: 'healthcheck.start_interval requires healthcheck.start_period to be set',
  },
  { args: ['down'], code: 0, says: 'No resource found to remove for project "words"' },
  { args: ['kill'], code: 0, says: 'No container to kill' },
  { args: ['rm', '-f'], code: 0, says: 'No stopped containers' },
  { args: ['config', '--variables', 'web'], code: 0, says: 'service filtering is not applied' },
  {
    args: ['config', '--variables', '--format', 'json'],
    code: 0,
    says: '    "PORT": {\n        "Name": "PORT"',
  },
  { args: ['config', '--no-interpolate'], code: 0, says: 'name: words\nnetworks:\n' },
])('tcompose $args has the words of docker compose', async ({ args, code, says }) => {
  await using project = new TestProject({ compose: GOOD })
  const { exitCode, stdout, stderr } = await project.run(args)
  expect(`${stdout}${stderr}`).toContain(says)
  expect(exitCode).toBe(code)
})

test('a folder without a file has its words', async () => {
  await using project = new TestProject({})
  const { stderr } = await project.run(['up', '-d'])
  expect(stderr).toContain('no configuration file provided: not found')
})

test('a service without an image and a network that is not there have their words', async () => {
  await using project = new TestProject({ compose: 'name: words\nservices: { web: { command: a } }\n' })
  const bad = await project.run(['up', '-d'])
  expect(bad.stderr).toContain('has neither an image nor a build context specified')
  project.write('compose.yaml', GOOD.replace('healthcheck: { test: "true", start_interval: 1s }', ''))
  const far = await project.run(['up', '-d'])
  expect(far.stderr).toContain('network far declared as external, but could not be found')
  expect(far.exitCode).toBe(1)
})

test.for([
  { flags: ['--services'], says: 'half\n' },
  { flags: ['--models'], says: 'maker/small\n' },
  { flags: ['--hash', '*'], says: 'half ' },
])('config --no-consistency $flags lists what would not run', async ({ flags, says }) => {
  await using project = new TestProject({ compose: PARTIAL })
  expect(await project.succeed('config', '--no-consistency', ...flags)).toContain(says)
})

test('ps has the columns that psFormat of Docker names, unless --format says others', async () => {
  await using project = new TestProject({
    compose: GOOD,
    files: { 'docker/config.json': '{"psFormat": "table {{.Service}}"}' },
  })
  const env = { DOCKER_CONFIG: `${project.folder}/docker` }
  expect((await project.run(['ps'], { env })).stdout).toBe('SERVICE\n')
  expect((await project.run(['ps', '--format', 'table'], { env })).stdout).toContain('NAME')
})
