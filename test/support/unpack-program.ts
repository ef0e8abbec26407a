import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDigest } from '../../src/base/digest.ts'
import { unpackLayer } from '../../src/store/layers/unpack-layer.ts'
import { digestOf } from './hand-made-layout.ts'

// A process that unpacks the archive `blob` of a folder and says how that failed: `unpack-program.ts <folder>`.
const [root = ''] = process.argv.slice(2)
const file = join(root, 'blob')
const bytes = readFileSync(file)
const diffId = parseDigest(digestOf(bytes))
const folder = join(root, 'layer')
mkdirSync(folder)
const slice = { file, offset: 0, size: bytes.length }
try {
  await unpackLayer({ source: { kind: 'whole', slice, digest: undefined }, diffId, folder }, () => {})
} catch (error) {
  process.stdout.write(String(error))
}
