/** How a library names the mean and the spread of a weight, and what it stores. */
export interface NamingRule {
  readonly library: string;
  /** A mean's key. Group `layer` is the layer's prefix with its separator; `param` says weight or bias (else the rank does). */
  readonly mean: RegExp;
  /** The key of its spread, a replacement for `mean`; the first that exists. */
  readonly spread: readonly string[];
  /** The transform that makes standard deviations (see parseTransform), or where Pyro says it for each key. */
  readonly std: string | "by constraint";
  /** What the library calls the stored value. */
  readonly rho: string;
  /** Keys that must be there and that must not be, so that a library is told by a set of keys. */
  readonly present?: RegExp;
  readonly absent?: RegExp;
  /** Only where a stored value is negative, so that it cannot be a standard deviation as its name says. */
  readonly negative?: true;
  /** Parameters stored [in, out] (or [k, k, in, out]); all others are [out, in, …]. */
  readonly inputsFirst?: readonly string[];
  /** A mean without a spread is a point value: std 0. */
  readonly points?: true;
  /** Second copies of parameters, and buffers. */
  readonly drop?: RegExp;
  readonly note?: string;
}

const aliases = /_sampler\.|(^|[._])eps(_|$)|prior/;

const pairedByWords =
  "No known library has these names: means and spreads were paired by the words in them, weights taken as [out, in].";

/** Where the word for a mean may stand, and the spread's key with `@` for its word: `w.mean`, `mean_w`, `w1_mean`, `mean`. */
const places: readonly (readonly [RegExp, string])[] = [
  [
    /^(?<layer>(?:.*?[._/])??)(?<param>weights?|kernel|bias|w|b)(?<join>[._/]?)(?:mu|mean|loc)$/i,
    "$<layer>$<param>$<join>@",
  ],
  [
    /^(?<layer>(?:.*?[._/])??)(?:mu|mean|loc)(?<join>[._/]?)(?<param>weights?|kernel|bias|w|b)$/i,
    "$<layer>@$<join>$<param>",
  ],
  [
    /^(?<head>.*?)(?<param>weight|bias|w|b)(?<layer>_?\d+)(?<join>[._/]?)(?:mu|mean|loc)$/i,
    "$<head>$<param>$<layer>$<join>@",
  ],
  [/^(?<layer>(?:.+[._/])?)(?:mu|mean|loc)$/i, "$<layer>@"],
];

/**
 * Libraries in the order they are tried; the first whose keys are all there is taken. Each row is from the library's source:
 * see docs/import.md for versions.
 */
