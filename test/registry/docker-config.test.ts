import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { changeDockerConfig } from '../../src/registry/docker-config.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('changeDockerConfig() writes what a change makes of the file, and leaves numbers as they are', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'config.json')
  writeFileSync(path, '{"a": 1.0}')
  changeDockerConfig(path, config => ({ ...config, b: 'x' }))
  expect(readFileSync(path, 'utf8')).toMatch(/"a": 1\.0/)
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ a: 1, b: 'x' })
})

test('changeDockerConfig() makes the file for its user alone, and none where there is no change', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'docker', 'config.json')
  changeDockerConfig(path, () => undefined)
  expect(() => statSync(path)).toThrow('ENOENT')
  changeDockerConfig(path, () => ({ a: 'x' }))
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('changeDockerConfig() passes on what the change fails with', () => {
  using folder = temporaryFolder()
  const failure = new Error('a bug')
  const change = () => {
    throw failure
  }
  expect(() => changeDockerConfig(join(folder.path, 'config.json'), change)).toThrow(failure)
})

test('changeDockerConfig() changes nothing that is no object, or no file', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'config.json')
  writeFileSync(path, '[]')
  const refusal = {
    code: 'registry-settings',
    message: expect.stringContaining('its text is not a JSON object'),
  }
  expect(() => changeDockerConfig(path, config => config)).toThrow(expect.objectContaining(refusal))
  const inside = join(path, 'config.json')
  expect(() => changeDockerConfig(inside, () => ({}))).toThrow(
    expect.objectContaining({ code: 'registry-settings' }),
  )
  mkdirSync(join(folder.path, 'folder'))
  expect(() => changeDockerConfig(join(folder.path, 'folder'), () => ({}))).toThrow(
    expect.objectContaining({ code: 'registry-settings' }),
  )
})
