import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dockerModel } from '../../../src/local/models/docker-model.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const llm = { key: 'llm', reference: 'ai/llm', contextSize: 1024, runtimeFlags: ['--fast'] }

/** A folder of the user with settings, and a plugin that runs `script`. */
function scene({ settings, script }: { readonly settings?: object; readonly script?: string }) {
  const folder = temporaryFolder()
  const plugin = join(folder.path, '.docker/cli-plugins/docker-model')
  mkdirSync(join(folder.path, '.docker/cli-plugins'), { recursive: true })
  if (script !== undefined) {
    writeFileSync(plugin, `#!/bin/sh\necho "$@" >> calls\n${script}\n`)
    chmodSync(plugin, 0o755)
  }
  const path = join(folder.path, 'config.json')
  writeFileSync(path, JSON.stringify(settings ?? {}))
  const environment = new Map([
    ['HOME', folder.path],
    ['PATH', '/usr/bin:/bin'],
    ['TCOMPOSE_CONFIG', path],
  ])
  const place = { folder: folder.path, environment, signal: new AbortController().signal }
  return {
    place,
    calls: () => readFileSync(join(folder.path, 'calls'), 'utf8').split('\n').filter(Boolean),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  }
}

test('dockerModel takes the address of the settings, by reference or for all', async () => {
  using own = scene({ settings: { models: { 'ai/llm': 'http://a/v1', '*': 'http://b' } } })
  expect(await dockerModel.find(llm, own.place)).toEqual({
    kind: 'address',
    endpoint: 'http://a/v1',
    name: 'ai/llm',
  })
  using all = scene({ settings: { models: { '*': { endpoint: 'http://b', name: 'gpt' } } } })
  expect(await dockerModel.find(llm, all.place)).toMatchObject({ endpoint: 'http://b', name: 'gpt' })
})

const PLUGIN = `case $1 in
status) echo '{"endpoint": "http://runner/v1/"}' ;;
ls) echo '[{"id": "1", "tags": ["ai/other"]}]' ;;
esac`

test('dockerModel asks the plugin for the address, and has it pull and set up the model', async () => {
  using docker = scene({ script: PLUGIN })
  expect(await dockerModel.find(llm, docker.place)).toEqual({
    kind: 'served',
    endpoint: 'http://runner/v1/',
    name: 'ai/llm',
  })
  const said: string[] = []
  await dockerModel.prepare(llm, { ...docker.place, onInfo: message => void said.push(message) })
  await dockerModel.prepare(
    { key: 'other', reference: 'ai/other', runtimeFlags: [] },
    { ...docker.place, onInfo: message => void said.push(message) },
  )
  expect(docker.calls()).toEqual([
    'status --json',
    'ls --json',
    'pull ai/llm',
    'configure --context-size 1024 ai/llm -- --fast',
    'ls --json',
    'configure ai/other',
  ])
  expect(said).toEqual(['pulling ai/llm'])
})

test('dockerModel says where it has looked for a plugin that is missing, and why one fails', async () => {
  using nothing = scene({})
  expect(await dockerModel.find(llm, nothing.place)).toMatchObject({
    kind: 'missing',
    reason: 'no address is set, and there is no plugin docker-model',
    notes: expect.arrayContaining(['/usr/lib/docker/cli-plugins/docker-model']),
  })
  using failing = scene({ script: 'echo not running >&2; exit 3' })
  expect(await dockerModel.find(llm, failing.place)).toMatchObject({
    kind: 'missing',
    reason: expect.stringContaining('it exited with code 3'),
    notes: ['not running'],
  })
  await expect(dockerModel.prepare(llm, { ...failing.place, onInfo: () => {} })).rejects.toMatchObject({
    code: 'model',
    message: 'Cannot run "docker-model ls" for model "llm": it exited with code 3',
  })
})
