import { parseCdiKind } from '../../model/cdi-name.ts'
import type { CdiEdits, CdiSpec } from './cdi-spec.ts'

/** The versions of the format that this reader knows, the oldest first. */
export const CDI_VERSIONS: readonly string[] = [
  ...['0.1.0', '0.2.0', '0.3.0', '0.4.0', '0.5.0', '0.6.0', '0.7.0', '0.8.0', '1.0.0', '1.1.0'],
]

/** What a version has brought: a specification that has it needs that version at least. */
const BROUGHT: readonly { readonly version: string; readonly what: string; readonly isIn: Feature }[] = [
  { version: '1.1.0', what: 'netDevices', isIn: ofEdits(({ netDevices = [] }) => netDevices.length > 0) },
  { version: '0.7.0', what: 'intelRdt', isIn: ofEdits(({ intelRdt }) => intelRdt !== undefined) },
  {
    version: '0.7.0',
    what: 'additionalGids',
    isIn: ofEdits(({ additionalGids = [] }) => additionalGids.length > 0),
  },
  {
    version: '0.6.0',
    what: 'annotations',
    isIn: spec => [spec, ...spec.devices].some(({ annotations }) => annotations !== undefined),
  },
  {
    version: '0.6.0',
    what: 'a class with a dot',
    isIn: ({ kind }) => parseCdiKind(kind)?.class.includes('.') === true,
  },
  {
    version: '0.5.0',
    what: 'hostPath of a device node',
    isIn: ofEdits(({ deviceNodes = [] }) => deviceNodes.some(({ hostPath }) => hostPath !== undefined)),
  },
  {
    version: '0.5.0',
    what: 'a device name that begins with a digit',
    isIn: ({ devices }) => devices.some(({ name }) => /^\d/.test(name)),
  },
  {
    version: '0.4.0',
    what: 'type of a mount',
    isIn: ofEdits(({ mounts = [] }) => mounts.some(({ type }) => type !== undefined)),
  },
]

type Feature = (spec: CdiSpec) => boolean

const OLDEST = '0.3.0'

/** Returns the oldest version that has all that is in `spec`, and for what it is needed. */
export function neededCdiVersion(spec: CdiSpec): { readonly version: string; readonly what: string } {
  return BROUGHT.find(({ isIn }) => isIn(spec)) ?? { version: OLDEST, what: 'the format' }
}

/** Tells whether version `a` is older than `b`; both are known. */
export function isOlderCdiVersion(a: string, b: string): boolean {
  return CDI_VERSIONS.indexOf(a) < CDI_VERSIONS.indexOf(b)
}

function ofEdits(isIn: (edits: CdiEdits) => boolean): Feature {
  return ({ containerEdits, devices }) =>
    [containerEdits ?? {}, ...devices.map(device => device.containerEdits)].some(isIn)
}
