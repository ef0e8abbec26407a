import { fetchImage } from '../fetch-image.ts'

// A process that pulls an image and prints its progress: `pull-program.ts <data folder> <reference>`.
const [data = '', reference = ''] = process.argv.slice(2)
await fetchImage(
  { data, run: data },
  { reference },
  {
    onProgress: ({ bytesDone, layersDone }) => process.stdout.write(`${bytesDone} ${layersDone}\n`),
  },
)
process.stdout.write('done\n')
