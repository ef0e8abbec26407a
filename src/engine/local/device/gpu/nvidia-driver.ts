import type { SystemRoot } from './system-root.ts'

/** A card that NVIDIA's driver drives. */
export interface NvidiaCard {
  /** As nvidia-smi(1) counts: by PCI addresses. */
  readonly index: number
  readonly model: string
  readonly uuid: string | undefined
  readonly pciAddress: string
  /** Of /dev/nvidiaN. */
  readonly minor: number
  /** Parts of it that containers can get by themselves. */
  readonly instances: readonly MigInstance[]
}

/** A part of a card in Multi-Instance mode: its nodes say who may use it. */
export interface MigInstance {
  readonly name: string
  /** Minor numbers of /dev/nvidia-caps/nvidia-capN. */
  readonly capabilities: readonly number[]
}

const DRIVER = '/proc/driver/nvidia'

/** Returns the version of the driver that is loaded, such as `535.104.05`. */
export function loadedDriver(root: SystemRoot): string | undefined {
  const [line = ''] = (root.read(`${DRIVER}/version`) ?? '').split('\n')
  return /\s(\d+\.\d+(?:\.\d+)?)\s/.exec(line)?.[1]
}

/** Returns the cards of the driver, without those that it leaves alone. */
export function nvidiaCards(root: SystemRoot): readonly NvidiaCard[] {
  return root
    .names(`${DRIVER}/gpus`)
    .flatMap(address => {
      const about = fieldsOf(root.read(`${DRIVER}/gpus/${address}/information`) ?? '')
      const minor = Number(about.get('Device Minor') ?? Number.NaN)
      if (!Number.isInteger(minor) || about.get('GPU Excluded') === 'Yes') return []
      return [{ address, minor, about }]
    })
    .map(({ address, minor, about }, index) => ({
      index,
      model: about.get('Model') ?? 'NVIDIA GPU',
      uuid: uuidOf(about.get('GPU UUID')),
      pciAddress: about.get('Bus Location') ?? address,
      minor,
      instances: migInstances(root, index, minor),
    }))
}

/** The driver writes question marks until the card was used for the first time. */
function uuidOf(text: string | undefined): string | undefined {
  return text !== undefined && /^GPU-[0-9a-f-]+$/i.test(text) ? text : undefined
}

/** Lines such as `Model: \t\t NVIDIA A100`. */
function fieldsOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap(line => {
      const [, name, value] = /^([^:]+):\s*(.*?)\s*$/.exec(line) ?? []
      return name === undefined || value === undefined ? [] : [[name, value] as const]
    }),
  )
}

function migInstances(root: SystemRoot, index: number, minor: number): readonly MigInstance[] {
  const folder = `${DRIVER}/capabilities/gpu${minor}/mig`
  return root
    .names(folder)
    .filter(name => /^gi\d+$/.test(name))
    .flatMap(gpuInstance => {
      const own = capabilityAt(root, `${folder}/${gpuInstance}/access`)
      return root
        .names(`${folder}/${gpuInstance}`)
        .filter(name => /^ci\d+$/.test(name))
        .map(name => [own, capabilityAt(root, `${folder}/${gpuInstance}/${name}/access`)])
    })
    .map((capabilities, number) => ({
      name: `${index}:${number}`,
      capabilities: capabilities.flatMap(capability => capability ?? []),
    }))
}

function capabilityAt(root: SystemRoot, path: string): number | undefined {
  const minor = fieldsOf(root.read(path) ?? '').get('DeviceFileMinor')
  return minor === undefined || !/^\d+$/.test(minor) ? undefined : Number(minor)
}
