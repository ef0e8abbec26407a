import { describe, expect, test } from 'vitest'
import { foreignEngine, pluginCall, pluginMetadata } from '../../src/cli/docker-plugin.ts'

describe('pluginCall()', () => {
  for (const { line, argv, engine } of [
    { line: 'up -d', argv: ['up', '-d'], engine: undefined },
    { line: 'compose up -d', argv: ['up', '-d'], engine: undefined },
    { line: '--host tcp://a:1 compose ps', argv: ['ps'], engine: 'tcp://a:1' },
    { line: '--context=b -D compose ps', argv: ['ps'], engine: 'b' },
    { line: '-c b --tls compose', argv: [], engine: 'b' },
    { line: '--config /x -l debug compose -f y up', argv: ['-f', 'y', 'up'], engine: undefined },
    { line: '-f compose up', argv: ['-f', 'compose', 'up'], engine: undefined },
    { line: 'exec compose ls', argv: ['exec', 'compose', 'ls'], engine: undefined },
    { line: '--host tcp://a:1 up', argv: ['--host', 'tcp://a:1', 'up'], engine: undefined },
  ]) {
    test(`reads "${line}"`, () => {
      expect(pluginCall(line.split(' '))).toEqual({ argv, engine })
    })
  }
})

test('pluginMetadata() has what the docker CLI checks', () => {
  expect(JSON.parse(pluginMetadata('1.2.3'))).toEqual({
    SchemaVersion: '0.1.0',
    Vendor: 'tcompose',
    Version: 'v1.2.3',
    ShortDescription: 'Run Compose files with no daemon',
  })
})

describe('foreignEngine()', () => {
  for (const { flag, environment = {}, engine } of [
    { engine: undefined },
    { environment: { DOCKER_HOST: 'unix:///var/run/docker.sock' }, engine: undefined },
    { environment: { DOCKER_HOST: '', DOCKER_CONTEXT: 'default' }, engine: undefined },
    { environment: { DOCKER_HOST: 'ssh://user@host' }, engine: 'ssh://user@host' },
    { environment: { DOCKER_CONTEXT: 'remote' }, engine: 'remote' },
    { flag: 'tcp://a:1', environment: { DOCKER_HOST: 'unix:///x' }, engine: 'tcp://a:1' },
  ] as readonly {
    readonly flag?: string
    readonly environment?: Readonly<Record<string, string>>
    readonly engine: string | undefined
  }[]) {
    test(`is ${engine} for ${JSON.stringify({ flag, environment })}`, () => {
      expect(foreignEngine(flag, new Map(Object.entries(environment)))).toBe(engine)
    })
  }
})
