import { expect, test } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { TestProject } from '../support/test-project.ts'

const FOREVER = `[sh, -c, "trap 'exit 0' TERM; echo ready; while :; do sleep 1 & wait $$!; done"]`

test('ls, images, port, top and rm show what runs', async () => {
  const port = await freePort()
  await using shop = new TestProject({
    compose: `
name: shop
services:
  web: {image: "rootfs:/", command: ${FOREVER}, ports: ["127.0.0.1:${port}:80"]}
  once: {image: "rootfs:/", command: ["true"]}
`,
  })
  await shop.succeed('up', '-d')
  await shop.run(['up', '--abort-on-container-failure', 'once'])

  const projects: unknown = JSON.parse(await shop.succeed('ls', '--format', 'json'))
  expect(projects).toEqual([
    { Name: 'shop', Status: 'exited(1), running(1)', ConfigFiles: `${shop.folder}/compose.yaml` },
  ])
  expect(await shop.succeed('ls', '-q', '--filter', 'name=^s')).toBe('shop\n')
  expect(await shop.succeed('ls', '-q', '--filter', 'name=other')).toBe('')

  const images: unknown = JSON.parse(await shop.succeed('images', 'web', '--format', 'json'))
  expect(images).toEqual([
    {
      ID: expect.stringMatching(/^sha256:/),
      ContainerName: 'shop-web-1',
      Repository: 'rootfs:/',
      Tag: '',
      Platform: '',
      Size: 0,
    },
  ])

  expect(await shop.succeed('port', 'web', '80')).toBe(`127.0.0.1:${port}\n`)
  const missing = await shop.run(['port', 'web', '81'])
  expect(missing.exitCode).toBe(1)
  expect(missing.stderr).toContain(`127.0.0.1:${port}->80/tcp`)

  const processes = (await shop.succeed('top')).trimEnd().split('\n')
  expect(processes[0]).toMatch(/^SERVICE +# +UID +PID +PPID/)
  expect(processes[1]).toMatch(/^web +1 +0 +\d+ +\d+ .*trap 'exit 0' TERM/)

  const refused = await shop.run(['rm'])
  expect(refused.exitCode).toBe(2)
  expect(refused.stderr).toContain('--force')
  await shop.succeed('rm', '-f')
  expect(await shop.succeed('ps', '-a', '--services')).toBe('web\n')
  expect((await shop.run(['rm', '-f'])).stderr).toBe('No stopped containers\n')
  await shop.succeed('rm', '-f', '-s')
  expect(await shop.succeed('ps', '-a', '-q')).toBe('')
  expect(await shop.succeed('ls', '-a', '-q')).toBe('')
})

test('logs --index and --until narrow what is shown', async () => {
  await using shop = new TestProject({
    compose: `
name: shop
services:
  web: {image: "rootfs:/", command: [sh, -c, "echo from $$HOSTNAME"], scale: 2}
`,
  })
  await shop.run(['up'])
  const second = await shop.succeed('logs', '--index', '2')
  expect(second).toMatch(/^web-2 +\| from \S+\n$/)
  expect(await shop.succeed('logs', '--until', '1h')).toBe('')
  expect((await shop.succeed('logs', '--since', '1h')).split('\n')).toHaveLength(3)
})

test('the hash that config shows is the recorded hash of containers', async () => {
  await using shop = new TestProject({
    compose: `
name: shop
services:
  web: {image: "rootfs:/", command: ["true"], environment: {A: 1}, depends_on: [db]}
  db: {image: "rootfs:/", command: ["true"], volumes: ["data:/srv/data"]}
volumes: {data: }
`,
  })
  await shop.succeed('up', '--no-start')
  const lines = (await shop.succeed('ps', '-a', '--format', 'json')).trimEnd().split('\n')
  const recorded = lines.map(line => {
    const { Service, Labels } = JSON.parse(line)
    return `${Service} ${/com\.docker\.compose\.config-hash=(\w+)/.exec(Labels)?.[1]}`
  })
  expect(await shop.succeed('config', '--hash', '*')).toBe(`${recorded.sort().join('\n')}\n`)
})
