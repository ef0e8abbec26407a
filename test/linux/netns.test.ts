import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createNetns, pinNetns, removeNetns, withNetns } from '../../src/linux/netns.ts'

const here = (): string => readlinkSync('/proc/thread-self/ns/net')
const home = here()

function netnsPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tcompose-netns-'))
  const path = join(folder, 'deep', 'netns')
  onTestFinished(() => {
    removeNetns(path)
    rmSync(folder, { recursive: true })
  })
  return path
}

test('createNetns() makes a namespace of its own and comes back', () => {
  const path = netnsPath()
  createNetns(path)
  expect(here()).toBe(home)
  expect(withNetns(path, here)).not.toBe(home)
  expect(here()).toBe(home)
})

test('createNetns() sets up inside', () => {
  const path = netnsPath()
  createNetns(path, () => writeFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', '77'))
  const read = () => readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8').trim()
  expect([read(), withNetns(path, read)]).toEqual(['1024', '77'])
})

test('createNetns() replaces what is there: a namespace, or a file that was left by a killed attempt', () => {
  const path = netnsPath()
  createNetns(path)
  const first = withNetns(path, here)
  createNetns(path)
  expect(withNetns(path, here)).not.toBe(first)
  removeNetns(path)
  writeFileSync(path, '')
  createNetns(path)
  expect(withNetns(path, here)).not.toBe(home)
})

test('createNetns() leaves nothing and comes back when its set-up throws', () => {
  const path = netnsPath()
  const fail = () => {
    throw new Error('no')
  }
  expect(() => createNetns(path, fail)).toThrow('no')
  expect([existsSync(path), here()]).toEqual([false, home])
})

test('withNetns() comes back when its work throws, also from one inside another', () => {
  const [one, other] = [netnsPath(), netnsPath()]
  createNetns(one)
  createNetns(other)
  const inOne = withNetns(one, () => {
    expect(() =>
      withNetns(other, () => {
        throw new Error('no')
      }),
    ).toThrow('no')
    return here()
  })
  expect(inOne).toBe(withNetns(one, here))
  expect(here()).toBe(home)
})

test('withNetns() refuses what is no namespace and stays where it is', () => {
  expect(() => withNetns('/dev/null', here)).toThrow('setns /dev/null')
  expect(here()).toBe(home)
})

test('removeNetns() takes several mounts over one file, and no file, too', () => {
  const path = netnsPath()
  createNetns(path)
  removeNetns(path)
  removeNetns(path)
  expect(existsSync(path)).toBe(false)
})

test('pinNetns() makes a namespace that a link leads to outlive who holds it', () => {
  const [path, held] = [netnsPath(), netnsPath()]
  createNetns(held)
  const { ino } = statSync(held)
  mkdirSync(dirname(path))
  symlinkSync(held, path)
  pinNetns(path)
  removeNetns(held)
  expect(lstatSync(path)).toMatchObject({ ino })
})
