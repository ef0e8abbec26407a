import type { LaunchStep } from './launch-op.ts'
import { mountStep, type StepDetails, step } from './launch-steps.ts'
import { type OverlayInput, overlayOptions } from './overlay-options.ts'

/**
 * Returns the steps that mount an overlay at `target`, on the host's side of the change of root.
 *
 * @throws {TcomposeError} `image-invalid` if it has no layer, or more than one mount can hold.
 */
export function overlaySteps(
  input: OverlayInput,
  { target, flags = 0 }: { readonly target: string; readonly flags?: number },
  details: StepDetails,
): readonly LaunchStep[] {
  const { data, workingDir } = overlayOptions(input)
  return [
    ...(workingDir === undefined ? [] : [step({ op: 'chdir', path: workingDir }, details)]),
    mountStep({ type: 'overlay', target, flags, data }, details),
  ]
}
