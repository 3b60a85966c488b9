/** Oracle A of ../shared/reference/lab-and-protocols.md §6: ten items, three classes. */
export const probabilitiesA = Float64Array.from(
  [
    [0.9, 0.05, 0.05],
    [0.8, 0.15, 0.05],
    [0.7, 0.2, 0.1],
    [0.6, 0.3, 0.1],
    [0.55, 0.25, 0.2],
    [0.1, 0.85, 0.05],
    [0.2, 0.65, 0.15],
    [0.05, 0.15, 0.8],
    [0.3, 0.3, 0.4],
    [0.25, 0.4, 0.35],
  ].flat(),
);
export const labelsA = [0, 0, 1, 0, 2, 1, 1, 2, 0, 1];

/** Oracle B: scores of foreign and of familiar inputs. */
export const foreignB = [0.9, 0.8, 0.7, 0.6, 0.55];
export const familiarB = [0.5, 0.4, 0.65, 0.3, 0.2];

/** Oracle C: three items of four samples, as logits (log p). */
const samplesC = [
  [
    [0.7, 0.2, 0.1],
    [0.6, 0.3, 0.1],
    [0.8, 0.1, 0.1],
    [0.7, 0.2, 0.1],
  ],
  [
    [0.9, 0.05, 0.05],
    [0.05, 0.9, 0.05],
    [0.05, 0.05, 0.9],
    [0.9, 0.05, 0.05],
  ],
  [
    [1, 1, 1],
    [1, 1, 1],
    [1, 1, 1],
    [1, 1, 1],
  ],
];
export const setC = {
  items: 3,
  samples: 4,
  outputs: 3,
  values: Float64Array.from(samplesC.flat(2), Math.log),
};
