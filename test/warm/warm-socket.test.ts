import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { connectAt, listenAt } from '../../src/warm/warm-socket.ts'

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tc-warm-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

test('listenAt() makes a socket that only this user can connect to, however long its path is', async () => {
  const path = join(scratch(), 'a'.repeat(100), 'warm', 'socket')
  const mask = process.umask(0)
  const listener = await listenAt(path, socket => socket.destroy())
  process.umask(mask)
  expect([path, dirname(path)].map(file => (statSync(file).mode & 0o777).toString(8))).toEqual(['600', '700'])
  const socket = await connectAt(path)
  expect(socket).toBeDefined()
  socket?.destroy()
  listener.close()
  expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined()
  expect(await connectAt(path)).toBeUndefined()
})

test('listenAt() replaces what a killed process left, and nothing that is alive', async () => {
  const path = join(scratch(), 'warm', 'socket')
  mkdirSync(dirname(path))
  writeFileSync(path, '')
  const listener = await listenAt(path, socket => socket.destroy())
  await expect(listenAt(path, () => undefined)).rejects.toThrow('EADDRINUSE')
  expect(await connectAt(path)).toBeDefined()
  listener.close()
})

test('a listener leaves the socket of another process alone', async () => {
  const path = join(scratch(), 'warm', 'socket')
  const first = await listenAt(path, socket => socket.destroy())
  rmSync(path)
  const second = await listenAt(path, socket => socket.destroy())
  first.close()
  expect(await connectAt(path)).toBeDefined()
  second.close()
})
