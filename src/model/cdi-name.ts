/** A device by its name in the Container Device Interface: `vendor.com/class=name`. */
export interface CdiName {
  readonly vendor: string
  readonly class: string
  readonly device: string
}

/** https://github.com/cncf-tags/container-device-interface, SPEC.md. Each may be one character long. */
const VENDOR = /^[A-Za-z](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/
const CLASS = VENDOR
const DEVICE = /^[A-Za-z0-9](?:[A-Za-z0-9._:-]*[A-Za-z0-9])?$/

/** Takes `vendor.com/class=name` apart; undefined for what is no such name. */
export function parseCdiName(text: string): CdiName | undefined {
  const equals = text.indexOf('=')
  const kind = parseCdiKind(text.slice(0, Math.max(0, equals)))
  const device = text.slice(equals + 1)
  return kind === undefined || !isCdiDeviceName(device) ? undefined : { ...kind, device }
}

/** Takes `vendor.com/class` apart; undefined for what is no such kind. */
export function parseCdiKind(text: string): Omit<CdiName, 'device'> | undefined {
  const [vendor = '', name = '', ...rest] = text.split('/')
  return rest.length === 0 && VENDOR.test(vendor) && CLASS.test(name) ? { vendor, class: name } : undefined
}

/** Tells whether `text` may be the last part of a name. */
export function isCdiDeviceName(text: string): boolean {
  return DEVICE.test(text)
}
