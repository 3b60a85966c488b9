/** Read-outs → posterior samples: averaging, and just as much added noise as the posterior asks for. */
export { type MeasureOptions, measureLayers } from "./measure.ts";
export { referenceSamples } from "./reference.ts";
export {
  type PosteriorSampler,
  posteriorSampler,
  type SampleOptions,
  type SamplerOptions,
} from "./sampler.ts";
export type { MeasuredLayer } from "./top-up.ts";
export type * from "./types.ts";
