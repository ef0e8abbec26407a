import { closeSync } from 'node:fs'
import { constants } from 'node:os'
import { expect, test } from 'vitest'
import { receiveDescriptors, sendDescriptors } from '../../src/linux/unix-socket.ts'
import { Caller } from '../../src/warm/caller.ts'
import { RemoteSignals } from '../../src/warm/remote-signals.ts'
import { warmConnection } from '../support/warm-connection.ts'

test('signals of the front reach who listens, and the front knows whether anyone does', async () => {
  const { front, server } = await warmConnection()
  const signals = new RemoteSignals(new Caller(server))
  const heard: string[] = []
  const listener = (name: string): void => void heard.push(name)
  signals.on(listener)
  signals.on(listener)
  expect(String(receiveDescriptors(front, 10).data)).toBe('W')
  const { SIGINT, SIGTERM } = constants.signals
  sendDescriptors(front, Buffer.from([SIGINT, SIGTERM]), [])
  await expect.poll(() => heard).toEqual(['SIGINT', 'SIGTERM'])
  signals.off(listener)
  expect(String(receiveDescriptors(front, 10).data)).toBe('U')
  signals.dispose()
  closeSync(front)
})

test('other signals are asked for where a listener wants them, and a new size of the terminal always comes', async () => {
  const { front, server } = await warmConnection()
  const signals = new RemoteSignals(new Caller(server))
  const heard: string[] = []
  signals.onResize(() => heard.push('size'))
  signals.on(name => heard.push(name), { others: true })
  expect(String(receiveDescriptors(front, 10).data)).toBe('WO')
  const { SIGWINCH, SIGHUP, SIGUSR1 } = constants.signals
  sendDescriptors(front, Buffer.from([SIGWINCH, SIGHUP, SIGUSR1]), [])
  await expect.poll(() => heard).toEqual(['size', 'SIGHUP', 'SIGUSR1'])
  signals.dispose()
  closeSync(front)
})
