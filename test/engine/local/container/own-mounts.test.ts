import { expect, test } from 'vitest'
import { parseBytes } from '../../../../src/base/bytes.ts'
import { ownMounts } from '../../../../src/engine/local/container/own-mounts.ts'
import { aService } from '../../../support/model-builders.ts'

const service = aService('web')
const privileged = { ...service, security: { ...service.security, privileged: true } }
const places = (taken: readonly string[]) =>
  ownMounts(service, new Set(taken)).map(({ destination }) => destination)

test('ownMounts() has the kernel first, then /dev and what is in it', () => {
  expect(places([])).toEqual([
    '/proc',
    '/sys',
    '/sys/fs/cgroup',
    '/dev',
    '/dev/pts',
    '/dev/shm',
    '/dev/mqueue',
  ])
})

for (const [taken, left] of [
  ['/dev', []],
  ['/dev/shm', ['/dev', '/dev/pts', '/dev/mqueue']],
  ['/dev/mqueue', ['/dev', '/dev/pts', '/dev/shm']],
] as const) {
  test(`ownMounts() leaves ${taken} alone that the service mounts`, () => {
    expect(places([taken]).slice(3)).toEqual(left)
  })
}

test('ownMounts() lets only a privileged container write to /sys', () => {
  const readOnly = (of: typeof service) =>
    ownMounts(of, new Set()).flatMap(({ destination, options }) =>
      options.includes('ro') ? [destination] : [],
    )
  expect(readOnly(service)).toEqual(['/sys', '/sys/fs/cgroup'])
  expect(readOnly(privileged)).toEqual([])
})

test('ownMounts() gives /dev/shm the size of shm_size, 64 MiB by default', () => {
  const shm = (of: typeof service) =>
    ownMounts(of, new Set()).find(({ destination }) => destination === '/dev/shm')?.options
  expect(shm(service)).toContain('size=67108864')
  expect(shm(aService('web', { shmSize: parseBytes('1m') }))).toContain('size=1048576')
})
