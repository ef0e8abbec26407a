import { expect, test } from 'vitest'
import type { CdiSpec } from '../../../src/oci/cdi/cdi-spec.ts'
import { parseCdiSpec } from '../../../src/oci/cdi/parse-cdi-spec.ts'

const FULL: CdiSpec = {
  cdiVersion: '1.1.0',
  kind: 'vendor.com/a.b',
  annotations: { note: 'x' },
  devices: [
    {
      name: '0',
      annotations: { note: 'y' },
      containerEdits: {
        env: ['A=1'],
        deviceNodes: [
          {
            ...{ path: '/dev/a', hostPath: '/dev/b', type: 'c', major: 1, minor: 3, fileMode: 0o666 },
            ...{ permissions: 'rw', uid: 0, gid: 5 },
          },
        ],
        mounts: [{ hostPath: '/a', containerPath: '/b', type: 'bind', options: ['ro'] }],
        hooks: [{ hookName: 'createContainer', path: '/x', args: ['x', 'y'], env: ['B=2'], timeout: 1 }],
        additionalGids: [44],
        intelRdt: { closID: 'x' },
        netDevices: [{ hostInterfaceName: 'eth1', name: 'net0' }],
      },
    },
  ],
  containerEdits: { env: ['C=3'] },
}

test('parseCdiSpec() reads every field of version 1.1.0', () => {
  expect(parseCdiSpec(JSON.stringify(FULL), 'json')).toEqual(FULL)
  expect(parseCdiSpec(JSON.stringify(FULL), 'yaml')).toEqual(FULL)
})

test('parseCdiSpec() reads YAML as programs in Go do', () => {
  const text = `cdiVersion: "0.5.0"\nkind: v/c\ndevices:\n- name: d\n  containerEdits:\n    deviceNodes:\n    - {path: /dev/a, fileMode: 0666, uid: null}\n`
  expect(parseCdiSpec(text, 'yaml').devices[0]?.containerEdits.deviceNodes).toEqual([
    { path: '/dev/a', fileMode: 0o666 },
  ])
})

const device = (edits: object, name = 'd') => ({ name, containerEdits: edits })
const spec = (changes: object) => ({
  ...{ cdiVersion: '0.3.0', kind: 'v/c', devices: [device({ env: ['A=1'] })] },
  ...changes,
})
const wrong = [
  {
    value: spec({ cdiVersion: '1.2.0', more: 1 }),
    says: 'its cdiVersion is "1.2.0", expected 0.1.0 to 1.1.0',
  },
  { value: spec({ cdiVersion: 1 }), says: 'its "cdiVersion" is 1, expected a text' },
  { value: spec({ more: 1 }), says: 'it has the unknown field "more"' },
  { value: spec({ kind: 'c' }), says: 'its kind is "c", expected vendor.com/class' },
  { value: spec({ kind: undefined }), says: 'its "kind" is missing' },
  { value: spec({ devices: [] }), says: 'it has no devices' },
  { value: spec({ devices: [device({})] }), says: 'its device "d" changes nothing of a container' },
  { value: spec({ devices: [device({ env: ['A=1'] }, '-')] }), says: 'it has a device named "-"' },
  {
    value: spec({ devices: [device({ env: ['A=1'] }), device({ env: ['A=1'] })] }),
    says: 'it has device "d" twice',
  },
  { value: spec({ devices: [device({ env: ['A'] })] }), says: 'expected a text such as NAME=value' },
  {
    value: spec({ devices: [device({ deviceNodes: [{ path: '/a', typ: 'c' }] })] }),
    says: 'it has the unknown field "devices[0].containerEdits.deviceNodes[0].typ"',
  },
  {
    value: spec({ devices: [device({ deviceNodes: [{ path: '/a', major: -1 }] })] }),
    says: 'its "devices[0].containerEdits.deviceNodes[0].major" is -1, expected a whole number',
  },
  { value: spec({ devices: [device({ mounts: [{ hostPath: '/a' }] })] }), says: 'containerPath" is missing' },
  {
    value: spec({ devices: [device({ hooks: [{ hookName: 'x', path: '/a' }] })] }),
    says: 'expected the name of a hook of the OCI',
  },
]
for (const { value, says } of wrong) {
  test(`parseCdiSpec() says: ${says}`, () => {
    expect(() => parseCdiSpec(JSON.stringify(value), 'json')).toThrow(says)
  })
}

const tooOld = [
  { version: '1.0.0', needs: '1.1.0', edits: { netDevices: [{ hostInterfaceName: 'a', name: 'b' }] } },
  { version: '0.6.0', needs: '0.7.0', edits: { intelRdt: { closID: 'x' } } },
  { version: '0.6.0', needs: '0.7.0', edits: { additionalGids: [1] } },
  { version: '0.4.0', needs: '0.5.0', edits: { deviceNodes: [{ path: '/a', hostPath: '/b' }] } },
  {
    version: '0.3.0',
    needs: '0.4.0',
    edits: { mounts: [{ hostPath: '/a', containerPath: '/b', type: 'x' }] },
  },
]
for (const { version, needs, edits } of tooOld) {
  test(`parseCdiSpec() refuses ${Object.keys(edits)[0]} in version ${version}`, () => {
    const value = spec({ cdiVersion: version, devices: [device(edits)] })
    expect(() => parseCdiSpec(JSON.stringify(value), 'json')).toThrow(
      new RegExp(`its cdiVersion is ${version}, and .* needs ${needs} at least`),
    )
    expect(parseCdiSpec(JSON.stringify({ ...value, cdiVersion: needs }), 'json')).toBeDefined()
  })
}

for (const changes of [
  { devices: [device({ env: ['A=1'] }, '0')], cdiVersion: '0.4.0' },
  { kind: 'v/c.d', cdiVersion: '0.5.0' },
  { annotations: {}, cdiVersion: '0.5.0' },
]) {
  test(`parseCdiSpec() refuses ${JSON.stringify(changes)} as too old`, () => {
    expect(() => parseCdiSpec(JSON.stringify(spec(changes)), 'json')).toThrow('at least')
  })
}

test('parseCdiSpec() says where a text breaks', () => {
  expect(() => parseCdiSpec('{', 'json')).toThrow('it is not JSON: ')
  expect(() => parseCdiSpec('a: [', 'yaml')).toThrow('it is not YAML: ')
  expect(() => parseCdiSpec('', 'yaml')).toThrow('its content is null, expected an object')
})
