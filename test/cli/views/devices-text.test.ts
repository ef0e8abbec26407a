import { expect, test } from 'vitest'
import { servicePath } from '../../../src/base/model-path.ts'
import { devicesJson, devicesText } from '../../../src/cli/views/devices-text.ts'

const forecast = {
  service: 'web',
  requests: [
    {
      origin: servicePath('web', 'gpus', 0),
      devices: ['nvidia.com/gpu=0', 'nvidia.com/gpu=1'],
      source: 'driver 535.1',
    },
  ],
  problems: [],
  notices: [],
}

test('devicesText() says what each request is for, and nothing where there is none', () => {
  expect(devicesText([])).toBe('')
  expect(devicesText([forecast])).toBe(
    '\nDevices:\n  web   gpus[0]   nvidia.com/gpu=0, nvidia.com/gpu=1   (driver 535.1)\n',
  )
})

test('devicesJson() has the same', () => {
  expect(devicesJson([forecast])).toEqual([{ service: 'web', requests: forecast.requests }])
})
