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
  target: string,
  details: StepDetails,
): readonly LaunchStep[] {
  const options = overlayOptions(input)
  const { workingDir } = options
  return [
    ...(workingDir === undefined ? [] : [step({ op: 'chdir', path: workingDir }, details)]),
    options.kind === 'page'
      ? mountStep({ type: 'overlay', target, data: options.data }, details)
      : step(
          {
            op: 'mount-overlay',
            target,
            layers: options.layers,
            names: options.settings.map(([name]) => name),
            values: options.settings.map(([, value]) => value),
          },
          details,
        ),
  ]
}
