import { suggestOneOf } from '../../../base/did-you-mean.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { parseCdiName } from '../../../model/cdi-name.ts'
import { type DeviceRequest, GPU_VENDORS, type GpuVendor } from '../../../model/device-request.ts'
import type { CdiSelection } from './cdi-catalogue.ts'
import { fixedNodes } from './cdi-mount.ts'
import { type ContainerDevices, NO_DEVICES } from './container-devices.ts'
import type { DeviceFinder, VendorDevices } from './device-finder.ts'
import { VENDOR_DOMAINS, VENDOR_NAMES } from './gpu/gpu-finding.ts'

/** The devices that a request is for. */
export interface ResolvedRequest {
  /** Whole names, e.g. `nvidia.com/gpu=0`. */
  readonly names: readonly string[]
  readonly selections: readonly CdiSelection[]
  /** What comes with them besides. */
  readonly extra: ContainerDevices
  /** What says how they are given to a container: a file, or the driver that was found. */
  readonly source: string
}

/**
 * Finds the devices of a request: those of the driver it names, or of the first vendor of whom there is something.
 *
 * @throws {TcomposeError} `gpu-not-found` that names the missing link; `device-not-found`, `cdi-spec`.
 */
export function resolveRequest(request: DeviceRequest, finder: DeviceFinder): ResolvedRequest {
  const { driver, ids, origin } = request
  if (driver === 'cdi' || (ids.length > 0 && ids.every(id => parseCdiName(id) !== undefined))) {
    const selections = ids.map(id => finder.catalogue.select(id, origin))
    const source = [...new Set(selections.map(({ choice }) => choice.source.name))].join(' and ')
    return { names: ids, selections, extra: NO_DEVICES, source }
  }
  const { vendor, devices } = vendorOf(request, finder)
  const names = chosenNames(request, vendor, devices)
  const selections = names.map(name => select(name, devices, { request, finder }))
  const [first] = selections
  return {
    names,
    selections,
    extra: devices.kind === 'found' ? extraOf(request, devices) : NO_DEVICES,
    source:
      devices.kind === 'found' && devices.finding.driver !== undefined
        ? `driver ${devices.finding.driver}`
        : (first?.choice.source.name ?? ''),
  }
}

type PresentDevices = Extract<VendorDevices, { readonly devices: unknown }>

interface Chosen {
  readonly vendor: GpuVendor
  readonly devices: PresentDevices
}

/** A card that is there and cannot be used is reported, rather than another one used in its place. */
function vendorOf(request: DeviceRequest, finder: DeviceFinder): Chosen {
  const { driver, origin } = request
  const candidates = driver === undefined || driver === 'cdi' ? wantedVendors(request) : [driver]
  for (const vendor of candidates) {
    const devices = finder.ofVendor(vendor, kindOf(request, vendor), origin)
    if (devices.kind === 'found' || devices.kind === 'described') return { vendor, devices }
    if (devices.kind === 'broken') throw brokenChain(request, devices)
  }
  const names = candidates.map(vendor => VENDOR_NAMES[vendor]).join(', ')
  const what = isForNpu(request) ? 'an NPU' : 'a GPU'
  throw new TcomposeError(
    'gpu-not-found',
    `Cannot find ${what}: this machine has none of ${names}, and no specification describes one`,
    {
      hint: 'Run "tcompose gpu ls" to see what was looked for, or set "x-required: false" to run without',
      origin,
    },
  )
}

function wantedVendors({ capabilities }: DeviceRequest): readonly GpuVendor[] {
  const named = GPU_VENDORS.filter(vendor => capabilities.includes(vendor))
  return named.length > 0 ? named : GPU_VENDORS
}

function isForNpu({ capabilities }: DeviceRequest): boolean {
  return capabilities.includes('npu')
}

function kindOf(request: DeviceRequest, vendor: GpuVendor): string {
  return `${VENDOR_DOMAINS[vendor]}/${isForNpu(request) ? 'npu' : 'gpu'}`
}

function brokenChain(
  { driver, origin }: DeviceRequest,
  { vendor, link, reason, remedy }: Extract<VendorDevices, { kind: 'broken' }>,
): TcomposeError {
  const notes = [
    `Missing link: ${link}`,
    ...(driver === undefined ? ['To use a card of another vendor, name its driver in the request'] : []),
  ]
  return new TcomposeError('gpu-not-found', `Cannot use GPUs of ${VENDOR_NAMES[vendor]}: ${reason}`, {
    hint: remedy,
    notes,
    origin,
  })
}

function chosenNames(
  request: DeviceRequest,
  vendor: GpuVendor,
  { devices }: PresentDevices,
): readonly string[] {
  const kind = kindOf(request, vendor)
  if (request.ids.length > 0)
    return request.ids.map(id => (parseCdiName(id) === undefined ? `${kind}=${id}` : id))
  if (request.count === 'all') return devices.has(`${kind}=all`) ? [`${kind}=all`] : wholeDevices(devices)
  const whole = wholeDevices(devices)
  if (whole.length >= request.count) return whole.slice(0, request.count)
  throw new TcomposeError(
    'gpu-not-found',
    `Cannot use ${request.count} GPUs of ${VENDOR_NAMES[vendor]}: this machine has ${whole.length}`,
    { hint: 'Lower the count, or write "count: all"', origin: request.origin },
  )
}

/** Each device once: by its index where devices have one, for they may have other names too. */
function wholeDevices(devices: PresentDevices['devices']): readonly string[] {
  const names = [...devices.keys()].filter(name => !name.endsWith('=all'))
  const indexOf = (name: string): number => Number(/=(\d+)$/.exec(name)?.[1] ?? Number.NaN)
  const numbered = names.filter(name => !Number.isNaN(indexOf(name)))
  return numbered.length === 0 ? names : numbered.toSorted((a, b) => indexOf(a) - indexOf(b))
}

function select(
  name: string,
  { kind, devices }: PresentDevices,
  { request: { origin }, finder }: { readonly request: DeviceRequest; readonly finder: DeviceFinder },
): CdiSelection {
  const choice = devices.get(name)
  if (kind === 'described' || (choice === undefined && finder.catalogue.devices().has(name)))
    return finder.catalogue.select(name, origin)
  if (choice !== undefined) return { choice, origin }
  const known = [...devices.keys()].map(known => known.slice(known.indexOf('=') + 1))
  const id = name.slice(name.indexOf('=') + 1)
  throw new TcomposeError(
    'device-not-found',
    `Cannot use device "${id}": this machine has none of that name`,
    {
      hint: suggestOneOf(id, known) ?? 'Run "tcompose gpu ls" to see their names',
      origin,
    },
  )
}

function extraOf(
  { origin }: DeviceRequest,
  { finding }: Extract<VendorDevices, { kind: 'found' }>,
): ContainerDevices {
  return {
    ...NO_DEVICES,
    libraryFolders: finding.libraryFolders,
    mounts: finding.vendor === 'nvidia' ? fixedNodes({ source: 'the driver', origin }) : [],
  }
}