export const namingTable: readonly NamingRule[] = [
  {
    library: "bayesian-torch",
    mean: /^(?<layer>(?:.+\.)?)mu_(?<param>weight|kernel|bias)$/,
    spread: ["$<layer>rho_$<param>"],
    std: "softplus",
    rho: "rho",
    drop: aliases,
  },
  {
    library: "blitz",
    mean: /^(?<layer>(?:.+\.)?)(?<param>weight|bias)_mu$/,
    spread: ["$<layer>$<param>_rho"],
    std: "softplus",
    rho: "rho",
    present: /weight_sampler\.rho$/,
    drop: aliases,
    note: 'blitz keeps a bias even where a layer was made with bias=False; if so, say "bias": false in the arch file.',
  },
  {
    library: "torch-uncertainty",
    mean: /^(?<layer>(?:.+\.)?)(?<param>weight|bias)_mu$/,
    spread: ["$<layer>$<param>_sigma"],
    std: "softplus",
    rho: "sigma",
    present: /weight_sampler\.rho$|_prior_dist\./,
    drop: aliases,
  },
  {
    library: "torch-uncertainty",
    mean: /^(?<layer>(?:.+\.)?)(?<param>weight|bias)_mu$/,
    spread: ["$<layer>$<param>_sigma"],
    std: "softplus",
    rho: "sigma",
    negative: true,
    drop: aliases,
    note: "The values called sigma are partly negative, so they are what torch-uncertainty puts through softplus.",
  },
  {
    library: "torchbnn",
    mean: /^(?<layer>(?:.+\.)?)(?<param>weight|bias)_mu$/,
    spread: ["$<layer>$<param>_log_sigma"],
    std: "exp",
    rho: "log_sigma",
    drop: aliases,
  },
  {
    library: "bayes-by-backprop (nitarshan)",
    mean: /^(?<layer>(?:.+\.)?)(?<param>weight|bias)_mu$/,
    spread: ["$<layer>$<param>_rho"],
    std: "softplus",
    rho: "rho",
    present: /weight_rho$/,
    drop: aliases,
  },
  {
    library: "PyTorch-BayesianCNN",
    mean: /^(?<layer>(?:.+\.)?)(?<param>W|bias)_mu$/,
    spread: ["$<layer>$<param>_rho"],
    std: "softplus",
    rho: "rho",
    present: /W_rho$/,
    drop: aliases,
  },
  {
    library: "Bayesian-Neural-Networks (JavierAntoran)",
    mean: /^(?<layer>(?:.+\.)?)(?<param>W|b)_mu$/,
    spread: ["$<layer>$<param>_p"],
    std: "softplus+1e-6",
    rho: "p",
    inputsFirst: ["W"],
    drop: aliases,
  },
  {
    library: "bayesianize FFG",
    mean: /^(?<layer>(?:.+\.)?)(?<param>weight|bias)_mean$/,
    spread: ["$<layer>_$<param>_sd"],
    std: "softplus",
    rho: "sd",
    drop: aliases,
    note: "A max_sd, where one was set, is not in the file and was not applied.",
  },
  {
    library: "vbll",
    mean: /^(?<layer>(?:.+\.)?)(?<param>W)_mean$/,
    spread: ["$<layer>$<param>_logdiag"],
    std: "exp",
    rho: "logdiag",
    absent: /W_offdiag$/,
    drop: /(^|\.)(noise|prior)_/,
    note: "The observation noise of the vbll layer is not part of the weights and was left aside.",
  },
  {
    library: "Pyro AutoNormal",
    mean: /^(?<head>(?:.+\.)?)locs\.(?<layer>(?:.+\.)?)(?<param>weight|bias)_unconstrained$/,
    spread: ["$<head>scales.$<layer>$<param>_unconstrained"],
    std: "softplus",
    rho: "scale",
    note: "Pyro before 1.6 used exp for scales: give --std exp for a file that old.",
  },
  {
    library: "Pyro AutoNormal (parameter store)",
    mean: /^(?<head>\w+\.)locs\.(?<layer>(?:.+\.)?)(?<param>weight|bias)$/,
    spread: ["$<head>scales.$<layer>$<param>"],
    std: "by constraint",
    rho: "scale",
  },
  {
    library: "TyXe",
    mean: /^(?<layer>(?:.+\.)?)(?<param>weight|bias)\.loc(?:_unconstrained)?$/,
    spread: ["$<layer>$<param>.scale_unconstrained"],
    std: "exp",
    rho: "scale",
    note: "With max_guide_scale = m the transform is m·sigmoid instead: give --std 'm*sigmoid' with that number.",
  },
  {
    library: "TyXe (parameter store)",
    mean: /^(?<layer>(?:.+\.)?)(?<param>weight|bias)\.loc$/,
    spread: ["$<layer>$<param>.scale"],
    std: "by constraint",
    rho: "scale",
  },
  {
    library: "NumPyro AutoNormal",
    mean: /^(?<layer>(?:.+[./])?)(?<param>weight|kernel|bias)_(?<guide>[A-Za-z]\w*)_loc$/,
    spread: ["$<layer>$<param>_$<guide>_scale"],
    std: "identity",
    rho: "scale",
    inputsFirst: ["kernel"],
  },
  {
    library: "TensorFlow Probability",
    mean: /^(?<layer>(?:.+[./])?)(?<param>kernel|bias)_posterior_loc(?<end>(?::0)?)$/,
    spread: ["$<layer>$<param>_posterior_untransformed_scale$<end>"],
    std: "softplus+1.1920929e-7",
    rho: "untransformed_scale",
    inputsFirst: ["kernel"],
    points: true,
  },
  {
    library: "Edward2",
    mean: /^(?<layer>(?:.+\/)?)(?<part>[^/]+)\/mean(?<end>(?::0)?)$/,
    spread: ["$<layer>$<part>/stddev$<end>"],
    std: "softplus+1e-7",
    rho: "stddev",
    inputsFirst: ["weight"],
  },
  ...unknownNames([
    [["log_sigma", "log_std", "logsigma", "logstd", "logdiag"], "exp"],
    [["log_var", "logvar"], "exp/2"],
    [["rho", "p", "untransformed_scale", "untransformed"], "softplus"],
    [["scale", "std", "stddev", "sd", "sigma"], "identity"],
  ]),
];

/** Rules for names that follow no library but say what they hold: `w1.weight_mean` beside `w1.weight_logvar`. */
function unknownNames(words: readonly (readonly [readonly string[], string])[]): NamingRule[] {
  return words.flatMap(([spreads, std]) =>
    places.map(([mean, place]) => ({
      library: "unknown",
      mean,
      spread: spreads.map((word) => place.replace("@", word)),
      std,
      rho: spreads[0]!,
      drop: aliases,
      note: pairedByWords,
    })),
  );
}

/** Weights that are numbers, not distributions: all of an MC-dropout net, the first layers of a last-layer Bayesian one. */
export const pointRule = {
  mean: /^(?<layer>(?:.+[./])?)(?<param>weight|kernel|bias)(?::0)?$/,
  inputsFirst: ["kernel"],
} as const;

/** Posteriors that are recognised, and cannot be read as one standard deviation a weight. */
export const unread: readonly { readonly present: RegExp; readonly what: string; readonly why: string }[] = [
  {
    present: /(^|\.)W_offdiag$/,
    what: "a vbll layer with a dense covariance",
    why: "its weights are correlated",
  },
  {
    present: /(^|[._])cov_factor$|(^|[._])scale_tril(_unconstrained)?$/,
    what: "a multivariate normal guide",
    why: "its weights are correlated",
  },
  {
    present: /^(?!weight|bias)(?:\w+\.)?loc$|^auto_loc$/,
    what: "one flat vector for all weights (AutoDiagonalNormal)",
    why: "which value is which weight is not in the file",
  },
  {
    present: /(^|\/)constant(:0)?$/,
    what: "a TFP DenseVariational layer",
    why: "mean, spread and bias lie in one vector, and its transform is in the training script",
  },
  { present: /_sq_mean$/, what: "a SWAG posterior", why: "its variance is a difference of two moments" },
];
