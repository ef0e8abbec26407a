import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { servicePath } from '../../../../src/base/model-path.ts'
import { interfacePreflight } from '../../../../src/engine/local/apply/interface-preflight.ts'
import type { Service } from '../../../../src/model/service.ts'
import { aContainerSpec } from '../../../support/container-input.ts'
import { aPlan, aStep } from '../../../support/plan-builders.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const origin = servicePath('web', 'devices', 0)
const devices: Service['devices'] = [{ kind: 'cdi', name: 'v.com/c=dev', origin }]

/** Returns what is wrong with containers of which each wants `hostName` as `name`. */
async function reasons(configs: readonly Partial<Service>[], [hostInterfaceName, name]: readonly string[]) {
  using folder = temporaryFolder()
  const containerEdits = { netDevices: [{ hostInterfaceName, name }] }
  const spec = { cdiVersion: '1.1.0', kind: 'v.com/c', devices: [{ name: 'dev', containerEdits }] }
  writeFileSync(join(folder.path, 'a.json'), JSON.stringify(spec))
  const steps = configs.map((config, index) =>
    aStep(index + 1, { kind: 'create-container', container: aContainerSpec(config), replaces: undefined }),
  )
  const sources = { cdiFolders: [folder.path], gpuRoot: '/' }
  const problems = await interfacePreflight(aPlan(steps), { sources, roots: { run: folder.path } })
  for (const problem of problems) expect(problem).toMatchObject({ code: 'device-not-found', origin })
  return problems.map(({ message }) => message.replace(/^.*names: /, ''))
}

test('interfacePreflight() is content with an interface that is there, for one container', async () => {
  expect(await reasons([{ devices }], ['lo', 'net0'])).toEqual([])
  expect(await reasons([{}], ['absent', 'net0'])).toEqual([])
})

test.for<readonly [readonly Partial<Service>[], readonly string[], string]>([
  [[{ devices }], ['absent0', 'net0'], 'it does not exist'],
  [[{ devices }, { devices }], ['lo', 'net0'], 'wants it, and so does'],
  [[{ devices }], ['lo', 'lo'], 'which has an interface of that name'],
  [[{ devices, networkMode: { kind: 'host' } }], ['lo', 'net0'], 'has no network namespace of its own'],
])('interfacePreflight() says of %j what is wrong', async ([configs, names, reason]) => {
  expect(await reasons(configs, names)).toEqual([expect.stringContaining(reason)])
})
