import { fetchImage } from '../../../src/engine/local/image/fetch-image.ts'

// A process that pulls an image and says how far it is: `pull-program.ts <data folder> <reference>`.
const [data = '', reference = ''] = process.argv.slice(2)
await fetchImage(
  { data, run: data },
  { reference },
  {
    onProgress: ({ bytesDone, layersDone }) => process.stdout.write(`${bytesDone} ${layersDone}\n`),
  },
)
process.stdout.write('done\n')
