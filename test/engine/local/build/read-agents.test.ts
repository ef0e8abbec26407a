import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseAbsolutePath } from '../../../../src/base/absolute-path.ts'
import { readAgents } from '../../../../src/engine/local/build/read-agents.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

test('readAgents() takes SSH_AUTH_SOCK where no path is given, and leaves out an agent that is nowhere', () => {
  const agents = [{ id: 'default', paths: [] }]
  expect(readAgents(agents, new Map([['SSH_AUTH_SOCK', '/run/agent']]))).toEqual(
    new Map([['default', { kind: 'socket', path: '/run/agent' }]]),
  )
  expect(readAgents(agents, new Map())).toEqual(new Map())
})

test('readAgents() tells sockets from keys', async () => {
  using folder = temporaryFolder()
  const path = parseAbsolutePath(join(folder.path, 's'))
  const server = createServer()
  await new Promise<void>(resolve => server.listen(path, resolve))
  try {
    const keys = parseAbsolutePath('/home/me/key')
    expect(
      readAgents(
        [
          { id: 'a', paths: [path] },
          { id: 'b', paths: [keys] },
        ],
        new Map(),
      ),
    ).toEqual(
      new Map<string, object>([
        ['a', { kind: 'socket', path }],
        ['b', { kind: 'keys', paths: [keys] }],
      ]),
    )
  } finally {
    await new Promise(resolve => server.close(resolve))
  }
})
