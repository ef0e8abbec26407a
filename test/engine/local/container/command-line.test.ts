import { expect, test } from 'vitest'
import { commandLine } from '../../../../src/engine/local/container/command-line.ts'
import type { ImageConfig } from '../../../../src/model/image.ts'
import { EMPTY_IMAGE_CONFIG } from '../../../../src/oci/image-config.ts'

const image: ImageConfig = { ...EMPTY_IMAGE_CONFIG, entrypoint: ['/entry'], command: ['serve', '-p'] }
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
  {
    name: "the image's command when the entrypoint is an empty list",
    file: { entrypoint: [] },
    argv: ['serve', '-p'],
  },
  { name: 'one empty word for no entrypoint', file: { entrypoint: [''], command: ['c'] }, argv: ['c'] },
  { name: 'an empty word behind a program', file: { command: [''] }, argv: ['/entry', ''] },
]
for (const { name, file, argv } of cases) {
  test(`commandLine() takes ${name}`, () => {
    expect(commandLine({ ...service, ...file }, image)).toEqual(argv)
  })
}

test('commandLine() throws when nothing is left to run', () => {
  expect(() => commandLine({ ...service, entrypoint: [] }, EMPTY_IMAGE_CONFIG)).toThrow(
    expect.objectContaining({
      code: 'container-launch',
      message: 'Cannot start service "web": neither the file nor image "oci:x" names a command',
    }),
  )
})

test("commandLine() takes an image's one empty word for no entrypoint", () => {
  expect(commandLine(service, { ...image, entrypoint: [''] })).toEqual(['serve', '-p'])
})

test("commandLine() lets one empty word set the image's command aside too", () => {
  expect(() => commandLine({ ...service, entrypoint: [''] }, image)).toThrow(
    'Cannot start service "web": its entrypoint is empty and overrides the command of image "oci:x"',
  )
})

for (const { file, key } of [
  { file: { entrypoint: [], command: [''] }, key: 'command' },
  { file: { entrypoint: ['', 'x'] }, key: 'entrypoint' },
]) {
  test(`commandLine() refuses to run an empty word of ${key}`, () => {
    expect(() => commandLine({ ...service, ...file }, image)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('the first word of its command line is empty'),
        origin: `services.web.${key}`,
      }),
    )
  })
}
