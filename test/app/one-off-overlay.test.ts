import { expect, test } from 'vitest'
import { type OverlaidOptions, oneOffOverlay } from '../../src/app/one-off-overlay.ts'

const NOTHING: OverlaidOptions = {
  ...{ service: 'web', volumes: [], publish: [], capAdd: [], capDrop: [], workingDirectory: '/here' },
}

test('oneOffOverlay() is none where nothing of it was asked for', () => {
  expect(oneOffOverlay(NOTHING)).toBeUndefined()
})

test.for([
  { volume: './out:/out', written: '"/here/./out:/out"', declared: '' },
  { volume: '../out:/out:ro', written: '"/here/../out:/out:ro"', declared: '' },
  { volume: '/etc:/etc', written: '"/etc:/etc"', declared: '' },
  { volume: '/data', written: '"/data"', declared: '' },
  { volume: 'data:/data', written: '"data:/data"', declared: '"data": {}' },
  { volume: '/a"b$c:/d', written: String.raw`"/a\"b$$c:/d"`, declared: '' },
])('oneOffOverlay() writes volume $volume', ({ volume, written, declared }) => {
  expect(oneOffOverlay({ ...NOTHING, volumes: [volume] })?.text).toBe(
    `services: {"web": {volumes: [${written}]}}\nvolumes: {${declared}}\n`,
  )
})

test('oneOffOverlay() replaces ports, and adds capabilities', () => {
  const options = { ...NOTHING, publish: ['8080:80'], capAdd: ['SYS_TIME'], capDrop: ['ALL'] }
  expect(oneOffOverlay(options)?.text).toContain(
    '{ports: !override ["8080:80"], cap_add: ["SYS_TIME"], cap_drop: ["ALL"]}',
  )
})
