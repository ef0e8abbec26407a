import { pruneImages } from '../../src/store/prune-images.ts'
import { usersIn } from './image-store.ts'

// A process that removes all images that are not needed, and kills itself before step number `steps`, counted from 1:
// `prune-program.ts <data folder> <steps>`.
const [data = '', steps = ''] = process.argv.slice(2)
let count = 0
const roots = { data, run: data }
await pruneImages(roots, {
  readUsers: usersIn(roots),
  all: true,
  onStep: () => {
    count += 1
    if (count === Number(steps)) process.kill(process.pid, 'SIGKILL')
  },
})
process.stdout.write(`${count}\n`)
