import type { SourceSpan } from '../../../base/source-span.ts'
import type { Instruction } from '../../../model/dockerfile.ts'
import type { Check } from './check.ts'

const SECRET = /(?:_|^)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)/i
const NO_SECRET = /(?:_|^)(?:public|file|version)(?:_|$)/i

/** ARG and ENV hold no secrets, since the image shows them. */
export const secretsUsedInArgOrEnv: Check = {
  name: 'SecretsUsedInArgOrEnv',
  find: ({ stages }) =>
    stages.flatMap(({ instructions }) =>
      instructions.flatMap(instruction =>
        namesOf(instruction)
          .filter(({ name }) => SECRET.test(name) && !NO_SECRET.test(name))
          .map(({ name, span }) => ({
            message: `${instruction.kind.toUpperCase()} "${name}" looks like a secret, and the image shows it`,
            span,
            hint: 'use RUN --mount=type=secret',
          })),
      ),
    ),
}

interface NamedPlace {
  readonly name: string
  readonly span: SourceSpan
}

function namesOf(instruction: Instruction): readonly NamedPlace[] {
  if (instruction.kind === 'arg') return instruction.args
  if (instruction.kind !== 'env') return []
  return instruction.entries.map(({ name: { text, span } }) => ({ name: text, span }))
}
