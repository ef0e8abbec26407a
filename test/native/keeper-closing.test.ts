import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { interfaceIndex } from '../../src/linux/interface-index.ts'
import { netlinkBatch } from '../../src/linux/netlink/batch.ts'
import { openNetlink } from '../../src/linux/netlink/netlink-socket.ts'
import { createNetns } from '../../src/linux/netns.ts'
import { isAlive, readProcessStat } from '../../src/linux/process-stat.ts'
import { randomBytes } from '../../src/linux/random-bytes.ts'
import { deleteLinks, newBridge } from '../../src/linux/rtnetlink/link.ts'
import { eventually } from '../support/eventually.ts'
import { buildSanitizedKeeper, KeeperFixture, shell } from './keeper-fixture.ts'

const NOTHING = { messages: Buffer.alloc(0), folders: [] }
const SOCKET = {
  netns: undefined,
  family: 2,
  type: 1,
  address: Uint8Array.of(127, 0, 0, 1),
  port: 0,
  backlog: 1,
  reuseAddress: false,
  ipv6Only: false,
}

beforeAll(buildSanitizedKeeper)

test('closeProject() deletes interfaces and says what the kernel answers', async () => {
  await using fixture = await KeeperFixture.start()
  const name = `tck${randomBytes(5).toString('hex')}`
  using socket = openNetlink('route')
  socket.send([newBridge({ name, macAddress: '02:42:00:00:00:01', mtu: undefined })])
  const batch = netlinkBatch(deleteLinks([name, 'tck-none'], 2 ** 30 + 7))
  const { answers } = await fixture.connection.closeProject({ messages: batch.message, folders: [] })
  expect(batch.failures(await answers)).toEqual(new Map())
  expect(interfaceIndex(name)).toBeUndefined()
})

test('closeProject() says which message the kernel refused', async () => {
  await using fixture = await KeeperFixture.start()
  const [change, remove] = deleteLinks(['lo'], 2 ** 30 + 8)
  if (change === undefined || remove === undefined) throw new Error('no requests')
  const absent = { ...remove, tolerate: [] }
  const batch = netlinkBatch([absent])
  const { answers } = await fixture.connection.closeProject({ messages: batch.message, folders: [] })
  expect([...batch.failures(await answers)]).toMatchObject([[0, { errnoName: 'ENODEV' }]])
})

test('closeProject() ends the supervisor and what is held before it answers, and then the keeper takes nothing', async () => {
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  const { pid } = await connection.hello()
  const port = await connection.hold({ ...SOCKET, name: 'web' })
  await connection.supervise(shell('exec sleep 1000'), fixture.path('sup'))
  const supervisor = readdirSync('/proc')
    .map(Number)
    .filter(other => Number.isInteger(other) && readProcessStat(other)?.parentPid === pid)
  expect(supervisor).toHaveLength(1)
  await connection.closeProject(NOTHING)
  expect(readProcessStat(supervisor[0] ?? 0)).toBeUndefined()
  expect(existsSync(fixture.socketPath)).toBe(false)
  const listening = readFileSync('/proc/net/tcp', 'utf8')
  expect(listening).not.toContain(
    `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A`,
  )
  await expect(connection.list()).rejects.toMatchObject({ errnoName: 'ECANCELED' })
})

test('closeProject() fails while a container runs, and changes nothing', async () => {
  await using fixture = await KeeperFixture.start()
  await fixture.connection.launch(fixture.container('a', 'exec sleep 1000'))
  await expect(fixture.connection.closeProject(NOTHING)).rejects.toMatchObject({ errnoName: 'EBUSY' })
  expect(await fixture.connection.list()).toMatchObject([{ id: 'a' }])
})

test('the keeper removes folders once its client has gone, and nothing that links and mounts in them lead to', async () => {
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  const { pid, startTime } = await connection.hello()
  const [trash, mounted, outside] = ['trash', 'mounted', 'outside'].map(name => fixture.path(name))
  if (trash === undefined || mounted === undefined || outside === undefined) throw new Error('no folders')
  for (const folder of [`${mounted}/below`, outside]) mkdirSync(folder, { recursive: true })
  for (const folder of [mounted, outside]) writeFileSync(`${folder}/file`, 'kept')
  execFileSync('mount', ['--bind', mounted, `${mounted}/below`])
  try {
    await connection.closeProject({ ...NOTHING, folders: [trash, mounted, fixture.path('missing')] })
    mkdirSync(`${trash}/one/two`, { recursive: true })
    writeFileSync(`${trash}/one/two/file`, 'gone')
    symlinkSync(outside, `${trash}/one/link`)
    createNetns(`${trash}/netns/a`)
    expect(isAlive(pid, Number(startTime))).toBe(true)
    connection.close()
    await eventually(async () => expect(isAlive(pid, Number(startTime))).toBe(false))
    expect(existsSync(trash)).toBe(false)
    expect(readFileSync(`${outside}/file`, 'utf8')).toBe('kept')
    expect(readdirSync(mounted)).toEqual(['below'])
    expect(existsSync(`${mounted}/below`)).toBe(true)
  } finally {
    execFileSync('umount', [`${mounted}/below`])
  }
})
