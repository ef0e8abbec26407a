import { parseDigest } from '../../src/base/digest.ts'
import { openLease } from '../../src/store/lease.ts'

// A process that keeps an image until it is killed: `lease-program.ts <data folder> "image <id>"`.
const [data = '', thing = ''] = process.argv.slice(2)
const lease = openLease({ data })
await lease.keep([`image ${parseDigest(thing.slice('image '.length))}`])
process.stdout.write('kept\n')
setInterval(() => lease, 60_000)
