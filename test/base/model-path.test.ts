import { expect, test } from 'vitest'
import { networkPath, servicePath, volumePath } from '../../src/base/model-path.ts'

test('servicePath(), networkPath() and volumePath() join keys and positions by dots', () => {
  expect(servicePath('db')).toBe('services.db')
  expect(servicePath('db', 'sysctls', 'net.core.somaxconn')).toBe('services.db.sysctls.net.core.somaxconn')
  expect(servicePath('db', 'volumes', 0)).toBe('services.db.volumes.0')
  expect(networkPath('back', 'ipam')).toBe('networks.back.ipam')
  expect(volumePath('data')).toBe('volumes.data')
})
