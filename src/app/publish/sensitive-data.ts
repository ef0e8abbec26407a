/** Something that looks like a secret. */
export interface SensitiveValue {
  /** What it looks like, e.g. `AWS Secret Key`. */
  readonly type: string
  /** Where it is; empty in a text without keys. */
  readonly key: string
  readonly value: string
}

/** A value and what leads to it. */
interface NamedValue {
  readonly key: string
  readonly value: string
}

/** Keys of services whose format tells them from other text. The first that fits counts. */
const FORMATS: readonly (readonly [type: string, pattern: RegExp])[] = [
  [
    'AWS Client ID',
    /(?<![A-Za-z0-9])(?:A3T[A-Z0-9]|AKIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/,
  ],
  ['AWS Secret Key', /aws.{0,20}?["'][A-Za-z0-9/+]{40}["']/i],
  ['Github authentication', /(?<![A-Za-z0-9_])(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})/],
  ['GitLab token', /(?<![A-Za-z0-9_])glpat-[A-Za-z0-9_-]{20,}/],
  ['JSON Web Token', /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+/],
  [
    'Private Key',
    /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|$)/,
  ],
  [
    'Slack token',
    /(?<![A-Za-z0-9])(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{10,}|https:\/\/hooks\.slack\.com\/services\/[A-Za-z0-9/]{20,}/,
  ],
  ['Stripe key', /(?<![A-Za-z0-9])[rs]k_live_[A-Za-z0-9]{20,}/],
  ['SendGrid key', /(?<![A-Za-z0-9])SG\.[A-Za-z0-9_-]{20,24}\.[A-Za-z0-9_-]{39,50}/],
  ['Twilio key', /(?<![A-Za-z0-9])(?:AC|SK)[a-f0-9]{32}(?![A-Za-z0-9])/],
  ['Mailchimp key', /(?<![A-Za-z0-9])[a-f0-9]{32}-us\d{1,2}(?![A-Za-z0-9])/],
  ['NPM token', /(?<![A-Za-z0-9_])npm_[A-Za-z0-9]{36}|:_authToken=[A-Za-z0-9-]{20,}/],
  ['Google API key', /(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{35}/],
  ['Azure storage key', /AccountKey=[A-Za-z0-9+/]{86}==/],
  ['Basic authentication', /(?<![A-Za-z])Basic [A-Za-z0-9+/]{8,}={0,2}/],
  ['Bearer authentication', /(?<![A-Za-z])Bearer [A-Za-z0-9._~+/-]{8,}={0,2}/],
  ['URL with password', /[a-z][a-z0-9+.-]*:\/\/[^\s:/?#@$]+:[^\s:/?#@$]+@[^\s/]+/i],
]

/** A name that says that its value is nobody's business. */
const SECRET_NAME =
  /pass(?:word|wd|phrase)?$|passwd|password|secret|token|credential|(?:api|access|private|auth|encryption|signing)[_-]?key/i

/** Tells whether a variable of this name should not be shown. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name)
}

/** Returns what looks like a secret among values with keys. */
export function sensitiveAmong(values: readonly NamedValue[]): readonly SensitiveValue[] {
  return values.flatMap(({ key, value }) => {
    const type = FORMATS.find(([, pattern]) => pattern.test(value))?.[0]
    if (type !== undefined) return [{ type, key, value }]
    return isSecretName(lastWord(key)) && isRandom(value) ? [{ type: 'Secret keyword', key, value }] : []
  })
}

/** Returns what looks like a secret in a text: one of `NAME=value` lines, or any other. */
export function sensitiveIn(text: string): readonly SensitiveValue[] {
  const lines = text.split(/\r?\n/).filter(line => line.trim() !== '' && !/^\s*[#;]/.test(line))
  const pairs = lines.map(line => /^\s*(?:export\s+)?([\w.-]+)\s*=\s*(.*?)\s*$/.exec(line))
  if (lines.length > 0 && pairs.every(pair => pair !== null)) {
    return sensitiveAmong(pairs.map(([, key = '', value = '']) => ({ key, value: unquoted(value) })))
  }
  return FORMATS.flatMap(([type, pattern]) => {
    const all = text.matchAll(new RegExp(pattern, `${pattern.flags}g`))
    return [...all].map(([value]) => ({ type, key: '', value }))
  })
}

function lastWord(key: string): string {
  return key.slice(key.lastIndexOf('.') + 1)
}

function unquoted(value: string): string {
  return /^(["'])(.*)\1$/s.exec(value)?.[2] ?? value
}

/** In bits for each character; words of a language have less, and so has what a person types. */
const RANDOM_BITS = 4

/** Text that a variable will replace is no secret. */
function isRandom(value: string): boolean {
  if (value.includes('$')) return false
  const counts = [...Map.groupBy(value, letter => letter).values()].map(({ length }) => length / value.length)
  return -counts.reduce((sum, share) => sum + share * Math.log2(share), 0) >= RANDOM_BITS
}
