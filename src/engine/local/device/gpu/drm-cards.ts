import { posix } from 'node:path'
import type { SystemRoot } from './system-root.ts'

/** A card that the kernel's graphics drivers have made nodes for. */
export interface DrmCard {
  /** Such as `/dev/dri/renderD128`, the node that programs compute with first. */
  readonly nodes: readonly string[]
  /** Such as `0000:03:00.0`. */
  readonly pciAddress: string | undefined
  /** The name of the kernel's driver, such as `amdgpu`. */
  readonly driver: string | undefined
}

/** Where sysfs lists the nodes for rendering. */
const CLASS = '/sys/class/drm'

/** Returns the cards of the PCI vendor `vendor`, by their PCI addresses. */
export function drmCards(root: SystemRoot, vendor: string): readonly DrmCard[] {
  return root
    .names(CLASS)
    .filter(name => /^renderD\d+$/.test(name))
    .filter(name => root.read(`${CLASS}/${name}/device/vendor`)?.trim() === vendor)
    .map(name => cardOf(root, name))
    .toSorted((a, b) => ((a.pciAddress ?? '') < (b.pciAddress ?? '') ? -1 : 1))
}

function cardOf(root: SystemRoot, render: string): DrmCard {
  const device = `${CLASS}/${render}/device`
  const events = new Map(
    (root.read(`${device}/uevent`) ?? '').split('\n').map(line => {
      const [name = '', value = ''] = line.split('=')
      return [name, value]
    }),
  )
  const siblings = root.names(`${device}/drm`).filter(name => /^card\d+$/.test(name))
  return {
    nodes: [render, ...siblings].map(name => posix.join('/dev/dri', name)).filter(path => root.has(path)),
    pciAddress: events.get('PCI_SLOT_NAME'),
    driver: events.get('DRIVER'),
  }
}

/** Returns the PCI addresses of graphics and compute cards of `vendor`: the classes 03 and 12 of PCI. */
export function pciCards(root: SystemRoot, vendor: string): readonly string[] {
  const folder = '/sys/bus/pci/devices'
  return root.names(folder).filter(address => {
    const at = `${folder}/${address}`
    return root.read(`${at}/vendor`)?.trim() === vendor && /^0x(?:03|12)/.test(root.read(`${at}/class`) ?? '')
  })
}
