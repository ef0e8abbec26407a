import { expect, test } from 'vitest'
import { commandLine } from '../../../src/engine/container/command-line.ts'
import type { ImageConfig } from '../../../src/model/image.ts'
import { anImageConfig } from '../../support/container-input.ts'

const image: ImageConfig = { ...anImageConfig(), entrypoint: ['/entry'], command: ['serve', '-p'] }
const service = { name: 'web', image: 'oci:x', entrypoint: undefined, command: undefined }

const cases = [
  { name: "the image's own", file: {}, argv: ['/entry', 'serve', '-p'] },
  {
    name: "the file's command behind the image's entrypoint",
    file: { command: ['x'] },
    argv: ['/entry', 'x'],
  },
  { name: 'an emptied command', file: { command: [] }, argv: ['/entry'] },
  { name: "the file's entrypoint without the image's command", file: { entrypoint: ['/e'] }, argv: ['/e'] },
  { name: 'both of the file', file: { entrypoint: ['/e'], command: ['c'] }, argv: ['/e', 'c'] },
  {
    name: 'the command alone when the entrypoint is emptied',
    file: { entrypoint: [], command: ['c'] },
    argv: ['c'],
  },
]
for (const { name, file, argv } of cases) {
  test(`commandLine() takes ${name}`, () => {
    expect(commandLine({ ...service, ...file }, image)).toEqual(argv)
  })
}

test('commandLine() throws when nothing is left to run', () => {
  expect(() => commandLine({ ...service, entrypoint: [] }, image)).toThrow(
    expect.objectContaining({
      code: 'container-launch',
      message: 'Cannot start service "web": neither the file nor image "oci:x" names a command',
    }),
  )
})
