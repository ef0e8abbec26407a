import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { findProvider } from '../../../src/local/provider/find-provider.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

function program(path: string, mode = 0o755): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, '#!/bin/sh\n')
  chmodSync(path, mode)
}

test('findProvider() prefers a plugin of Docker to a program on PATH', () => {
  using folder = temporaryFolder()
  const environment = new Map([
    ['HOME', join(folder.path, 'home')],
    ['PATH', `${join(folder.path, 'first')}:${join(folder.path, 'bin')}`],
  ])
  program(join(folder.path, 'bin/cloud'))
  mkdirSync(join(folder.path, 'first/cloud'), { recursive: true })
  expect(findProvider('cloud', environment)).toEqual({ kind: 'found', path: join(folder.path, 'bin/cloud') })
  const plugin = join(folder.path, 'home/.docker/cli-plugins/docker-cloud')
  program(plugin)
  expect(findProvider('cloud', environment)).toEqual({ kind: 'found', path: plugin })
  expect(findProvider('cloud', new Map([...environment, ['DOCKER_CONFIG', folder.path]]))).toEqual({
    kind: 'found',
    path: join(folder.path, 'bin/cloud'),
  })
})

test('findProvider() looks in no folder that is relative, and says where it has looked', () => {
  using folder = temporaryFolder()
  program(join(folder.path, 'cloud'), 0o644)
  const environment = new Map([
    ['HOME', folder.path],
    ['PATH', `.::bin:${folder.path}`],
  ])
  const found = findProvider('cloud', environment)
  expect(found).toEqual({
    kind: 'missing',
    places: [
      join(folder.path, '.docker/cli-plugins/docker-cloud'),
      '/usr/local/lib/docker/cli-plugins/docker-cloud',
      '/usr/local/libexec/docker/cli-plugins/docker-cloud',
      '/usr/lib/docker/cli-plugins/docker-cloud',
      '/usr/libexec/docker/cli-plugins/docker-cloud',
      join(folder.path, 'cloud'),
    ],
  })
})
