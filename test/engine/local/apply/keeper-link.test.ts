import { expect, test } from 'vitest'
import { TcomposeError } from '../../../../src/base/tcompose-error.ts'
import { type KeeperAccess, KeeperLink } from '../../../../src/engine/local/apply/keeper-link.ts'
import { SystemCallError } from '../../../../src/linux/libc.ts'
import { FakeKeeper } from '../../../support/fake-keeper.ts'

const PLACE = { binary: '/keeper', socketPath: '/run/sock', lockPath: '/run/lock', logPath: '/run/log' }
const STALLED = new TcomposeError('keeper-stalled', 'Cannot reach the keeper')

interface Keepers {
  /** What connecting gives; an error is thrown. */
  readonly running?: FakeKeeper | Error | undefined
  /** The pid of a keeper that is ended. */
  readonly ended?: number
}

/** Keepers of which `asked` tells what was asked. */
function keepers({ running, ended }: Keepers) {
  const asked: string[] = []
  const started = new FakeKeeper({ folder: '/nowhere', lock: PLACE.lockPath })
  const access: KeeperAccess = {
    connect: async socketPath => {
      asked.push(`connect ${socketPath}`)
      if (running instanceof Error) throw running
      return running
    },
    start: async place => {
      asked.push(`start ${place.binary}`)
      return started
    },
    end: async socketPath => {
      asked.push(`end ${socketPath}`)
      return ended
    },
  }
  return { access, asked, started }
}

function aKeeper(): FakeKeeper {
  return new FakeKeeper({ folder: '/nowhere', lock: PLACE.lockPath })
}

test('KeeperLink.start() takes the keeper that runs, and starts none', async () => {
  const running = aKeeper()
  const { access, asked } = keepers({ running })
  const link = new KeeperLink(access, PLACE, undefined)
  expect(await link.running()).toBe(running)
  expect(await link.start()).toBe(running)
  expect(asked).toEqual(['connect /run/sock'])
})

test('KeeperLink.start() starts one keeper for all who ask, whom running() then finds', async () => {
  const { access, asked, started } = keepers({})
  const link = new KeeperLink(access, PLACE, undefined)
  expect(await link.running()).toBeUndefined()
  link.warmUp()
  expect(await Promise.all([link.start(), link.start(), link.running()])).toEqual([started, started, started])
  expect(asked).toEqual(['connect /run/sock', 'start /keeper'])
})

test('KeeperLink ends a keeper that does not answer where none of its containers is to go on', async () => {
  const told: number[] = []
  const { access, asked } = keepers({ running: STALLED, ended: 42 })
  const link = new KeeperLink(access, PLACE, pid => told.push(pid))
  expect(await link.running()).toBeUndefined()
  expect(asked).toEqual(['connect /run/sock', 'end /run/sock'])
  expect(told).toEqual([42])
})

test('KeeperLink tells of no end where the keeper was gone already', async () => {
  const told: number[] = []
  const { access } = keepers({ running: STALLED })
  expect(await new KeeperLink(access, PLACE, pid => told.push(pid)).running()).toBeUndefined()
  expect(told).toEqual([])
})

for (const { what, running, onStalledEnded } of [
  { what: 'a keeper that does not answer and has containers', running: STALLED, onStalledEnded: undefined },
  {
    what: 'a keeper whose socket refuses',
    running: new SystemCallError('connect', 13, PLACE.socketPath),
    onStalledEnded: () => {},
  },
]) {
  test(`KeeperLink ends no ${what}`, async () => {
    const { access, asked } = keepers({ running })
    await expect(new KeeperLink(access, PLACE, onStalledEnded).running()).rejects.toBe(running)
    expect(asked).toEqual(['connect /run/sock'])
  })
}

test('KeeperLink.quit() ends the keeper, and leaves one whose container runs', async () => {
  const running = aKeeper()
  await new KeeperLink(keepers({ running }).access, PLACE, undefined).quit()
  expect([running.asked, running.hasEnded]).toEqual([['quit'], true])
  const busy = aKeeper()
  busy.quit = () => Promise.reject(new SystemCallError('quit', 16, 'of the keeper'))
  await new KeeperLink(keepers({ running: busy }).access, PLACE, undefined).quit()
  const broken = aKeeper()
  broken.quit = () => Promise.reject(new SystemCallError('quit', 5, 'of the keeper'))
  const link = new KeeperLink(keepers({ running: broken }).access, PLACE, undefined)
  await expect(link.quit()).rejects.toThrow('EIO')
})

test('KeeperLink.quit() starts no keeper to end it', async () => {
  const { access, asked } = keepers({})
  await new KeeperLink(access, PLACE, undefined).quit()
  expect(asked).toEqual(['connect /run/sock'])
})

test('KeeperLink closes its connection when it is disposed of', async () => {
  const running = aKeeper()
  {
    using link = new KeeperLink(keepers({ running }).access, PLACE, undefined)
    await link.running()
  }
  await new Promise(resolve => setImmediate(resolve))
  expect(running.asked).toEqual(['close'])
})
