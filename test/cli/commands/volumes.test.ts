import { expect, test } from 'vitest'
import type { ProjectVolume } from '../../../src/app/volumes.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { recordedPorts } from '../../support/cli-ports.ts'

const VOLUMES: readonly ProjectVolume[] = [
  { name: 'shop_cache', mountpoint: '/v/shop_cache', labels: new Map() },
  {
    name: 'shop_data',
    mountpoint: '/v/shop_data',
    labels: new Map([
      ['role', 'db'],
      ['tier', '1'],
    ]),
  },
]

async function list(...args: readonly string[]): Promise<string> {
  const ports = recordedPorts(['volumes', ...args], {
    volumes: async () => ({ kind: 'found', volumes: VOLUMES }),
  })
  expect(await runCli(ports)).toBe(0)
  return ports.stdout.text
}

test('volumes writes the table of docker', async () => {
  expect(await list()).toBe('DRIVER   VOLUME NAME\nlocal    shop_cache\nlocal    shop_data\n')
})

test('volumes -q writes names', async () => {
  expect(await list('-q')).toBe('shop_cache\nshop_data\n')
})

test('volumes --format json writes a line for each, with the fields of docker', async () => {
  const [, line = ''] = (await list('--format', 'json')).split('\n')
  expect(JSON.parse(line)).toEqual({
    ...{ Availability: 'N/A', Driver: 'local', Group: 'N/A', Labels: 'role=db,tier=1', Links: 'N/A' },
    ...{ Mountpoint: '/v/shop_data', Name: 'shop_data', Scope: 'local', Size: 'N/A', Status: 'N/A' },
  })
})

test('volumes takes templates', async () => {
  expect(await list('--format', '{{.Name}}={{.Label "role"}}')).toBe('shop_cache=\nshop_data=db\n')
  expect(await list('--format', 'table {{.Name}}')).toBe('VOLUME NAME\nshop_cache\nshop_data\n')
})
