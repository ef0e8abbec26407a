import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { composeText } from '../../bench/project.ts'

test('composeText() gives every service limits and the one network', () => {
  const { services, networks } = parse(composeText({ name: 'p', size: 3 }, 'rootfs:/r'))
  expect(Object.keys(services)).toEqual(['s1', 's2', 's3'])
  expect(services.s2).toMatchObject({ image: 'rootfs:/r', mem_limit: '64m', cpus: 0.5, pids_limit: 32 })
  expect(services.s2.networks).toEqual(Object.keys(networks))
})
