import { describe, expect, test } from 'vitest'
import { isSecretName, sensitiveAmong, sensitiveIn } from '../../../src/app/publish/sensitive-data.ts'

/** Made up, and split so that no scanner of repositories takes them for real. */
const join = (...parts: readonly string[]) => parts.join('')

describe('sensitiveAmong()', () => {
  test.for([
    ['AWS Client ID', join('A3TX', '1234567890ABCDEF')],
    ['AWS Secret Key', join('aws"12345+67890/abcdefghijklm', '+NOPQRSTUVWXYZ+"')],
    ['Github authentication', join('ghp_', '1234567890abcdefghijklmnopqrstuvwxyz')],
    ['JSON Web Token', join('eyJhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiIxMjM0NTY3ODkwIn0', '.SflKxwRJSMeKKF2QT4fw')],
    ['Private Key', join('-----BEGIN DSA ', 'PRIVATE KEY-----\nwxyz+ABC=\n-----END DSA PRIVATE KEY-----')],
    ['Stripe key', join('sk_live_', '1234567890abcdefgHIJKLMN')],
    ['Slack token', join('xoxb-', '1234567890-abcdefghij')],
    ['Basic authentication', join('Basic ', 'ZDp6czpxd2Vy')],
    ['URL with password', join('smtp://user:p455', 'w0rd@smtp.example.com:465/')],
  ] as const)('knows a value of the type %s', ([type, value]) => {
    expect(sensitiveAmong([{ key: 'services.a.environment.X', value }])).toEqual([
      { type, key: 'services.a.environment.X', value },
    ])
  })

  test('takes a value that looks random for a secret where its name says so', () => {
    const value = join('q8Zr1TzK', 'w0uYb5MnXc3V')
    expect(sensitiveAmong([{ key: 'services.a.environment.DB_PASSWORD', value }])).toHaveLength(1)
    expect(sensitiveAmong([{ key: 'services.a.image', value }])).toEqual([])
  })

  test.for([
    ['services.a.image', `registry.example:5000/team/app:1.0@sha256:${'ab'.repeat(32)}`],
    ['services.a.environment.PASSWORD', '${PASSWORD:?set it, please, or nothing works}'],
    ['services.a.environment.PASSWORD', 'changeme'],
    ['services.a.healthcheck.test', 'curl -f http://localhost:8080/health'],
    ['services.a.environment.DATABASE', 'postgres://db:5432/app'],
    ['services.a.environment.DATABASE', 'postgres://user:${PASSWORD}@db:5432/app'],
  ] as const)('leaves %s: %s alone', ([key, value]) => {
    expect(sensitiveAmong([{ key, value }])).toEqual([])
  })
})

describe('sensitiveIn()', () => {
  test('reads lines of an env file by their names', () => {
    const token = join('ghp_', '1234567890abcdefghijklmnopqrstuvwxyz')
    expect(sensitiveIn(`# tokens\nexport GITHUB_TOKEN="${token}"\nPORT=80\n`)).toEqual([
      { type: 'Github authentication', key: 'GITHUB_TOKEN', value: token },
    ])
  })

  test('finds several in any other text', () => {
    const key = join('-----BEGIN ', 'PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----')
    const id = join('AKIA', '1234567890ABCDEF')
    expect(sensitiveIn(`first ${id}\n${key}\n`)).toEqual([
      { type: 'AWS Client ID', key: '', value: id },
      { type: 'Private Key', key: '', value: key },
    ])
  })
})

test.for(['MYSQL_ROOT_PASSWORD', 'API_KEY', 'github_token', 'ClientSecret', 'SIGNING_KEY'])(
  'isSecretName() knows %s',
  name => {
    expect(isSecretName(name)).toBe(true)
  },
)

test.for(['KEYBOARD', 'HOST', 'PASSENGER_ENV', 'MONKEY'])('isSecretName() lets %s be', name => {
  expect(isSecretName(name)).toBe(false)
})
