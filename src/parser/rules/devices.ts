import { parseAbsolutePath } from '../../base/absolute-path.ts'
import type { Diagnostic } from '../../base/diagnostic.ts'
import { parseCdiName } from '../../model/cdi-name.ts'
import { isDeviceAccess, parseDeviceRule } from '../../model/device-rule.ts'
import { forbiddenDeviceTarget } from '../../model/device-target.ts'
import { itemsOf, type MapNode, type Node, stringOf } from '../document/node.ts'
import { eachService, errorAt, type Rule, textAt, valueAt } from './rule-context.ts'

/** Devices say what they are, where the container has them, and what it may do with them. */
export const checkDevices: Rule = input =>
  eachService(input, (service, name) => [
    ...itemsOf(valueAt(service, 'devices')).flatMap(item =>
      item.kind === 'map' ? checkDevice(item, { service, name }) : [],
    ),
    ...itemsOf(valueAt(service, 'device_cgroup_rules')).flatMap(item => checkDeviceRule(item, name)),
  ])

interface OfService {
  readonly service: MapNode
  readonly name: string
}

function checkDevice(device: MapNode, of: OfService): readonly Diagnostic[] {
  const source = textAt(device, 'source') ?? ''
  if (parseCdiName(source) !== undefined) return checkCdiDevice(device, of.name)
  const at = valueAt(device, 'source') ?? device
  if (!isAbsolute(source)) {
    const message = `Cannot use device "${source}" of service "${of.name}": it is neither a path nor a CDI name`
    const hint = 'Write an absolute path such as /dev/snd, or a name such as vendor.com/class=name'
    return [errorAt(at, 'bad-value', { message, hint })]
  }
  return [...checkTarget(device, source, of), ...checkPermissions(device, of.name)]
}

/** What may be done with the device, and where it is, its specification says. */
function checkCdiDevice(device: MapNode, name: string): readonly Diagnostic[] {
  const source = textAt(device, 'source')
  const { target, permissions } = {
    target: valueAt(device, 'target'),
    permissions: valueAt(device, 'permissions'),
  }
  const problems: readonly (readonly [Node | undefined, boolean])[] = [
    [target, ![source, '', undefined].includes(stringOf(target))],
    [permissions, !['rwm', '', undefined].includes(stringOf(permissions))],
  ]
  return problems.flatMap(([at, isWrong]) => {
    if (at === undefined || !isWrong) return []
    const message = `Cannot use "${stringOf(at)}" for device "${source}" of service "${name}": the specification of the device says that`
    return [errorAt(at, 'bad-value', { message, hint: 'Remove it' })]
  })
}

function checkTarget(device: MapNode, source: string, { service, name }: OfService): readonly Diagnostic[] {
  const at = valueAt(device, 'target') ?? device
  const text = textAt(device, 'target') || source
  if (!isAbsolute(text)) {
    const message = `Cannot make device "${source}" at "${text}" in service "${name}": expected an absolute path`
    const hint = isDeviceAccess(text) ? `Write "${source}:${source}:${text}"` : undefined
    return [errorAt(at, 'bad-value', { message, hint })]
  }
  const target = parseAbsolutePath(text)
  const problem =
    forbiddenDeviceTarget(target, parseAbsolutePath(source)) ??
    (target === parseAbsolutePath(source) ? undefined : behindMount(service, target))
  if (problem === undefined) return []
  const message = `Cannot make device "${source}" at "${text}" in service "${name}": ${problem}`
  return [errorAt(at, 'bad-value', { message, hint: 'Choose another target' })]
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/') && !path.includes('\0')
}

/** A /dev of the host has what the host has. */
function behindMount(service: MapNode, target: string): string | undefined {
  const isCovered = itemsOf(valueAt(service, 'volumes')).some(
    mount => mount.kind === 'map' && textAt(mount, 'target')?.replace(/(.)\/+$/, '$1') === '/dev',
  )
  return isCovered && target.startsWith('/dev/') ? 'the service mounts a /dev of its own' : undefined
}

function checkPermissions(device: MapNode, name: string): readonly Diagnostic[] {
  const at = valueAt(device, 'permissions')
  const text = stringOf(at)
  if (at === undefined || text === undefined || isDeviceAccess(text)) return []
  const message = `Cannot use permissions "${text}" for device "${textAt(device, 'source')}" of service "${name}": expected some of "r", "w" and "m"`
  return [errorAt(at, 'bad-value', { message, hint: 'Leave them out to allow all: rwm' })]
}

function checkDeviceRule(item: Node, name: string): readonly Diagnostic[] {
  const text = stringOf(item)
  if (text === undefined || parseDeviceRule(text) !== undefined) return []
  const message = `Cannot use device rule "${text}" of service "${name}": expected "a", "b" or "c", numbers up to 4095:1048575 or "*", and some of "rwm"`
  return [errorAt(item, 'bad-value', { message, hint: 'Write it like "c 1:3 rwm" or "c 188:* rw"' })]
}
