import type { BlockIoLimits, RateKind } from '../../model/block-io.ts'
import type { LimitWrite } from './limit-write.ts'

/** Limits of block devices, which are named by their numbers, e.g. `8:0`. */
export type NumberedBlockIo = BlockIoLimits

const V1_FILES: Readonly<Record<RateKind, string>> = {
  'read-bytes': 'blkio.throttle.read_bps_device',
  'write-bytes': 'blkio.throttle.write_bps_device',
  'read-operations': 'blkio.throttle.read_iops_device',
  'write-operations': 'blkio.throttle.write_iops_device',
}

/** The files of a v1 group that hold the rates of block devices. */
export const THROTTLE_FILES: readonly string[] = Object.values(V1_FILES)

const V2_KEYS: Readonly<Record<RateKind, string>> = {
  'read-bytes': 'rbps',
  'write-bytes': 'wbps',
  'read-operations': 'riops',
  'write-operations': 'wiops',
}

/** The BFQ scheduler has files of its own, and the weights of v1. */
export function v1BlockIoWrites({ weight, weightOfDevices, rates }: NumberedBlockIo): readonly LimitWrite[] {
  return [
    ...(weight === undefined ? [] : [write(['blkio.weight', 'blkio.bfq.weight'], [`${weight}`])]),
    ...weightOfDevices.map(({ path, weight }) =>
      write(['blkio.weight_device', 'blkio.bfq.weight_device'], [`${path} ${weight}`]),
    ),
    ...rates.map(({ kind, path, rate }) => write([V1_FILES[kind]], [`${path} ${rate}`])),
  ]
}

/** Returns the writes that share block devices in a v2 cgroup. */
export function v2BlockIoWrites({ weight, weightOfDevices, rates }: NumberedBlockIo): readonly LimitWrite[] {
  const files = ['io.bfq.weight', 'io.weight']
  return [
    ...(weight === undefined ? [] : [write(files, [`${weight}`, `default ${ioWeight(weight)}`])]),
    ...weightOfDevices.map(({ path, weight }) =>
      write(files, [`${path} ${weight}`, `${path} ${ioWeight(weight)}`]),
    ),
    ...rates.map(({ kind, path, rate }) => write(['io.max'], [`${path} ${V2_KEYS[kind]}=${rate}`])),
  ]
}

/** Returns the v2 weight, 1 to 10000, of a v1 weight, 10 to 1000, as runc does. */
export function ioWeight(weight: number): number {
  return Math.floor(1 + ((weight - 10) * 9999) / 990)
}

/** The first of `files` that the group has counts, with its text; one text is for all. */
function write(files: readonly string[], texts: readonly string[]): LimitWrite {
  const [first = ''] = files
  const [text = ''] = texts
  return {
    controller: first.slice(0, first.indexOf('.')),
    file: first,
    text,
    limit: 'blockIo',
    optional: false,
    instead: files.slice(1).map((file, index) => ({ file, text: texts[index + 1] ?? text })),
  }
}
