import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { instanceTag } from '../../src/engine/local/state/layout.ts'
import { openNetlink } from '../../src/linux/netlink/netlink-socket.ts'
import { listLinks } from '../../src/linux/rtnetlink/link.ts'
import { TestProject } from '../support/test-project.ts'
import { waitForClosingKeepers } from '../support/wait-for-keeper.ts'

const FLEET = `
name: fleet
services:
  web:
    image: rootfs:/
    command: [sh, -c, "trap 'exit 0' TERM; while :; do sleep 1 & wait $$!; done"]
    deploy: {replicas: 4}
    networks: [front, back]
    depends_on: [db]
  db:
    image: rootfs:/
    command: [sh, -c, "trap 'exit 0' TERM; while :; do sleep 1 & wait $$!; done"]
    networks: [back]
networks:
  front: {}
  back: {internal: true}
`

test('down leaves nothing to see, and an up at once finds nothing of the keeper before', async () => {
  await using project = new TestProject({ compose: FLEET })
  const run = join(project.state, 'run')
  for (let round = 1; round <= 3; round++) {
    await project.succeed('up', '-d')
    expect((await project.succeed('ps', '-q')).trim().split('\n')).toHaveLength(5)
    await project.succeed('down')
    expect(interfacesOf(run)).toEqual([])
    expect(existsSync(join(project.state, 'data/projects/fleet'))).toBe(false)
    expect(existsSync(join(run, 'projects/fleet'))).toBe(false)
  }
  waitForClosingKeepers(run)
  expect(readdirSync(join(run, 'trash'))).toEqual([])
  expect(readdirSync(join(project.state, 'data/trash'))).toEqual([])
})

function interfacesOf(run: string): readonly string[] {
  const tag = instanceTag({ data: '', run })
  using socket = openNetlink('route')
  return listLinks(socket).flatMap(({ alias }) => (alias?.startsWith(`tcompose:${tag}:`) ? [alias] : []))
}
