import { expect, test } from 'vitest'
import { loadToStart } from '../../src/app/load-to-start.ts'
import type { PublishDefault } from '../../src/app/publish-default.ts'
import { memoryContext } from '../support/memory-context.ts'

const FILE = 'services: {web: {image: x, ports: ["80", "[::1]:81:81", "0.0.0.0:82:82"]}}\n'

async function addressesOf(publishDefault: string | undefined, settings: PublishDefault, text = FILE) {
  const context = memoryContext({ files: { 'compose.yaml': text } })
  const request = {
    ...{ files: [], projectName: undefined, projectDirectory: undefined, profiles: [], envFiles: [] },
    allowUnsupported: false,
    ...(publishDefault !== undefined && { publishDefault }),
  }
  const loaded = await loadToStart({ ...context, publishDefault: () => settings }, request)
  return {
    addresses: loaded.project?.services.get('web')?.ports.map(({ hostIp }) => hostIp),
    problems: loaded.diagnostics.map(({ message }) => message),
  }
}

const NONE: PublishDefault = { kind: 'found', address: undefined }
const UNFIT: PublishDefault = { kind: 'unfit', reason: 'the settings are wrong' }

for (const { what, request, settings, address } of [
  { what: 'the one that was asked for', request: '127.0.0.1', settings: UNFIT, address: '127.0.0.1' },
  {
    what: 'that of the settings',
    request: undefined,
    settings: { kind: 'found', address: '0:0:0:0:0:0:0:1' } as const,
    address: '::1',
  },
  { what: 'none by default', request: undefined, settings: NONE, address: undefined },
]) {
  test(`loadToStart() gives ports without an address ${what}`, async () => {
    expect(await addressesOf(request, settings)).toEqual({
      addresses: [address, '::1', '0.0.0.0'],
      problems: [],
    })
  })
}

test('loadToStart() refuses settings that are wrong, if a port needs them', async () => {
  const { problems } = await addressesOf(undefined, UNFIT)
  expect(problems).toEqual(['Cannot choose an address for ports that have none: the settings are wrong'])
  const without = await addressesOf(undefined, UNFIT, FILE.replace('"80", ', ''))
  expect(without.problems).toEqual([])
})
