import { expect, test } from 'vitest'
import { TestProject } from '../support/test-project.ts'

test('wait returns with the next end of a container, and --down-project leaves nothing', async () => {
  await using project = new TestProject({
    compose: `
name: awaited
services:
  job:
    image: rootfs:/
    command: [sh, -c, "sleep 0.2; exit 5"]
    volumes: ["kept:/srv"]
    restart: always
  other:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
volumes: { kept: { labels: { role: job } } }
`,
  })
  await project.succeed('up', '-d')
  const [id = ''] = (await project.succeed('ps', '-q', '--no-trunc', 'job')).split('\n')
  expect(await project.succeed('volumes')).toBe('DRIVER   VOLUME NAME\nlocal    awaited_kept\n')
  expect(await project.succeed('volumes', '-q', 'other')).toBe('')
  expect(await project.succeed('volumes', '--format', '{{.Label "role"}} {{.Mountpoint}}')).toBe(
    `job ${project.state}/data/volumes/awaited_kept/_data\n`,
  )
  const { exitCode, stdout } = await project.run(['wait', '--down-project', 'job'])
  expect([exitCode, stdout]).toEqual([5, `container "${id}" exited with status code 5\n`])
  expect(await project.succeed('ps', '-a', '-q')).toBe('')
  const late = await project.run(['wait', 'job'])
  expect([late.exitCode, late.stderr]).toEqual([1, expect.stringContaining('no running container')])
})
