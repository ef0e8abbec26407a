import { consistentInstructionCasing, fromAsCasing, stageNameCasing } from './casing.ts'
import type { Check } from './check.ts'
import { jsonArgsRecommended, multipleInstructionsDisallowed } from './commands.ts'
import { copyIgnoredFile } from './copy-ignored-file.ts'
import { exposeInvalidFormat, exposeProtoCasing } from './expose.ts'
import { invalidDefaultArgInFrom, undefinedArgInFrom } from './from-args.ts'
import { legacyKeyValueFormat, maintainerDeprecated, noEmptyContinuation } from './old-forms.ts'
import { fromPlatformFlagConstDisallowed, redundantTargetPlatform } from './platforms.ts'
import { secretsUsedInArgOrEnv } from './secrets.ts'
import { duplicateStageName, invalidDefinitionDescription, reservedStageName } from './stages.ts'
import { undefinedVar } from './undefined-var.ts'
import { workdirRelativePath } from './workdir.ts'

/** Every check. */
export const CHECKS: readonly Check[] = [
  stageNameCasing,
  fromAsCasing,
  noEmptyContinuation,
  consistentInstructionCasing,
  duplicateStageName,
  reservedStageName,
  jsonArgsRecommended,
  maintainerDeprecated,
  undefinedArgInFrom,
  undefinedVar,
  workdirRelativePath,
  legacyKeyValueFormat,
  multipleInstructionsDisallowed,
  redundantTargetPlatform,
  secretsUsedInArgOrEnv,
  invalidDefaultArgInFrom,
  fromPlatformFlagConstDisallowed,
  copyIgnoredFile,
  invalidDefinitionDescription,
  exposeProtoCasing,
  exposeInvalidFormat,
]
