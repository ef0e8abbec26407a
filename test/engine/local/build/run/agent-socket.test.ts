import { closeSync, openSync, statSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { basename, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { openAgentSocket } from '../../../../../src/engine/local/build/run/agent-socket.ts'
import { temporaryFolder } from '../../../../support/temporary-folder.ts'

const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }

/** A socket's address has 107 bytes, so it is reached by its folder. */
async function ask(folder: string, path: string): Promise<string> {
  const fd = openSync(folder, 'r')
  const client = connect(`/proc/self/fd/${fd}/${basename(path)}`)
  client.end('question')
  // Hanging up on what was not read is a reset.
  const answer = await text(client).catch(() => 'reset')
  closeSync(fd)
  return answer
}

test('openAgentSocket() passes connections on to the agent, with a mode of its own', async () => {
  using folder = temporaryFolder()
  const agent = join(folder.path, 'agent')
  const server = createServer({ allowHalfOpen: true }, socket => socket.pipe(socket))
  await new Promise<void>(resolve => server.listen(agent, resolve))
  const path = join(folder.path, 'x'.repeat(80))
  {
    await using socket = await openAgentSocket({ path, agent, ...own, mode: 0o640 })
    expect(statSync(socket.path).mode & 0o777).toBe(0o640)
    expect(await ask(folder.path, path)).toBe('question')
  }
  expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined()
  server.close()
})

test('openAgentSocket() hangs up on clients where no agent listens', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'socket')
  await using _socket = await openAgentSocket({ path, agent: join(folder.path, 'gone'), ...own, mode: 0o600 })
  expect(await ask(folder.path, path)).toMatch(/^(reset)?$/)
})
