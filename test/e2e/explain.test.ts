import { expect, test } from 'vitest'
import { TestProject } from '../support/test-project.ts'

const COMPOSE = `
name: shop
services:
  web:
    image: "rootfs:\${ROOT_FOLDER:-/}"
    command: ["true"]
    use_api_socket: true
`

test('explain and schema print files of the package', async () => {
  await using project = new TestProject({})
  expect(await project.succeed('explain', 'TC1010')).toMatch(/^TC1010 unsupported-key\n\nThe key is valid/)
  expect(JSON.parse(await project.succeed('schema'))).toHaveProperty('properties.services')
})

test('config --explain and env explain describe the origin of values in files and variables', async () => {
  await using project = new TestProject({ compose: COMPOSE, files: { '.env': 'ROOT_FOLDER=/\n' } })
  const value = await project.succeed('config', '--explain', 'web.image')
  expect(value).toContain('services.web.image = "rootfs:/"')
  expect(value).toContain('compose.yaml:5:12')
  expect(value).toContain('.env:1:1')
  expect(await project.succeed('env', 'explain', 'ROOT_FOLDER')).toContain('ROOT_FOLDER = "/"')
})

test('--allow-unsupported turns refused keys into a warning that plan and up show', async () => {
  await using project = new TestProject({ compose: COMPOSE })
  const refused = await project.run(['--diagnostics', 'line', 'plan'])
  expect(refused.exitCode).toBe(2)
  expect(refused.stderr).toMatch(/^compose\.yaml:7:5: error: .*"use_api_socket"/)
  for (const args of [['plan'], ['up', '-d']]) {
    const allowed = await project.run(['--allow-unsupported', '--diagnostics', 'line', ...args])
    expect(allowed.exitCode).toBe(0)
    expect(allowed.stderr).toMatch(/compose\.yaml:7:5: warning: .*"use_api_socket"/)
  }
  const shown = await project.run(['ps', '-a', '--services'])
  expect(shown).toMatchObject({ exitCode: 0, stdout: 'web\n', stderr: '' })
})

test('config -o writes a file that loads back to the same hashes', async () => {
  await using project = new TestProject({ compose: COMPOSE.replace('    use_api_socket: true\n', '') })
  await project.succeed('config', '-o', 'canonical.yaml')
  const hashes = await project.succeed('config', '--hash', '*')
  expect(await project.succeed('-f', 'canonical.yaml', 'config', '--hash', '*')).toBe(hashes)
})
