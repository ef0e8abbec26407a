import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { composeText } from '../../bench/project.ts'

test('composeText() gives every service limits and the one network', () => {
  const { services, networks } = parse(composeText({ name: 'p', size: 3 }, 'rootfs:/r'))
  expect(Object.keys(services)).toEqual(['s1', 's2', 's3'])
  expect(services.s2).toMatchObject({ image: 'rootfs:/r', mem_limit: '64m', cpus: 0.5, pids_limit: 32 })
  expect(services.s2.networks).toEqual(Object.keys(networks))
})

test('composeText() of a project that writes has a service that waits for the end of its output', () => {
  const { services } = parse(composeText({ name: 'p', size: 2, writtenBytes: 500 }, 'rootfs:/r'))
  expect(services.writer.command[2]).toContain('| head -c 500')
  expect(services.reader.depends_on).toEqual({ writer: { condition: 'service_completed_successfully' } })
})

test('composeText() of a project that publishes asks from the network of the host', () => {
  const { services } = parse(composeText({ name: 'p', size: 2, publishedPort: 4000 }, 'rootfs:/r'))
  expect(services.answers.ports).toEqual(['127.0.0.1:4000:80', '[::1]:4000:80'])
  expect(services.asks.network_mode).toBe('host')
})
