/** How a registry wants to be asked, from its `WWW-Authenticate` headers. */
export type Challenge =
  | { readonly kind: 'basic' }
  | {
      readonly kind: 'bearer'
      readonly realm: string
      readonly service: string | undefined
      readonly scope: string | undefined
      /** RFC 6750, 3.1: what is wrong with the token that was sent. */
      readonly error: string | undefined
    }

/** Returns the challenge to answer, Bearer before Basic; undefined if there is none that is known. */
export function parseChallenge(headers: readonly string[]): Challenge | undefined {
  const challenges = headers.flatMap(header => splitChallenges(header))
  const bearer = challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters.has('realm'))
  if (bearer !== undefined) {
    const { parameters } = bearer
    return {
      kind: 'bearer',
      realm: parameters.get('realm') ?? '',
      service: parameters.get('service'),
      scope: parameters.get('scope'),
      error: parameters.get('error'),
    }
  }
  return challenges.some(({ scheme }) => scheme === 'basic') ? { kind: 'basic' } : undefined
}

interface RawChallenge {
  readonly scheme: string
  readonly parameters: Map<string, string>
}

/** RFC 9110, 11.6.1: one header may hold several challenges, divided by the same commas as their parameters. */
function splitChallenges(header: string): readonly RawChallenge[] {
  const challenges: RawChallenge[] = []
  const token = /([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+)))?/g
  for (const [, name = '', quoted, plain] of header.matchAll(token)) {
    const value = quoted?.replaceAll(/\\(.)/g, '$1') ?? plain
    if (value === undefined) challenges.push({ scheme: name.toLowerCase(), parameters: new Map() })
    else challenges.at(-1)?.parameters.set(name.toLowerCase(), value)
  }
  return challenges
}
