import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Credentials, findCredentials } from '../../src/registry/credentials.ts'
import { forgetCredentials, keepCredentials } from '../../src/registry/keep-credentials.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const USER: Credentials = { kind: 'password', username: 'user', password: 'pass:word' }
const TOKEN: Credentials = { kind: 'identity-token', username: 'user', token: 'refresh' }
const AUTH = Buffer.from('user:pass:word').toString('base64')

function readConfig(folder: string): unknown {
  return JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'))
}

describe('keepCredentials() without a helper', () => {
  test('makes a file for its owner alone, which findCredentials() reads', async () => {
    using root = temporaryFolder()
    const environment = { HOME: root.path }
    const path = join(root.path, '.docker/config.json')
    expect(await keepCredentials('a.example', USER, environment)).toEqual({ kind: 'file', path })
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readConfig(join(root.path, '.docker'))).toEqual({ auths: { 'a.example': { auth: AUTH } } })
    expect(await findCredentials('a.example', environment)).toEqual(USER)
    expect(await findCredentials('b.example', environment)).toBeUndefined()
    expect(readdirSync(join(root.path, '.docker'))).toEqual(['config.json'])
  })

  test('writes an identity token as Docker does', async () => {
    using root = temporaryFolder()
    const environment = { DOCKER_CONFIG: root.path }
    await keepCredentials('a.example', TOKEN, environment)
    const auth = Buffer.from('user:').toString('base64')
    expect(readConfig(root.path)).toEqual({ auths: { 'a.example': { auth, identitytoken: 'refresh' } } })
    expect(await findCredentials('a.example', environment)).toEqual(TOKEN)
  })

  test('uses the address of old for Docker Hub, in place of other names of it', async () => {
    using root = temporaryFolder()
    const environment = { DOCKER_CONFIG: root.path }
    writeFileSync(
      join(root.path, 'config.json'),
      JSON.stringify({ auths: { 'docker.io': { auth: 'eDp5' }, 'b.example': {} } }),
    )
    await keepCredentials('docker.io', USER, environment)
    expect(readConfig(root.path)).toEqual({
      auths: { 'b.example': {}, 'https://index.docker.io/v1/': { auth: AUTH } },
    })
    expect(await findCredentials('docker.io', environment)).toEqual(USER)
  })

  test('keeps all else of the file to the digit, and follows a link to it', async () => {
    using root = temporaryFolder()
    const real = join(root.path, 'real.json')
    const text = `{
\t"auths": {
\t\t"b.example": {
\t\t\t"auth": "eDp5",
\t\t\t"email": "x@y"
\t\t}
\t},
\t"HttpHeaders": {
\t\t"X": "1"
\t},
\t"big": 12345678901234567890123,
\t"exact": 1.10
}
`
    writeFileSync(real, text, { mode: 0o644 })
    symlinkSync(real, join(root.path, 'config.json'))
    const environment = { DOCKER_CONFIG: root.path }
    await keepCredentials('a.example', USER, environment)
    expect(lstatSync(join(root.path, 'config.json')).isSymbolicLink()).toBe(true)
    expect(statSync(real).mode & 0o777).toBe(0o600)
    expect(readFileSync(real, 'utf8')).toContain('"big": 12345678901234567890123,\n\t"exact": 1.10')
    expect(await forgetCredentials('a.example', environment)).toBe(true)
    expect(readFileSync(real, 'utf8')).toBe(text)
    expect(await forgetCredentials('a.example', environment)).toBe(false)
  })

  for (const [what, text] of [
    ['no JSON', '{"auths": '],
    ['no object', '[]'],
    ['auths that are a text', '{"auths": "x"}'],
  ] as const) {
    test(`leaves a file alone that holds ${what}, and names it`, async () => {
      using root = temporaryFolder()
      const path = join(root.path, 'config.json')
      writeFileSync(path, text)
      await expect(keepCredentials('a.example', USER, { DOCKER_CONFIG: root.path })).rejects.toMatchObject({
        code: 'registry-settings',
        message: expect.stringContaining(path),
      })
      expect(readFileSync(path, 'utf8')).toBe(text)
      expect(readdirSync(root.path)).toEqual(['config.json'])
    })
  }
})

/** Makes a helper program that keeps one file per host below `root`, as those of Docker do. */
function makeHelper(root: string): NodeJS.ProcessEnv {
  mkdirSync(join(root, 'kept'))
  const path = join(root, 'docker-credential-test')
  const script = `#!/bin/sh
case $1 in
store) read -r line; echo "$line" > ${root}/kept/entry ;;
get) read -r key; [ -e ${root}/kept/entry ] || { echo "credentials not found in native keychain"; exit 1; }
  grep -q "\\"ServerURL\\":\\"$key\\"" ${root}/kept/entry || { echo "credentials not found in native keychain"; exit 1; }
  cat ${root}/kept/entry ;;
erase) read -r key; rm ${root}/kept/entry ;;
esac
`
  writeFileSync(path, script)
  chmodSync(path, 0o755)
  return { DOCKER_CONFIG: root, PATH: `${root}:${process.env['PATH']}` }
}

describe('keepCredentials() with a helper', () => {
  const places: ReadonlyArray<{ readonly what: string; readonly config: object; readonly host: string }> = [
    { what: 'of all hosts', config: { credsStore: 'test' }, host: 'a.example' },
    {
      what: 'of the host',
      config: { credsStore: 'gone', credHelpers: { 'a.example': 'test' } },
      host: 'a.example',
    },
    { what: 'for Docker Hub', config: { credsStore: 'test' }, host: 'docker.io' },
  ]
  for (const { what, config, host } of places) {
    for (const credentials of [USER, TOKEN]) {
      test(`${what} gives it a ${credentials.kind}, and takes it back`, async () => {
        using root = temporaryFolder()
        const environment = makeHelper(root.path)
        writeFileSync(join(root.path, 'config.json'), JSON.stringify(config))
        expect(await keepCredentials(host, credentials, environment)).toEqual({
          kind: 'helper',
          program: 'docker-credential-test',
        })
        const key = host === 'docker.io' ? 'https://index.docker.io/v1/' : host
        expect(readConfig(root.path)).toEqual({ ...config, auths: { [key]: {} } })
        const found = await findCredentials(host, environment)
        expect(found).toEqual(
          credentials.kind === 'identity-token' ? { ...credentials, username: '<token>' } : credentials,
        )
        expect(await forgetCredentials(host, environment)).toBe(true)
        expect(readConfig(root.path)).toEqual({ ...config, auths: {} })
        expect(existsSync(join(root.path, 'kept/entry'))).toBe(false)
        expect(await forgetCredentials(host, environment)).toBe(false)
      })
    }
  }

  test('that fails says so, and writes nothing', async () => {
    using root = temporaryFolder()
    const environment = makeHelper(root.path)
    writeFileSync(join(root.path, 'docker-credential-test'), '#!/bin/sh\necho locked; exit 2\n')
    const text = '{"credsStore":"test"}'
    writeFileSync(join(root.path, 'config.json'), text)
    await expect(keepCredentials('a.example', USER, environment)).rejects.toMatchObject({
      code: 'registry-settings',
      message: expect.stringContaining('"docker-credential-test": it ended with 2 (locked)'),
    })
    expect(readFileSync(join(root.path, 'config.json'), 'utf8')).toBe(text)
  })
})
