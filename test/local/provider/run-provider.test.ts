import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ProviderCall } from '../../../src/app/provider-port.ts'
import { runProvider } from '../../../src/local/provider/run-provider.ts'
import { parseProjectName } from '../../../src/model/names.ts'
import { eventually } from '../../support/eventually.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

interface Scene extends Disposable {
  readonly folder: string
  readonly said: string[]
  readonly run: (
    command: ProviderCall['command'],
    changes?: Partial<ProviderCall>,
  ) => ReturnType<typeof runProvider>
}

/** A provider `cloud` that runs `script`; `metadata` is what it says of itself. */
function scene(script: string, metadata = ''): Scene {
  const folder = temporaryFolder()
  const path = join(folder.path, 'cloud')
  writeFileSync(
    path,
    `#!/bin/sh\nif [ "$2" = metadata ]; then\ncat <<'JSON'\n${metadata}\nJSON\nexit; fi\necho "$@" >> calls\n${script}\n`,
  )
  chmodSync(path, 0o755)
  const said: string[] = []
  return {
    folder: folder.path,
    said,
    run: (command, changes = {}) =>
      runProvider({
        ...{ command, project: parseProjectName('shop'), service: 'db', folder: folder.path },
        provider: { type: 'cloud', options: new Map([['size', ['2']]]) },
        environment: new Map([
          ['PATH', `${folder.path}:/usr/bin:/bin`],
          ['HOME', folder.path],
        ]),
        signal: new AbortController().signal,
        beforeRun: async () => void said.push('before'),
        onInfo: message => void said.push(`info ${message}`),
        warn: message => void said.push(`warning ${message}`),
        ...changes,
      }),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  }
}

const say = (type: string, message: string): string => `echo '${JSON.stringify({ type, message })}'`

test('runProvider() runs the program by the protocol of docker compose, and returns its variables', async () => {
  using cloud = scene([say('info', 'hello'), say('setenv', 'URL=a=b'), say('rawsetenv', 'KEY=c')].join('\n'))
  expect(await cloud.run('up')).toEqual({
    isKnown: true,
    variables: { prefixed: new Map([['URL', 'a=b']]), raw: new Map([['KEY', 'c']]) },
  })
  expect(cloud.said).toEqual(['before', 'info hello'])
  expect(readFileSync(join(cloud.folder, 'calls'), 'utf8')).toBe(
    'compose --project-name=shop up --size=2 db\n',
  )
})

test('runProvider() fails with what the provider says, or its exit code and last words', async () => {
  using speaking = scene(`${say('error', 'no quota\\ntry later')}; sleep 60`)
  await expect(speaking.run('up')).rejects.toMatchObject({
    code: 'provider',
    message: 'Cannot start service "db" by provider "cloud": no quota',
    notes: ['try later'],
  })
  using silent = scene('echo oops >&2; exit 7')
  await expect(silent.run('down')).rejects.toMatchObject({
    message: 'Cannot remove service "db" by provider "cloud": it exited with code 7',
    notes: ['oops'],
  })
  using chatty = scene('echo hello')
  await expect(chatty.run('up')).rejects.toMatchObject({
    message: expect.stringContaining('it wrote a line that is no message: it is no JSON object'),
    notes: ['hello'],
  })
})

test('runProvider() names a program that is missing, and runs nothing', async () => {
  using cloud = scene('')
  const environment = new Map([['PATH', '/nowhere']])
  await expect(cloud.run('up', { environment })).rejects.toMatchObject({
    message: 'Cannot start service "db" by provider "cloud": there is no such program',
    notes: expect.arrayContaining(['/nowhere/cloud']),
  })
  expect(cloud.said).toEqual([])
})

test('runProvider() checks options against the metadata, and stops only who can', async () => {
  using cloud = scene('', '{"up": {"parameters": [{"name": "zone", "required": true}]}, "down": {}}')
  await expect(cloud.run('up')).rejects.toMatchObject({
    message: expect.stringContaining('it requires option "zone"'),
  })
  expect(await cloud.run('stop')).toMatchObject({ isKnown: false })
  expect(existsSync(join(cloud.folder, 'calls'))).toBe(false)
  using other = scene('', '{"up": {"parameters": [{"name": "zone"}]}, "stop": {"parameters": []}}')
  await other.run('up')
  expect(other.said).toEqual(['warning Provider "cloud" has no option "size"', 'before'])
  expect(await other.run('stop')).toMatchObject({ isKnown: true })
  expect(readFileSync(join(other.folder, 'calls'), 'utf8')).toBe(
    'compose --project-name=shop up db\ncompose --project-name=shop stop db\n',
  )
})

test('runProvider() ends the program when the command is interrupted', async () => {
  using cloud = scene(
    "trap 'echo ended > ended; exit 0' TERM; echo up > running; while :; do sleep 0.05; done",
  )
  const controller = new AbortController()
  const running = cloud.run('up', { signal: controller.signal })
  await eventually(async () => expect(existsSync(join(cloud.folder, 'running'))).toBe(true))
  controller.abort()
  await expect(running).rejects.toThrow('aborted')
  expect(existsSync(join(cloud.folder, 'ended'))).toBe(true)
})
