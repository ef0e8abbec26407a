import { expect, test } from 'vitest'
import { liveForward } from '../../../../src/engine/local/apply/live-forward.ts'
import { EMPTY_IMAGE_CONFIG } from '../../../../src/oci/image-config.ts'
import { aContainerSpec } from '../../../support/container-input.ts'

test('liveForward() gives messages to the journal the labels and variables that are asked for', () => {
  const target = {
    kind: 'journald',
    tag: 'a',
    labels: ['my.app', 'none'],
    variables: ['_MODE', 'PATH', 'OFF'],
  } as const
  const spec = aContainerSpec({
    image: 'web',
    labels: new Map([['my.app', 'shop']]),
    environment: new Map([
      ['_MODE', 'x'],
      ['OFF', undefined],
    ]),
    logging: { kind: 'file', isPacked: false, target },
  })
  const config = { ...EMPTY_IMAGE_CONFIG, environment: ['PATH=/bin', 'OFF=1'] }
  expect(liveForward({ spec, inheritedLogs: 3 }, { config }).forward).toEqual({
    ...{ target, image: 'web', after: 3 },
    fields: new Map([
      ['MY_APP', 'shop'],
      ['MODE', 'x'],
      ['PATH', '/bin'],
    ]),
  })
  expect(liveForward({ spec: aContainerSpec({ image: 'web' }) }, { config })).toEqual({})
})
