import { parse } from 'yaml'
import { isCdiDeviceName, parseCdiKind } from '../../model/cdi-name.ts'
import type { CdiDeviceSpec, CdiEdits, CdiSpec } from './cdi-spec.ts'
import { CDI_VERSIONS, isOlderCdiVersion, neededCdiVersion } from './cdi-version.ts'
import { anything, fields, list, record, type Shape, text, whole } from './shape.ts'

const UINT32 = whole(0, 0xffffffff)
const PATH = text(/^./, 'a path')
const VARIABLE = text(/^[^=]+=/, 'a text such as NAME=value')
const HOOK_NAME = text(
  /^(?:prestart|createRuntime|createContainer|startContainer|poststart|poststop)$/,
  'the name of a hook of the OCI',
)

const EDITS = fields({
  env: list(VARIABLE),
  deviceNodes: list(
    fields(
      {
        path: PATH,
        hostPath: PATH,
        type: text(/^[bcup]?$/, '"b", "c", "u" or "p"'),
        major: whole(0, 0xfff),
        minor: whole(0, 0xfffff),
        fileMode: whole(0, 0xffffffff),
        permissions: text(/^[rwm]*$/, 'some of "r", "w" and "m"'),
        uid: UINT32,
        gid: UINT32,
      },
      'path',
    ),
  ),
  mounts: list(
    fields(
      { hostPath: PATH, containerPath: PATH, type: text(), options: list(text()) },
      'hostPath',
      'containerPath',
    ),
  ),
  hooks: list(
    fields(
      {
        hookName: HOOK_NAME,
        path: PATH,
        args: list(text()),
        env: list(VARIABLE),
        timeout: whole(0, 0x7fffffff),
      },
      'hookName',
      'path',
    ),
  ),
  additionalGids: list(UINT32),
  intelRdt: record(anything()),
  netDevices: list(fields({ hostInterfaceName: text(/./), name: text(/./) }, 'hostInterfaceName', 'name')),
})

const ANNOTATIONS = record(text())

const SPEC: Shape = fields(
  {
    cdiVersion: text(),
    kind: text(),
    annotations: ANNOTATIONS,
    devices: list(
      fields({ name: text(), annotations: ANNOTATIONS, containerEdits: EDITS }, 'name', 'containerEdits'),
    ),
    containerEdits: EDITS,
  },
  'cdiVersion',
  'kind',
  'devices',
)

/** The languages that specifications are written in. */
export type CdiLanguage = 'json' | 'yaml'

/**
 * Reads a specification of the Container Device Interface. Nothing in it is passed over: what this reader does not know
 * may be what keeps the container from harm.
 *
 * @throws {SyntaxError} Whose message completes "Cannot use FILE: ".
 */
export function parseCdiSpec(content: string, language: CdiLanguage): CdiSpec {
  const value = language === 'json' ? readJson(content) : readYaml(content)
  requireVersion(value)
  SPEC(value, '')
  const spec = withoutNulls(value) as CdiSpec
  checkMeaning(spec)
  return spec
}

function readJson(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch (error) {
    // The message quotes a part of the text, with its line breaks.
    throw new SyntaxError(
      `it is not JSON: ${String(error)
        .replace(/^SyntaxError: /, '')
        .replaceAll(/\s+/g, ' ')}`,
    )
  }
}

/** YAML 1.1, as programs in Go read these files: `0666` is octal. */
function readYaml(content: string): unknown {
  try {
    return parse(content, { version: '1.1', logLevel: 'error' })
  } catch (error) {
    const [line = ''] = String(error)
      .replace(/^\w+: /, '')
      .split('\n')
    throw new SyntaxError(`it is not YAML: ${line.replace(/:$/, '')}`)
  }
}

/** Comes before all else: a later version may have fields that are not known here. */
function requireVersion(value: unknown): void {
  const version = typeof value === 'object' && value !== null ? Reflect.get(value, 'cdiVersion') : undefined
  if (typeof version === 'string' && !CDI_VERSIONS.includes(version.replace(/^v/, '')))
    throw new SyntaxError(
      `its cdiVersion is ${JSON.stringify(version)}, expected ${CDI_VERSIONS[0]} to ${CDI_VERSIONS.at(-1)}`,
    )
}

function checkMeaning(spec: CdiSpec): void {
  const { kind, devices } = spec
  if (parseCdiKind(kind) === undefined)
    throw new SyntaxError(`its kind is ${JSON.stringify(kind)}, expected vendor.com/class`)
  if (devices.length === 0) throw new SyntaxError('it has no devices')
  const names = new Set<string>()
  for (const device of devices) {
    checkDevice(device)
    if (names.has(device.name)) throw new SyntaxError(`it has device ${JSON.stringify(device.name)} twice`)
    names.add(device.name)
  }
  const { version, what } = neededCdiVersion(spec)
  const own = spec.cdiVersion.replace(/^v/, '')
  if (isOlderCdiVersion(own, version))
    throw new SyntaxError(`its cdiVersion is ${own}, and ${what} needs ${version} at least`)
}

function checkDevice({ name, containerEdits }: CdiDeviceSpec): void {
  if (!isCdiDeviceName(name)) throw new SyntaxError(`it has a device named ${JSON.stringify(name)}`)
  if (isEmpty(containerEdits))
    throw new SyntaxError(`its device ${JSON.stringify(name)} changes nothing of a container`)
}

function isEmpty(edits: CdiEdits): boolean {
  return Object.values(edits).every(value => Array.isArray(value) && value.length === 0)
}

/** In Go a null leaves a field as it is. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === null ? [] : [[key, withoutNulls(inner)]])),
  )
}
