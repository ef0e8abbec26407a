import { once } from 'node:events'
import { createBridge } from '../../src/engine/local/network/bridge.ts'
import { aNetwork } from './model-builders.ts'

// Prints `ready`, waits for input, creates ten bridges for networks of one name, and prints their subnets.

const project = process.argv[2] ?? ''

process.stdout.write('ready\n')
await once(process.stdin, 'data')
const subnets = Array.from({ length: 10 }, (_, index) => {
  const network = aNetwork(`net${index}`, { name: 'same' })
  return createBridge({ tag: 'abc123', project, network }).ipv4?.subnet
})
process.stdout.write(`${subnets.join(' ')}\n`)
